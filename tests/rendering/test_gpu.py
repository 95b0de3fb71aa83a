"""Every field on a GPU: within a level of the CPU. Mesa's llvmpipe is one, which draws in software."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.errors import DeviceError, DeviceLost, ExplorerWarning, Stopped
from explorer.experiments import entry
from explorer.fields import CPPN, GraphCPPN, Julia, Mix, Patterns, Sequence
from explorer.fields.sketch.field import sketch_of
from explorer.rendering import Renderer, devices, resolve
from explorer.rendering.gpu import adapters as gpu_adapters
from explorer.rendering.gpu import engine, frame_engine, session, trial
from explorer.rendering.gpu.adapters import Adapter
from explorer.rendering.loop import Loop
from explorer.shaders.compute.wide_network import Tile
from tests.fields.custom.ripples import Ripples
from tests.fields.sketch.texts import text_of
from tests.tracks import made_up_track

SIZE, T = (64, 36), 1.5
FIELDS = {
    "narrow": CPPN(hidden=5, layers=5, palette="oklab", symmetry=3, radius=True),
    "wide": CPPN(hidden=70, layers=3, gain=4.0, palette="copper"),
    "wider": CPPN(hidden=260, layers=2, gain=3.0),
    "animated": CPPN(hidden=8, layers=2, gain=3.0, drift=0.4, keyframes="4: gain=5"),
    "lit": CPPN(hidden=40, layers=2, gain=3.0, palette="lava", light=True),
    "finished": CPPN(hidden=4, layers=2, gain=3.0, palette="ink", finish={"on": True, "samples": 2}),
    "graph": GraphCPPN(seed=3, nodes=8, palette="gold", symmetry=5),
    "echoes": GraphCPPN(seed=74, nodes=8, palette="orchid", light={"on": True, "echoes": 2}),
    "figure": GraphCPPN(seed=5, nodes=8, form={"figure": True}),
    "lit figure": GraphCPPN(seed=5, nodes=8, form={"figure": True, "zoom_rate": 0.2}, light=True),
    "zoom": GraphCPPN(seed=8, nodes=8, form={"zoom_rate": 0.2}),
    "julia": Julia(model="none", iterations=40),
    "lit julia": Julia(model="none", iterations=40, light=True),
    "cross-fade": Patterns(weights=(1, 1, 1, 1), palette="lava"),
    "lit patterns": Patterns(family="organic", palette="#101830-#c05a20-#ffe8a0", light=True),
    "sketch": sketch_of(
        text_of(
            "z = simplex_noise(3 * x, 3 * y, t)\nreturn where(x < 0.3 and not y > 0.2, z, bass + sin(9 * x))"
        )
    ),
    "lit sketch": sketch_of(text_of("return oklch(0.6 + 0.3 * sin(3 * x), 0.1 + 0.1 * bass, y + t)")).replace(
        light=True
    ),
    "mixture": Mix(
        CPPN(hidden=4, layers=2, gain=3.0), Patterns(family="flowing"), by=GraphCPPN(nodes=6, seed=2)
    ),
}


def frame(field, device, t=T, track=None, **options):
    with Renderer(field, track or made_up_track(), SIZE, device=device, threads=1, **options) as renderer:
        return renderer.frame(t)


@pytest.mark.parametrize("name", FIELDS)
def test_a_gpu_draws_what_the_cpu_draws_within_a_level(gpu, name):
    picture = frame(FIELDS[name], gpu)
    assert picture.std() > 5
    assert np.abs(picture.astype(int) - frame(FIELDS[name], "cpu")).max() <= 1


def test_parts_of_a_frame_and_uploads_for_each_change_no_bit(gpu, monkeypatch):
    for field in (FIELDS["narrow"], FIELDS["lit"]):
        whole = frame(field, gpu)
        monkeypatch.setattr(engine, "MAX_INPUT_BYTES", 0)
        with Renderer(field, made_up_track(), SIZE, device=gpu, threads=1) as renderer:
            for drawer in _engines(renderer):
                drawer.part_points = 640
            np.testing.assert_array_equal(renderer.frame(T), whole)
        monkeypatch.undo()


def _engines(renderer):
    drawer = renderer._drawer
    if drawer._frames:
        return [drawer._frames]
    surface = getattr(drawer, "_surface", None)
    return [view._engine for view in surface._views] if surface else [drawer._engine]


def test_the_next_frame_is_computed_while_one_is_read(gpu, monkeypatch):
    steps, engines, flights = [], frame_engine.FrameEngine, frame_engine.Flight
    for owner, name in ((engines, "start"), (flights, "read")):
        call = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *a, call=call, name=name: (steps.append(name), call(*a))[1])
    for field, loop in ((FIELDS["narrow"], Loop(1.0, 2.0)), (FIELDS["lit"], None)):
        with Renderer(field, made_up_track(), SIZE, device=gpu, threads=1, loop=loop) as renderer:
            times = [1.2, 1.4, 1.9]
            single = [renderer.frame(t) for t in times]
            steps.clear()
            np.testing.assert_array_equal(list(renderer.frames(times)), single)
    assert steps == ["start", "start", "read", "start", "read", "read"]


def test_a_manifest_names_adapter_driver_and_backend(gpu):
    device = resolve(gpu)
    adapter = gpu_adapters.adapters()[-1]
    assert device.facts == {
        "name": adapter.name, "type": "gpu", "note": "", "driver": adapter.driver, "backend": adapter.backend,
    }  # fmt: skip
    assert resolve(device.request) == device
    with Renderer(FIELDS["narrow"], made_up_track(), SIZE, device=gpu) as renderer:
        assert renderer.kernel == "wgsl-float32"


def test_a_field_without_a_program_is_drawn_on_the_cpu_with_a_warning(gpu):
    with pytest.warns(ExplorerWarning, match="no program for GPUs: drawing on the CPU"):
        picture = frame(Mix(Ripples(), CPPN(hidden=4, layers=2)), gpu)
    assert picture.std() > 5


def test_a_forked_process_draws_on_the_cpu(gpu, monkeypatch):
    adapter = gpu_adapters.adapters()[-1]
    monkeypatch.setitem(gpu_adapters._process, "forked", False)
    gpu_adapters._note_fork()
    assert gpu_adapters.is_forked()
    with pytest.warns(ExplorerWarning, match="a forked process cannot use the GPU"):
        assert Renderer(FIELDS["narrow"], made_up_track(), SIZE, device=gpu).device.kind == "cpu"
    assert adapter.name in gpu


def test_threads_share_a_gpu(gpu):
    fields = [FIELDS["narrow"], FIELDS["graph"], FIELDS["lit"]]
    with ThreadPoolExecutor(3) as pool:
        frames = list(pool.map(frame, fields, [gpu] * 3))
    np.testing.assert_array_equal(frames, [frame(field, gpu) for field in fields])


DRAFTS = {  # with the levels that 99.9 % of the bytes may be off; one program, which takes long to compile
    "wide": (FIELDS["wide"], 8),
    "animated": (FIELDS["wide"].replace(drift=0.4, keyframes="4: gain=5"), 4),
    "mixture": (Mix(FIELDS["wide"], FIELDS["narrow"], by=0.5), 4),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_drafts_are_near_in_half_precision(gpu, name):
    field, levels = DRAFTS[name]
    with Renderer(field, made_up_track(), SIZE, device=gpu, precision="draft", threads=1) as renderer:
        assert renderer.kernel == "wgsl-float16"
        off = np.abs(renderer.frame(T).astype(int) - frame(field, gpu))
    assert 0 < np.quantile(off, 0.999) <= levels


def test_drafts_of_light_narrow_networks_and_other_fields_are_exact(gpu):
    for name in ("lit", "narrow", "graph"):
        with Renderer(FIELDS[name], made_up_track(), SIZE, device=gpu, precision="draft") as renderer:
            assert renderer.kernel == "wgsl-float32"
            np.testing.assert_array_equal(renderer.frame(T), frame(FIELDS[name], gpu))
    sequence = Sequence([(0, FIELDS["lit"])], fade=0)
    pictures = [frame(sequence, gpu, precision=precision) for precision in ("draft", "fp32")]
    np.testing.assert_array_equal(*pictures)


def test_half_precision_is_used_where_it_is_and_works(machine, monkeypatch):
    machine(replace(CARD, has_half=True))
    assert resolve("gpu", "draft").dtype == torch.float16
    assert resolve("gpu").dtype == torch.float32
    assert devices.cpu_instead(resolve("gpu", "draft"), "it is gone").dtype == torch.bfloat16
    monkeypatch.setattr(devices, "problem_of", lambda a, half=False: "it crashed" if half else "")
    assert resolve("gpu", "draft").dtype == torch.float32


# Faults


def test_a_lost_gpu_leaves_the_rest_to_the_cpu_with_one_warning(gpu):
    field, track = FIELDS["narrow"], made_up_track()
    with Renderer(field, track, SIZE, device=gpu, threads=1) as renderer:
        frames = renderer.frames([0.0, 1.0, 2.0, 3.0])
        next(frames)
        lost = session.session_of(gpu_adapters.adapters()[-1])
        lost.device.destroy()
        try:
            with pytest.warns(ExplorerWarning, match=r"failed at 1\.00 s .*the CPU draws the rest") as caught:
                rest = list(frames)  # the first of them was in flight
        finally:
            session.session_of.cache_clear()
        assert len(caught) == 1
        assert renderer.lost_at == 1.0
        assert renderer.device.kind == "cpu"
    np.testing.assert_array_equal(rest, [frame(field, "cpu", t) for t in (1.0, 2.0, 3.0)])


def test_a_frame_that_cannot_be_started_is_named_in_its_turn(gpu, monkeypatch):
    field, start = FIELDS["narrow"], frame_engine.FrameEngine.start

    def start_or_fail(engine, moments, moment, t, fade):
        if t >= 2:
            raise DeviceLost("it is gone")
        return start(engine, moments, moment, t, fade)

    monkeypatch.setattr(frame_engine.FrameEngine, "start", start_or_fail)
    with Renderer(field, made_up_track(), SIZE, device=gpu, threads=1) as renderer:
        with pytest.warns(ExplorerWarning, match=r"failed at 2\.00 s \(it is gone\)") as caught:
            frames = list(renderer.frames([1.0, 2.0, 3.0]))
        assert len(caught) == 1
    np.testing.assert_array_equal(frames[1:], [frame(field, "cpu", t) for t in (2.0, 3.0)])


def test_out_of_memory_makes_frames_on_the_cpu_and_halves_the_parts(gpu, monkeypatch):
    field, whole = FIELDS["lit"], frame(FIELDS["lit"], gpu)
    adapter = session.session_of(gpu_adapters.adapters()[-1])
    create = adapter.buffer

    def limited(size, usage):
        if size > 20_000:
            raise adapter.memory_error("Not enough memory left")
        return create(size, usage)

    monkeypatch.setattr(adapter, "buffer", limited)
    monkeypatch.setattr(engine, "MIN_PART_POINTS", 256)
    short = pytest.warns(ExplorerWarning, match="ran out of memory for a whole frame")
    with Renderer(field, made_up_track(), SIZE, device=gpu, threads=1) as renderer:
        assert _engines(renderer)[0].part_points > 960
        with short:
            drawn = renderer.frame(T)
        assert np.abs(drawn.astype(int) - whole).max() <= 1
        assert _engines(renderer)[0].part_points == 960  # 20 bytes each
    monkeypatch.setattr(engine, "MIN_PART_POINTS", 4096)
    with (
        short,
        pytest.raises(DeviceError, match="ran out of memory; choose a smaller --resolution"),
        Renderer(field, made_up_track(), SIZE, device=gpu, threads=1) as renderer,
    ):
        renderer.frame(T)


CARD = Adapter("A Card", "1.2", "Vulkan", "DiscreteGPU")
CHIP = Adapter("A Chip", "1.2", "Vulkan", "IntegratedGPU")
SOFTWARE = Adapter("a driver of software", "1.2", "Vulkan", "CPU")


@pytest.fixture
def machine(monkeypatch):
    """Sets the adapters of this machine, and which of them do not work."""

    def there(*adapters, broken=()):
        monkeypatch.setattr(devices, "adapters", lambda: adapters)
        monkeypatch.setattr(devices, "problem_of", lambda a, half=False: "it crashed" if a in broken else "")

    return there


def test_gpu_is_the_best_that_is_no_cpu_and_a_name_chooses(machine):
    machine(CARD, CHIP, SOFTWARE)
    assert resolve("gpu").adapter == CARD
    assert resolve("gpu:chip").adapter == CHIP
    assert resolve("gpu:software").adapter == SOFTWARE
    assert resolve("gpu", "draft").draft is False  # it has no half precision
    assert resolve("cpu").adapter is None


def test_what_is_not_there_is_said_in_one_line(machine):
    machine(SOFTWARE)
    with pytest.raises(DeviceError, match=r"no GPU was found .*; one that draws in software is named"):
        resolve("gpu")
    with pytest.raises(DeviceError, match=r"no GPU has 'rtx' in its name \(there: a driver of software\); "):
        resolve("gpu:rtx")
    machine(CARD, broken=[CARD])
    with pytest.raises(DeviceError, match="A Card cannot be used: it crashed; choose --device cpu"):
        resolve("gpu")


@pytest.mark.skipif(devices.torch.cuda.is_available(), reason="auto takes CUDA")
def test_auto_takes_a_card_for_wide_networks_alone(machine, monkeypatch):
    wide, narrow = CPPN(hidden=256), CPPN(hidden=32)
    machine(CARD, CHIP, SOFTWARE)
    assert resolve("auto", field=wide).kind == "cpu"  # it was never tried
    monkeypatch.setattr(devices, "has_tried_card", lambda: True)
    assert resolve("auto", field=wide).adapter == CARD
    assert resolve("auto", field=narrow).kind == resolve("auto").kind == "cpu"
    machine(CHIP, SOFTWARE)
    assert resolve("auto", field=wide).kind == "cpu"
    machine(CARD, broken=[CARD])
    assert resolve("auto", field=wide).kind == "cpu"


def test_panel_and_sweep_leave_auto_to_the_field(machine, monkeypatch, tmp_path):
    machine(CARD)
    assert devices.standing_device("auto") == "auto"
    assert devices.standing_device("gpu").adapter == CARD
    requests = []

    def stop(*request):
        requests.append(request)
        raise Stopped("far enough")

    monkeypatch.setattr(entry, "resolve", stop)
    (tmp_path / "manifest.json").write_text('{"device": {"type": "cpu", "name": "a processor"}}')
    wide = CPPN(hidden=256)
    for arguments in ({"field": wide}, {"resume": tmp_path}, {"resume": tmp_path, "device": "gpu"}):
        with pytest.raises(Stopped):
            entry.sweep(**arguments)
    assert requests == [("auto", "auto", wide), ("cpu", "auto", None), ("gpu", "auto", None)]


def test_a_driver_is_tried_once_in_another_process(monkeypatch):
    monkeypatch.setattr(trial, "adapters", lambda: (CARD,))
    monkeypatch.setattr(trial, "MODULE", "no_such_module_of_a_driver")
    try:
        problem = trial.problem_of(CARD)
        assert problem.startswith("its driver failed in a trial (")
        assert "no_such_module_of_a_driver" in problem
        trial.problem_of.cache_clear()
        monkeypatch.setattr(trial, "_tried", lambda number, half: "never")
        assert trial.problem_of(CARD) == problem  # stored
        assert not trial.has_tried_card()
        trial.problem_of.cache_clear()
        monkeypatch.setattr(trial, "_tried", lambda number, half: "")
        monkeypatch.setattr(trial, "adapters", lambda: (CHIP, CARD))
        trial.problem_of(CHIP)
        assert not trial.has_tried_card()
        monkeypatch.setattr(trial, "version", lambda package: "another")
        trial.problem_of.cache_clear()
        assert trial.problem_of(CARD) == ""
        assert trial.has_tried_card()
    finally:
        trial.problem_of.cache_clear()


@pytest.mark.slow
def test_the_trial_draws_on_this_machine(gpu, monkeypatch):
    monkeypatch.undo()
    for half in (False, True):
        assert trial._tried(len(gpu_adapters.adapters()) - 1, half) == ""


def test_runs_are_repeated_on_their_kind_of_device(machine):
    machine(CARD)
    assert devices.resolve_again("gpu", "A Card").request == "gpu:A Card"
    assert devices.resolve_again("gpu", "Another").adapter == CARD
    assert devices.resolve_again("cpu", "any").request == "cpu"
    machine()
    with pytest.warns(ExplorerWarning, match="drawn on A Card, and here is no such GPU"):
        assert devices.resolve_again("gpu", "A Card").kind == "cpu"


def test_large_networks_are_drawn_in_smaller_parts():
    small, largest = CPPN(hidden=8, layers=2), CPPN(hidden=1024, layers=64)
    assert engine.part_points(small) == engine.part_points(Julia()) == engine.MAX_PART_POINTS
    assert engine.part_points(Mix(small, CPPN(hidden=256, layers=8))) < engine.MAX_PART_POINTS
    assert engine.part_points(largest) == engine.MIN_PART_POINTS
    assert engine.MAX_PART_POINTS / Tile.of(1024).points < 2**16


def test_render_frame_takes_a_gpu(gpu):
    picture = ex.render_frame(FIELDS["narrow"], made_up_track(), T, SIZE, device=gpu, flash_limit=False)
    np.testing.assert_array_equal(picture, frame(FIELDS["narrow"], gpu))
