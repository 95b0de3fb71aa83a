"""Light and finish of whole frames on a GPU: within a level of the CPU, which makes all other frames."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import ExplorerWarning, GpuMemoryError
from explorer.fields import CPPN, GraphCPPN
from explorer.rendering import Renderer
from explorer.rendering.gpu import adapters, frame_engine, session, trial_drawing
from explorer.shaders.compute.finish import finish_moment
from explorer.shaders.compute.frame import MAX_ROW_GROUPS, FrameMemory, row_groups
from tests.tracks import made_up_track

SIZE, T = (37, 53), 1.5  # odd, and no whole groups
LARGE = (230, 189)  # the glow is an image of half the size
SMALL = {"hidden": 8, "layers": 2, "gain": 3.0, "palette": "lava"}
FIELDS = {
    "relief": CPPN(**SMALL, light=True),
    "film, lines": CPPN(
        **SMALL, light={"on": True, "film": 0.7, "lines": 3, "rings": 2.0, "focus_x": 0.5},
        finish={"on": True, "samples": 2},
    ),
    "sharp highlights": CPPN(
        **SMALL, light={"on": True, "shininess": 300, "specular": 3, "dynamics": 0.3},
        finish={"on": True, "bloom": 2.0, "threshold": 0.1, "grain": 0.1, "vignette": 0.8},
    ),
    "without rings": GraphCPPN(seed=74, nodes=8, light={"on": True, "rings": 0, "lines": 4}),
    "colors": CPPN(**SMALL, finish={"on": True, "samples": 3, "filmic": False}),
    "colors without glow": CPPN(**SMALL, finish={"on": True, "bloom": 0, "exposure": 1.6}),
}  # fmt: skip


def picture(field, device, size=SIZE, t=T):
    with Renderer(field, made_up_track(), size, device=device, threads=1) as renderer:
        drawn = renderer.frame(t).astype(int)
        return drawn, renderer._drawer._frames


@pytest.mark.parametrize("name", FIELDS)
def test_frames_of_a_gpu_are_those_of_the_cpu(gpu, name):
    for size in (SIZE, (52, 17), *([LARGE] if name == "sharp highlights" else [])):
        drawn, frames = picture(FIELDS[name], gpu, size)
        assert isinstance(frames, frame_engine.FrameEngine)
        off = np.abs(drawn - picture(FIELDS[name], "cpu", size)[0])
        assert drawn.std() > 20
        assert off.max() <= 1
        assert (off > 0).mean() < 0.01


def test_grain_of_a_gpu_changes_with_time(gpu):
    field = FIELDS["colors"].replace(finish={"on": True, "grain": 0.2}, drift=0.0, audio_gain=0.0)
    assert np.abs(picture(field, gpu, t=1.0)[0] - picture(field, gpu, t=1.01)[0]).mean() > 2


def test_rings_of_hits_are_in_the_light_of_a_gpu(gpu):
    field = FIELDS["film, lines"]
    still = field.replace(light=field.light.replace(rings=0))
    assert np.abs(picture(field, gpu)[0] - picture(still, gpu)[0]).max() > 20


def test_a_frame_beyond_the_buffers_of_an_adapter_is_made_by_the_cpu(gpu, monkeypatch):
    adapter = session.session_of(adapters.adapters()[-1])
    words = FrameMemory(*SIZE, samples=1, lit=True, bloom=False).words
    monkeypatch.setattr(adapter, "max_buffer_bytes", 4 * words)
    whole, frames = picture(FIELDS["relief"], gpu)
    assert frames
    monkeypatch.setattr(adapter, "max_buffer_bytes", 4 * words - 4)
    with pytest.warns(ExplorerWarning, match="the CPU makes it of what the GPU draws"):
        drawn, frames = picture(FIELDS["relief"], gpu)
    assert frames is None
    assert np.abs(drawn - whole).max() <= 1


def test_without_memory_for_a_frame_the_cpu_makes_all_that_follow(gpu, monkeypatch):
    calls, field = [], FIELDS["relief"]

    def start_or_fail(*arguments):
        calls.append(arguments)
        if len(calls) > 1:
            raise GpuMemoryError("not enough memory left")
        return start(*arguments)

    start = frame_engine.FrameEngine.start
    monkeypatch.setattr(frame_engine.FrameEngine, "start", start_or_fail)
    with Renderer(field, made_up_track(), SIZE, device=gpu, threads=1) as renderer:
        with pytest.warns(ExplorerWarning, match="memory for a whole frame of .*: from now on") as caught:
            frames = list(renderer.frames([1.0, T, 2.0]))
        assert renderer.device.kind == "gpu"  # which still computes the planes
    assert len(calls) == 2
    assert len(caught) == 1
    monkeypatch.undo()
    for t, drawn in zip((1.0, T, 2.0), frames, strict=True):
        assert np.abs(drawn - picture(field, "cpu", t=t)[0]).max() <= 1


def test_a_gpu_that_is_lost_before_a_lit_frame_leaves_the_rest_to_the_cpu(gpu):
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


def test_a_trial_of_a_driver_sees_a_wrong_finish(gpu, monkeypatch):
    number = len(adapters.adapters()) - 1
    assert trial_drawing.frame_difference(number, trial_drawing.FRAME) <= 1
    monkeypatch.setattr(frame_engine, "finish_moment", lambda finish, t: finish_moment(finish, t) * 1.2)
    assert trial_drawing.frame_difference(number, trial_drawing.FRAME) > trial_drawing.MAX_LEVELS


def test_any_number_of_pixels_fits_into_two_dimensions_of_workgroups():
    for points in (1, 256, 257, 256 * MAX_ROW_GROUPS, 8192 * 8192):
        across, down = row_groups(points)
        assert max(across, down) <= 65_535
        assert 0 <= 256 * across * down - points < 256 * across
