"""The kernel that mixes the bytes of two fields in linear light: one pass over a block of pixels."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from explorer.fields.kernels.color_formulas import clipped_srgb
from explorer.fields.kernels.memory import load, store
from explorer.fields.kernels.padding import fill_padded, flat_view
from explorer.fields.kernels.simd import LANES, compiled, source_stamp
from explorer.fields.srgb import srgb_to_linear

LINEAR_LEVELS = srgb_to_linear(np.arange(256) / 255).astype(np.float32)


def mix_bytes(
    a: UInt8[np.ndarray, "points 3"],
    b: UInt8[np.ndarray, "points 3"],
    shares: Float32[np.ndarray, " points"],
    out: UInt8[np.ndarray, "points 3"],
) -> None:
    """Both pictures in linear light, b by its share at each point; equal pictures stay as they are."""
    rows = np.vstack((LINEAR_LEVELS[a].T, LINEAR_LEVELS[b].T, shares[None]))
    planes = np.empty((3, len(out)), np.float32)

    def fill_whole(inputs: np.ndarray, target: np.ndarray) -> None:
        fill(flat_view(inputs), target.reshape(-1))

    fill_padded(fill_whole, np.ascontiguousarray(rows), planes, LANES)
    out[:] = (planes.T + 0.5).astype(np.uint8)


def _kernel(STAMP: str) -> Any:
    def fill(inputs, planes):
        """inputs: flat rows, red, green, blue of a and of b, and the share; planes: three. Whole vectors."""
        STAMP  # noqa: B018
        points = planes.size // 3
        for i in range(0, points, LANES):
            share = load(inputs, 6 * points + i)
            for channel in range(3):
                place = channel * points + i
                a = load(inputs, place)
                b = load(inputs, place + 3 * points)
                store(planes, place, clipped_srgb(a + share * (b - a)) * 255.0)

    return compiled(fill)


fill = _kernel(source_stamp(Path(__file__).parent))
