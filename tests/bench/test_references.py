"""The references draw what the field defines."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.bench.engines import QUICK, compare, parse_net
from explorer.bench.references import onnx_frame, torch_frame
from explorer.fields import CPPN, Grid
from tests.tracks import made_up_track

SHORT = replace(QUICK, turn_seconds=0.002)


@pytest.fixture(scope="module")
def defined():
    """A field, its controls at a moment, a grid, and the levels that the field defines there."""
    field = parse_net("40x5")
    grid, track = Grid(40, 21), made_up_track()
    controls = field.controls(track, np.array([1.5]))
    colors = field.prepare(controls).colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy()
    expected = (colors * 255 + 0.5).reshape(21, 40, 3).astype(np.uint8).astype(int)
    return field, controls.values[0], grid, expected


def test_the_torch_loop_agrees_with_the_definition(defined):
    *given, expected = defined
    frame = torch_frame(*given)
    assert frame.dtype == np.uint8
    assert np.abs(frame - expected).max() <= 1


@pytest.mark.slow  # exports a network
def test_onnx_runtime_agrees_with_the_definition(defined):
    *given, expected = defined
    pytest.importorskip("onnxruntime")
    draw = onnx_frame(*given)
    assert np.abs(draw() - expected).max() <= 1


def test_without_onnx_runtime_there_is_no_such_row(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    speeds = compare(CPPN(hidden=4, layers=1), made_up_track(), (32, 18), SHORT)
    assert list(speeds) == ["torch", "exact"]
    assert list(speeds["exact"].times) == ["torch"]
