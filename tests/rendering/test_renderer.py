"""A frame depends on the recipe and its time alone, and a GPU that is full is told in one line."""

import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from explorer.errors import DeviceError, ExplorerWarning, SettingsError, Stopped
from explorer.fields import CPPN, Grid
from explorer.rendering import Device, Renderer, render_frame, resolve
from explorer.rendering.torch_engine import MIN_BLOCK_POINTS, TorchEngine
from explorer.threads import setting_lock, usable_threads, use_single_torch_thread
from tests.processes import start
from tests.tracks import made_up_track

FIELDS = [CPPN(hidden=256, layers=4), CPPN(hidden=4, layers=3), CPPN(hidden=48, layers=3, palette="oklab")]
SIZE = (200, 112)


def quantised(field, t, size=SIZE):
    grid = Grid(*size)
    prepared = field.prepare(field.controls(made_up_track(), np.array([t])))
    colors = prepared.colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy()
    return (colors * 255).reshape(size[1], size[0], 3)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.hidden}x{field.layers}")
def test_frames_equal_the_reference_within_one_level(field):
    frame = render_frame(field, made_up_track(), t=1.5, size=SIZE, flash_limit=False)
    assert frame.dtype == np.uint8
    assert frame.shape == (112, 200, 3)
    assert np.abs(frame - quantised(field, 1.5)).max() <= 1.0


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.hidden}x{field.layers}")
def test_the_same_bits_in_any_order_with_any_number_of_threads(field):
    times = [0.1, 1.0, 2.0]
    with (
        Renderer(field, made_up_track(), SIZE, threads=1) as one,
        Renderer(field, made_up_track(), SIZE, threads=3) as three,
    ):
        forwards = list(one.frames(times))
        backwards = list(three.frames(times[::-1]))[::-1]
    np.testing.assert_array_equal(forwards, backwards)
    alone = render_frame(field, made_up_track(), t=1.0, size=SIZE, flash_limit=False)
    np.testing.assert_array_equal(forwards[1], alone)


def test_two_renders_in_one_process_do_not_disturb_each_other():
    track = made_up_track()
    expected = [render_frame(field, track, t=1.0, size=SIZE, flash_limit="off") for field in FIELDS]
    drawn = [None] * len(FIELDS)

    def draw(i):
        drawn[i] = render_frame(FIELDS[i], track, t=1.0, size=SIZE, flash_limit="off")

    threads = [threading.Thread(target=draw, args=(i,)) for i in range(len(FIELDS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(drawn, expected)


def draw_and_compare_thread_settings():
    def thread_settings():  # while no thread that begins to draw is between its own setting and the others'
        with setting_lock, ThreadPoolExecutor(1) as pool:
            return torch.get_num_threads(), pool.submit(torch.get_num_threads).result()

    torch.set_num_threads(2)
    before = thread_settings()
    for precision in ("fp32", "draft"):
        render_frame(FIELDS[0], made_up_track(), t=0, size=SIZE, precision=precision, flash_limit="off")
    render_frame(FIELDS[1], made_up_track(), t=0, size=SIZE, flash_limit="dim")
    assert thread_settings() == before


def test_no_thread_setting_is_left_changed():
    process = start(draw_and_compare_thread_settings)  # where no thread of another test begins meanwhile
    process.join()
    assert process.exitcode == 0


def test_a_thread_that_draws_computes_alone():
    with ThreadPoolExecutor(1, initializer=use_single_torch_thread) as pool:
        assert pool.submit(torch.get_num_threads).result() == 1
    assert 1 <= usable_threads() <= (os.cpu_count() or 1)


def test_drawing_stops_when_asked():
    with Renderer(FIELDS[0], made_up_track(), SIZE) as renderer, pytest.raises(Stopped):
        renderer.frame(0.0, stopped=lambda: True)


def test_no_thread_outlives_a_closed_renderer():
    before = threading.active_count()
    with Renderer(FIELDS[1], made_up_track(), SIZE) as renderer:
        renderer.frame(0.0)
    assert threading.active_count() == before


def test_draft_is_close_and_says_what_it_is():
    field = CPPN(hidden=256, layers=3, gain=3)
    exact = render_frame(field, made_up_track(), t=1.0, size=SIZE, flash_limit="off").astype(float)
    with Renderer(field, made_up_track(), SIZE, precision="draft") as renderer:
        assert renderer.device.draft
        off = np.abs(exact - renderer.frame(1.0)).mean()
        # a CPU that does not multiply bfloat16 draws exactly, and the kernel's name says so
        assert 0 < off < 8 if "bf16" in renderer.kernel else off == 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_cuda_without_cuda_falls_back_with_one_warning():
    with pytest.warns(ExplorerWarning, match="no CUDA device") as caught:
        device = resolve("cuda")
    assert len(caught) == 1
    assert device.kind == "cpu"
    assert device.note


def test_auto_is_exact():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert resolve().dtype == torch.float32


@pytest.mark.parametrize(("device", "precision"), [("tpu", "auto"), ("gpu:", "auto"), ("auto", "half")])
def test_unknown_devices_are_refused(device, precision):
    with pytest.raises(SettingsError, match="allowed: auto"):
        resolve(device, precision)


CPU = Device("cpu", torch.float32, "a small GPU")


class Limited:
    """A prepared field that runs out of memory above a number of points."""

    def __init__(self, most):
        self.most = most
        self.asked = []

    def colors(self, xy, pixel, dtype=torch.float32):
        self.asked.append(len(xy))
        if len(xy) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return torch.cat([(xy + 2) / 4, xy[:, :1] * 0], dim=1)[None]

    def kernel(self, dtype):
        raise AssertionError("a GPU has no CPU kernel")

    draw = kernel


def test_the_torch_engine_equals_the_reference():
    field, grid = FIELDS[2], Grid(*SIZE)
    out = np.empty((grid.width * grid.height, 3), np.uint8)
    prepared = field.prepare(field.controls(made_up_track(), np.array([1.5])))
    TorchEngine(CPU, grid, block=4096).draw(prepared, 0, out)
    assert np.abs(out.reshape(112, 200, 3) - quantised(field, 1.5)).max() <= 0.51


def test_out_of_memory_halves_the_block_and_goes_on():
    grid = Grid(200, 112)
    out = np.full((grid.width * grid.height, 3), 77, np.uint8)
    limited = Limited(most=10_000)
    engine = TorchEngine(CPU, grid, block=2**16)
    engine.draw(limited, 0, out)
    assert engine.block == 8192
    assert limited.asked == [65536, 32768, 16384, *[8192] * 3]
    np.testing.assert_array_equal(out[:, 0], ((grid.xy()[:, 0] + 2) / 4 * 255 + 0.5).astype(np.uint8))


@pytest.mark.parametrize(("free", "advice"), [(2**30, "try --resolution 540p"), (0, "--device cpu")])
def test_a_full_gpu_is_told_in_one_line(free, advice):
    engine = TorchEngine(CPU, Grid(1280, 720), free_bytes=lambda: free)
    out = np.empty((1280 * 720, 3), np.uint8)
    with pytest.raises(DeviceError, match=f"a small GPU ran out of memory drawing 1280x720; .*{advice}"):
        engine.draw(Limited(most=MIN_BLOCK_POINTS - 1), 0, out)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.hidden}x{field.layers}")
def test_cuda_equals_the_reference_within_one_level(field):
    frame = render_frame(field, made_up_track(), t=1.5, size=SIZE, device="cuda", flash_limit="off")
    assert np.abs(frame - quantised(field, 1.5)).max() <= 1.0
