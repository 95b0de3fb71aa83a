"""A measured number with its bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

MEASURES = (
    "space_variance",
    "time_variance",
    "audio_variance",
    "frame_variance",
    "neighbour_correlation",
    "frame_correlation",
    "saturated",
)
"""The numbers of a diagnosis, by name."""

RESAMPLES = 500
COVERAGE = 0.95  # of the interval


@dataclass(frozen=True)
class Measure:
    """A value with the interval that holds 95 % of its bootstrap replicates; usable as a float."""

    value: float
    low: float
    high: float

    def __float__(self) -> float:
        return self.value

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"

    def to_dict(self) -> dict[str, float]:
        """Plain numbers."""
        return {"value": self.value, "low": self.low, "high": self.high}


Rows = Float64[np.ndarray, "blocks numbers"]


def bootstrapped(
    rows: Rows, statistic: Callable[[np.ndarray], np.ndarray], draws: np.random.Generator
) -> Measure:
    """statistic(mean of the rows), and its percentile interval over RESAMPLES draws of rows with replacement.

    A row holds the numbers of one block, drawn independently of the others; `statistic` takes means
    (..., numbers) and gives (...). Efron & Tibshirani, "An introduction to the bootstrap" (1993), ch. 13.
    """
    chosen = draws.integers(len(rows), size=(RESAMPLES, len(rows)))
    replicates = statistic(rows[chosen].mean(axis=1))
    value = float(statistic(rows.mean(axis=0)))
    low, high = np.quantile(replicates, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return Measure(value, min(float(low), value), max(float(high), value))
