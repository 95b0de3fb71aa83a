"""Samplers: from what is varied to the points of a sweep, each a value for every name; ready-made sweeps.

An axis of the samplers is a tuple of values or a `Span` of numbers. The same seed gives the same points.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float64

from explorer.errors import SettingsError
from explorer.settings import did_you_mean, setting_from_text

Sampler = Literal["grid", "random", "lhs", "oat"]
MAX_POINTS = 100_000  # of one sweep
SIGNIFICANT_DIGITS = 6  # of a number drawn from a span: more only clutter captions
AXIS_FORMAT = (
    "values with commas between, as in 1, 2.5, 8; or a range as in 1..8 for random and Latin hypercube"
)
"""How an axis is written as text."""


@dataclass(frozen=True)
class Span:
    """All numbers from `low` to `high`, both included; only whole ones when `whole`."""

    low: float
    high: float
    is_integer: bool = False

    def at(self, share: float) -> float:
        """The number at a share in [0, 1) of the way; every whole number has an equal part of it."""
        if self.is_integer:
            return math.floor(self.low) + int(share * (math.floor(self.high) - math.floor(self.low) + 1))
        exact = self.low + share * (self.high - self.low)
        return min(max(float(f"{exact:.{SIGNIFICANT_DIGITS}g}"), self.low), self.high)

    def values(self) -> tuple[int, ...]:
        """Every whole number in the span."""
        return tuple(range(math.floor(self.low), math.floor(self.high) + 1))


SampleAxis = tuple[Any, ...] | Span
SampleAxes = Mapping[str, SampleAxis]
Points = list[dict[str, Any]]


@dataclass(frozen=True)
class ReadySweep:
    """A ready-made sweep: what is varied, and how."""

    sampler: Sampler
    vary: dict[str, tuple[Any, ...]]


READY_SWEEPS = {
    # The settings that change most, one at a time: still, wild, near, far, shallow, deep, deaf, loud
    "quick": ReadySweep(
        "oat",
        {"gain": (1.0, 2.5, 8.0), "coord_scale": (0.25, 1.5), "layers": (2, 6), "audio_gain": (0.0, 8.0)},
    ),
    # The published batch exploration: gain x coordinate scale x layers x audio gain
    "batch": ReadySweep(
        "grid",
        {
            "gain": (1.0, 3.0, 5.0, 7.0),
            "coord_scale": (0.5, 1.0, 2.0),
            "layers": (2, 4, 8),
            "audio_gain": (1.0, 3.0, 6.0),
        },
    ),
}


def ready_sweep(name: str) -> ReadySweep:
    """A ready-made sweep by name. Raises SettingsError."""
    if name not in READY_SWEEPS:
        raise SettingsError(f"no ready-made sweep '{name}'{did_you_mean(name, READY_SWEEPS)}")
    return READY_SWEEPS[name]


def parse_axis(name: str, text: str) -> list[str | bool | None] | Span:
    """`1, 2, 5` as values, which the setting makes its own; `1..5` as a span. Raises SettingsError."""
    low, dots, high = text.partition("..")
    try:
        if dots:
            return Span(float(low), float(high))
    except ValueError:
        raise SettingsError(f"{name}: got '{text}'; give {AXIS_FORMAT}") from None
    values = [part.strip() for part in text.split(",") if part.strip()]
    if not values:
        raise SettingsError(f"{name}: give {AXIS_FORMAT}")
    return [setting_from_text(value) for value in values]


def combinations(axes: SampleAxes) -> Points:
    """Every combination, the last name fastest."""
    listed = {name: _listed(name, axis, "grid") for name, axis in axes.items()}
    _check_count(math.prod(len(values) for values in listed.values()))
    return [dict(zip(listed, values, strict=True)) for values in itertools.product(*listed.values())]


def one_at_a_time(axes: SampleAxes, base: Mapping[str, Any]) -> Points:
    """The base first, then each setting varied alone with the others at the base's values."""
    listed = {name: _listed(name, axis, "oat") for name, axis in axes.items()}
    fixed = {name: base[name] for name in listed}
    return [fixed, *({**fixed, name: value} for name, values in listed.items() for value in values)]


def random_samples(axes: SampleAxes, samples: int, seed: int) -> Points:
    """Independent draws, uniform over each axis."""
    return _scaled(axes, np.random.default_rng(seed).random((samples, len(axes))))


def latin_hypercube(axes: SampleAxes, samples: int, seed: int) -> Points:
    """Draws that fall once into each of `samples` equal parts of every axis.

    McKay, Beckman & Conover, "A comparison of three methods for selecting values of input variables",
    Technometrics 21 (1979).
    """
    from scipy.stats import qmc  # slow to load

    keyword = "rng" if "rng" in inspect.signature(qmc.LatinHypercube).parameters else "seed"
    draws = qmc.LatinHypercube(len(axes), **{keyword: np.random.default_rng(seed)})
    return _scaled(axes, draws.random(samples))


def _scaled(axes: SampleAxes, shares: Float64[np.ndarray, "samples axes"]) -> Points:
    """The values at shares in [0, 1) of every axis."""
    return [
        {name: _at(axis, float(share)) for (name, axis), share in zip(axes.items(), row, strict=True)}
        for row in shares
    ]


def _at(axis: SampleAxis, share: float) -> Any:
    return axis.at(share) if isinstance(axis, Span) else axis[int(share * len(axis))]


def _listed(name: str, axis: SampleAxis, sampler: str) -> tuple[Any, ...]:
    """The values of an axis that must have a list of them."""
    if not isinstance(axis, Span):
        return axis
    if not axis.is_integer:
        raise SettingsError(
            f"{name}: the sampler '{sampler}' needs a list of values, got {axis.low:g} to {axis.high:g}; "
            "list them, or choose the sampler random or lhs"
        )
    _check_count(math.floor(axis.high) - math.floor(axis.low) + 1)
    return axis.values()


def _check_count(count: int) -> None:
    if count > MAX_POINTS:
        raise SettingsError(
            f"got {count:,} points; allowed: up to {MAX_POINTS:,}; give fewer values or use lhs"
        )
