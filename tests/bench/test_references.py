"""The references draw what the field defines."""

import numpy as np
import torch

from explorer.bench.engines import QUICK, compare, parse_net
from explorer.bench.references import onnx_frame, torch_frame
from explorer.fields import CPPN, Grid
from tests.tracks import made_up_track


def test_the_references_agree_with_the_definition():
    field = parse_net("40x5")
    grid, track = Grid(100, 61), made_up_track()
    controls = field.controls(track, np.array([1.5]))
    colors = field.prepare(controls).colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy()
    expected = (colors * 255 + 0.5).reshape(61, 100, 3).astype(np.uint8).astype(int)
    frame = torch_frame(field, controls.values[0], grid)
    assert frame.dtype == np.uint8
    assert np.abs(frame - expected).max() <= 1
    draw = onnx_frame(field, controls.values[0], grid)
    if draw is not None:
        assert np.abs(draw() - expected).max() <= 1


def test_without_onnx_runtime_there_is_no_such_row(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    speeds = compare(CPPN(hidden=4, layers=1), made_up_track(), (32, 18), QUICK)
    assert list(speeds) == ["torch", "exact"]
    assert list(speeds["exact"].times) == ["torch"]
