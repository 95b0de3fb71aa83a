"""A measured number with its bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import SupportsFloat

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
"""The numbers of a diagnosis, by name; files hold these names, so their spelling stays."""

RESAMPLES = 500
CONFIDENCE = 0.95  # level of the interval
TAIL = (1 - CONFIDENCE) / 2  # share of the replicates below it, and above it


@dataclass(frozen=True)
class Measure:
    """A value with the interval that holds 95 % of its bootstrap replicates; usable as a float.

    Numbers and other measures compare with the value.
    """

    value: float
    low: float
    high: float

    def __float__(self) -> float:
        return self.value

    def __lt__(self, other: SupportsFloat) -> bool:
        return self.value < float(other)

    def __le__(self, other: SupportsFloat) -> bool:
        return self.value <= float(other)

    def __gt__(self, other: SupportsFloat) -> bool:
        return self.value > float(other)

    def __ge__(self, other: SupportsFloat) -> bool:
        return self.value >= float(other)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"

    def to_dict(self) -> dict[str, float]:
        """Plain numbers."""
        return {"value": self.value, "low": self.low, "high": self.high}


Rows = Float64[np.ndarray, "blocks numbers"]


def bootstrap_measure(
    rows: Rows, statistic: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator
) -> Measure:
    """statistic(mean of the rows), and its percentile interval over RESAMPLES draws of rows with replacement.

    A row holds the numbers of one block, drawn independently of the others; `statistic` takes means
    (..., numbers) and gives (...). Efron & Tibshirani, "An introduction to the bootstrap" (1993), ch. 13.
    """
    picks = rng.integers(0, len(rows), size=(RESAMPLES, len(rows)))
    replicates = np.sort(statistic(rows[picks].mean(axis=-2)))
    low, high = (_quantile(replicates, share) for share in (TAIL, 1 - TAIL))
    value = float(statistic(rows.mean(axis=0)))
    return Measure(value, min(low, value), max(high, value))


def _quantile(numbers: Float64[np.ndarray, " numbers"], share: float) -> float:
    """Of sorted numbers, to the bit that of scipy, whose `bootstrap` takes twice as long."""
    place = share * len(numbers) + (1 - share) - 1
    below = int(place)
    weight = place - below
    return float((1 - weight) * numbers[below] + weight * numbers[below + 1])
