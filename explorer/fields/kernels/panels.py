"""Any number of points for kernels that draw whole panels of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

Fill = Callable[[Float32[np.ndarray, "inputs points"], UInt8[np.ndarray, "points 3"]], Any]


def in_whole_panels(
    fill: Fill, placed: Float32[np.ndarray, "inputs points"], out: UInt8[np.ndarray, "points 3"], panel: int
) -> None:
    """One call of `fill(placed, out)`; unless panels are whole, with zeros to the end of the last."""
    inputs, points = placed.shape
    whole = -(-points // panel) * panel
    if whole == points and out.flags.c_contiguous:
        fill(placed, out)
        return
    rows = np.zeros((inputs, whole), np.float32)
    rows[:, :points] = placed
    pixels = np.empty((whole, 3), np.uint8)
    fill(rows, pixels)
    out[:] = pixels[:points]


def flat(rows: Float32[np.ndarray, "rows columns"]) -> Float32[np.ndarray, " all"]:
    """The memory from the first to the last element, what lies between the rows included."""
    if rows.strides[1] != rows.itemsize or rows.strides[0] < 0:
        rows = np.ascontiguousarray(rows)
    size = (len(rows) - 1) * (rows.strides[0] // rows.itemsize) + rows.shape[1]
    return np.lib.stride_tricks.as_strided(rows, (size,), (rows.itemsize,))
