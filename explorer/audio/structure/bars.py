"""The columns of bars in [-1, 1]; they are measured with the beats (see `rhythm`)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

COMMON_METER = 4  # beats of a bar, at which `meter` rests

Columns = Float32[np.ndarray, "frames 2"]


def normalize(raw: Columns) -> Columns:
    """The bar as a wave, 1 where it begins and -1 in its middle and without a beat; the beats of a bar, 0 for
    four and without a beat."""
    phase, meter = raw.T.astype(np.float64)
    wave = np.where(meter > 0, np.cos(2 * np.pi * phase), -1)
    beats = np.where(meter > 0, (meter - COMMON_METER) / COMMON_METER, 0)
    return np.stack([wave, beats.clip(-1, 1)], axis=1).astype(np.float32)
