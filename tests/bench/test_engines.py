"""Engines are compared with the references: networks, sizes, progress, half precision."""

from dataclasses import replace

import pytest
import torch

from explorer.bench import engines, timing
from explorer.bench.engines import (
    FULL,
    NETS,
    QUICK,
    compare,
    compare_precisions,
    frame_size,
    measure_engines,
    parse_net,
)
from explorer.errors import SettingsError, Stopped
from explorer.fields import CPPN
from tests.tracks import made_up_track

SHORT = replace(QUICK, turn_seconds=0.002, shrink=12, matrix_rows=128)


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Without ONNX Runtime: it takes seconds to export a network, and has tests of its own."""
    monkeypatch.setattr(engines, "QUICK", SHORT)
    monkeypatch.setattr(engines, "onnx_frame", lambda *_: None)
    monkeypatch.setattr(timing, "MATRIX_SECONDS", 0.01)


def test_progress_runs_through_once_over_all_networks():
    told = []
    measure_engines(made_up_track(), ["4x1", "4x2"], quick=True, progress=lambda *given: told.append(given))
    steps, done, totals = zip(*told, strict=True)
    assert set(steps) == {"measuring"}
    assert len(set(totals)) == 1
    assert list(done) == sorted(done)
    assert done[-1] == pytest.approx(totals[-1])


def test_a_callback_stops_it():
    def stop(*_):
        raise Stopped("enough")

    with pytest.raises(Stopped):
        measure_engines(made_up_track(), ["4x3"], quick=True, progress=stop)


def test_no_thread_setting_is_left_changed():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        compare(CPPN(hidden=4, layers=3), made_up_track(), (64, 36), SHORT)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_larger_networks_draw_smaller_frames():
    sizes = {net: frame_size(parse_net(net), FULL) for net in NETS}
    assert sizes["4x3"] == (1280, 720)
    assert sizes["64x4"] == (640, 360)
    assert sizes["256x8"] == (480, 270)


@pytest.mark.parametrize("net", ["256", "4x", "x3", "-4x3", "4x3x2", "wide"])
def test_names_that_are_no_networks_are_refused(net):
    with pytest.raises(SettingsError, match="as in 4x3, 32x3"):
        parse_net(net)


def test_networks_out_of_bounds_are_refused():
    with pytest.raises(SettingsError):
        parse_net("5000x3")


def test_half_precision_is_compared_with_single():
    told = compare_precisions(
        CPPN(hidden=64, layers=3, gain=3),
        made_up_track(),
        "cpu",
        size=(96, 54),
        effort=QUICK,
        block=4096,
    )
    assert told["device"] == "cpu"
    assert 0 < told["fp16"]["mean_difference"] < 3
    assert told["fp16"]["mean_difference"] <= told["fp16"]["greatest_difference"] <= 255
    for precision in ("fp32", "fp16"):
        assert told[precision]["megapixels_per_second"] > 0
    assert told["fp16"]["times_fp32"] > 0


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_half_precision_on_a_gpu():
    told = compare_precisions(parse_net("256x4"), made_up_track(), size=(640, 360), effort=SHORT)
    assert told["fp16"]["mean_difference"] < 3
