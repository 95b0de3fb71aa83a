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
    from scipy.stats import bootstrap  # slow to load

    def replicate(picks: np.ndarray, axis: int = -1) -> np.ndarray:
        return statistic(rows[picks].mean(axis=axis - 1))

    interval = bootstrap(
        (np.arange(len(rows)),),
        replicate,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        vectorized=True,
        rng=rng,
    ).confidence_interval
    value = float(statistic(rows.mean(axis=0)))
    return Measure(value, min(float(interval.low), value), max(float(interval.high), value))
