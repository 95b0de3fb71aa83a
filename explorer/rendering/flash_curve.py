"""A slow curve below what every moment allows: how the flash limiter dims and calms."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64

SAMPLE_RATE = 30  # moments a second
SECOND = SAMPLE_RATE
RAMP = SAMPLE_RATE // 2  # moments of a ramp to either side
REACH = 2 * RAMP  # moments before, and with SECOND after, that a point of the curve depends on

HANN = np.hanning(2 * RAMP + 3)[1:-1] / np.hanning(2 * RAMP + 3).sum()


class FlashCurve:
    """Factors from 0 to 1. `required` holds the largest that each moment allows, NaN where nobody searched.

    A factor is the lowest that any second around its moment needs, with slow ramps between.
    """

    def __init__(self, required: Float32[np.ndarray, " moments"]) -> None:
        self.required = required

    def index(self, t: float) -> int:
        """The moment at or before `t` seconds."""
        return min(max(0, int(round(t * SAMPLE_RATE, 6))), len(self.required) - 1)

    def at(self, t: float) -> float:
        """The factor at `t` seconds, linear between two moments."""
        first = self.index(t)
        left, right = self.factors(first, first + 2)
        share = min(max(0.0, round(t * SAMPLE_RATE, 6) - first), 1.0)
        return float(left + (right - left) * share)

    def factors(self, first: int, last: int) -> Float64[np.ndarray, " moments"]:
        """The factors of the moments from `first` to before `last`."""
        span = np.arange(first - REACH, last + SECOND + REACH)
        inside = (span >= 0) & (span < len(self.required))
        required = np.where(inside, self.required[span.clip(0, len(self.required) - 1)], 1)
        lowest = np.lib.stride_tricks.sliding_window_view(required, 2 * RAMP + SECOND + 1).min(axis=1)
        return np.asarray(np.lib.stride_tricks.sliding_window_view(lowest, 2 * RAMP + 1) @ HANN)

    def needed(self, first: int, last: int) -> slice:
        """The moments that the factors from `first` to before `last` depend on."""
        return slice(max(0, first - REACH), min(last + SECOND + REACH, len(self.required)))

    def is_complete(self, t: float) -> bool:
        """Whether all that the factor at `t` depends on has been searched."""
        first = self.index(t)
        return not np.isnan(self.required[self.needed(first, first + 2)]).any()
