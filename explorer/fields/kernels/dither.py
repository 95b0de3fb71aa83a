"""Dither: the same noise at the same position, whatever the frame, the tile or the moment."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32


def dither(
    x: Float32[np.ndarray, " points"], y: Float32[np.ndarray, " points"]
) -> Float32[np.ndarray, " points"]:
    """Noise in [0, 1) from the bits of a position: 255 u + noise, truncated, is u on average."""
    bits = x.view(np.uint32) * np.uint32(0x9E3779B1) ^ y.view(np.uint32) * np.uint32(0x85EBCA77)
    bits = (bits ^ (bits >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    noise: Float32[np.ndarray, " points"] = (bits >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)
    return noise
