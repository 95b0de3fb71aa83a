"""Any number of points for kernels that draw multiples of some number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

Fill = Callable[[Float32[np.ndarray, "inputs points"], UInt8[np.ndarray, "points 3"]], Any]


def draw_padded(
    fill: Fill,
    pixel_inputs: Float32[np.ndarray, "inputs points"],
    out: UInt8[np.ndarray, "points 3"],
    multiple: int,
) -> None:
    """One call of `fill(pixel_inputs, out)`, padded with zeros to a multiple of points where needed."""
    inputs, points = pixel_inputs.shape
    padded = -(-points // multiple) * multiple
    if padded == points and out.flags.c_contiguous:
        fill(pixel_inputs, out)
        return
    rows = np.zeros((inputs, padded), np.float32)
    rows[:, :points] = pixel_inputs
    pixels = np.empty((padded, 3), np.uint8)
    fill(rows, pixels)
    out[:] = pixels[:points]


def fill_padded(
    fill: Callable[[Any, Any], Any],
    pixel_inputs: Float32[np.ndarray, "inputs points"],
    planes: Float32[np.ndarray, "planes points"],
    multiple: int,
) -> None:
    """One call of `fill(pixel_inputs, planes)` with contiguous planes, padded where needed."""
    inputs, points = pixel_inputs.shape
    padded = -(-points // multiple) * multiple
    if padded == points and planes.flags.c_contiguous:
        fill(pixel_inputs, planes)
        return
    rows = np.zeros((inputs, padded), np.float32)
    rows[:, :points] = pixel_inputs
    filled = np.empty((len(planes), padded), np.float32)
    fill(rows, filled)
    planes[:] = filled[:, :points]


def flat_view(rows: Float32[np.ndarray, "rows columns"]) -> Float32[np.ndarray, " all"]:
    """The memory from the first to the last element, with any gaps between the rows."""
    if rows.strides[1] != rows.itemsize or rows.strides[0] < 0:
        rows = np.ascontiguousarray(rows)
    size = (len(rows) - 1) * (rows.strides[0] // rows.itemsize) + rows.shape[1]
    return np.lib.stride_tricks.as_strided(rows, (size,), (rows.itemsize,))
