"""Light of whole frames on a GPU: within a level of the CPU, and on the CPU where there is no program."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import ExplorerWarning, GpuMemoryError
from explorer.fields import CPPN, GraphCPPN, Mix, Patterns
from explorer.rendering import Renderer
from explorer.rendering.gpu import adapters, frame_engine, session
from explorer.shaders.compute.frame import FrameMemory
from explorer.shaders.compute.programs import has_light_program
from tests.tracks import made_up_track

SIZE, T = (37, 53), 1.5  # odd, and no whole groups
SMALL = {"hidden": 8, "layers": 2, "gain": 3.0, "palette": "lava"}
FIELDS = {
    "relief": CPPN(**SMALL, light=True),
    "film, lines": CPPN(
        **SMALL, light={"on": True, "film": 0.7, "lines": 3, "rings": 2.0, "focus_x": 0.5},
        finish={"on": True, "samples": 2},
    ),
    "sharp highlights": CPPN(**SMALL, light={"on": True, "shininess": 300, "specular": 3, "dynamics": 0.3}),
    "without rings": GraphCPPN(seed=74, palette="orchid", light={"on": True, "rings": 0, "lines": 4}),
}  # fmt: skip


def picture(field, device, size=SIZE, t=T):
    with Renderer(field, made_up_track(), size, device=device, threads=1) as renderer:
        drawn = renderer.frame(t).astype(int)
        return drawn, renderer._drawer._lights


@pytest.mark.parametrize("size", [SIZE, (52, 17)])
@pytest.mark.parametrize("name", FIELDS)
def test_light_of_a_gpu_is_that_of_the_cpu(gpu, name, size):
    drawn, lights = picture(FIELDS[name], gpu, size)
    assert isinstance(lights, frame_engine.FrameEngine)
    off = np.abs(drawn - picture(FIELDS[name], "cpu", size)[0])
    assert drawn.std() > 20
    assert off.max() <= 1
    assert (off > 0).mean() < 0.01


def test_rings_of_hits_are_in_the_light_of_a_gpu(gpu):
    field = FIELDS["film, lines"]
    still = field.replace(light=field.light.replace(rings=0))
    assert np.abs(picture(field, gpu)[0] - picture(still, gpu)[0]).max() > 20


def test_which_fields_a_gpu_lights(gpu):
    lit = FIELDS["relief"]
    assert has_light_program(lit)
    others = {
        "no light": lit.replace(light=False),
        "echoes": lit.replace(light={"on": True, "echoes": 2}),
        "sections": lit.replace(sections="change"),
        "mixture": Mix(lit, Patterns(family="flowing", light=True)),
    }
    assert [name for name, field in others.items() if has_light_program(field)] == []
    assert picture(others["echoes"], gpu)[1] is None


def test_a_frame_beyond_the_buffers_of_an_adapter_is_lit_by_the_cpu(gpu, monkeypatch):
    adapter = session.session_of(adapters.adapters()[-1])
    words = FrameMemory(*SIZE, samples=1).words
    monkeypatch.setattr(adapter, "max_buffer_bytes", 4 * words)
    whole, lights = picture(FIELDS["relief"], gpu)
    assert lights
    monkeypatch.setattr(adapter, "max_buffer_bytes", 4 * words - 4)
    drawn, lights = picture(FIELDS["relief"], gpu)
    assert lights is None
    assert np.abs(drawn - whole).max() <= 1


def test_without_memory_for_a_frame_the_cpu_lights_all_that_follow(gpu, monkeypatch):
    calls, field = [], FIELDS["relief"]

    def fail(*arguments):
        calls.append(arguments)
        raise GpuMemoryError("not enough memory left")

    monkeypatch.setattr(frame_engine.FrameEngine, "draw_light", fail)
    with Renderer(field, made_up_track(), SIZE, device=gpu, threads=1) as renderer:
        frames = list(renderer.frames([1.0, T]))
        assert renderer.device.kind == "gpu"  # which still computes the planes
    assert len(calls) == 1
    monkeypatch.undo()
    for t, drawn in zip((1.0, T), frames, strict=True):
        assert np.abs(drawn - picture(field, "cpu", t=t)[0]).max() <= 1


def test_a_gpu_that_is_lost_while_it_lights_leaves_the_rest_to_the_cpu(gpu):
    field = FIELDS["relief"]
    with Renderer(field, made_up_track(), SIZE, device=gpu, threads=1) as renderer:
        renderer.frame(0.0)
        session.session_of(adapters.adapters()[-1]).device.destroy()
        try:
            with pytest.warns(ExplorerWarning, match=r"failed at 1\.50 s .*the CPU draws the rest"):
                drawn = renderer.frame(T)
        finally:
            session.session_of.cache_clear()
    np.testing.assert_array_equal(drawn, picture(field, "cpu")[0])
