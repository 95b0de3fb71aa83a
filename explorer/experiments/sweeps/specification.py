"""The specification of a sweep: everything that determines its points, frozen, saved as sweep.json."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from explorer.errors import ReadError, SettingsError
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.sweeps import parameter_paths, sampling
from explorer.experiments.sweeps.sampling import Axis, Sampler, Span
from explorer.files import read_json
from explorer.settings import Settings, did_you_mean, knob

NAME = "sweep.json"
SAMPLES = 16  # of random and lhs, unless told otherwise
DRAWN = ("random", "lhs")  # samplers that take a number of samples and a seed


class Clip(Settings):
    """The short video of a point."""

    duration: float = knob(4.0, low=0.1, high=3600, unit="s", help="how long the clip is")
    size: tuple[int, int] = (320, 180)


class Specification(Settings):
    """A base recipe, what is varied in it, and what is made of every point.

    `points` are (key, parameters) in order; `vary` lists the values of every varied setting, `ranges` where
    they were drawn from a span. `moments` are seconds of the sound.
    """

    version: Literal[1] = 1
    base: Recipe
    vary: dict[str, list[Any]]
    ranges: dict[str, tuple[float, float]]
    sampler: Sampler = "grid"
    samples: int | None = None
    sampler_seed: int = 0
    moments: tuple[float, ...]
    thumb: int = knob(320, low=16, high=2048, unit="px", help="longer side of a thumbnail")
    clip: Clip | None = None
    points: tuple[tuple[str, dict[str, Any]], ...]

    def recipe(self, key: str) -> Recipe:
        """The recipe of a point."""
        return parameter_paths.changed(self.base, self.params(key))

    def params(self, key: str) -> dict[str, Any]:
        """The varied settings of a point."""
        if key not in self.by_key:
            raise SettingsError(f"the sweep has no point '{key}'{did_you_mean(key, self.by_key)}")
        return self.by_key[key]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The points' keys in order."""
        return tuple(key for key, _ in self.points)

    @cached_property
    def by_key(self) -> dict[str, dict[str, Any]]:
        """The points' parameters by key, in order."""
        return dict(self.points)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for sweep.json."""
        values: dict[str, Any] = self.model_dump(mode="json")
        return values

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        return hash_of(self.to_dict())

    def differences(self, other: Specification) -> list[str]:
        """What another specification has otherwise, in words; empty when both are the same."""
        mine, theirs = _flat(self.to_dict()), _flat(other.to_dict())
        told = [
            f"{name} was {_short(mine.get(name))} and is {_short(theirs.get(name))}"
            for name in dict.fromkeys([*mine, *theirs])
            if mine.get(name) != theirs.get(name) and name != "points"
        ]
        return told or (["its points differ"] if self.points != other.points else [])

    @classmethod
    def read(cls, folder: Path) -> Specification:
        """The specification of a sweep folder. Raises SettingsError."""
        path = folder / NAME
        try:
            return cls(**read_json(path))
        except (ValueError, TypeError) as error:
            reason = error.reason if isinstance(error, ReadError) else error
            raise SettingsError(
                f"{folder} holds no sweep that this version reads ({NAME}: {reason})"
            ) from None


@dataclass(frozen=True)
class Drawn:
    """What a sampler made of what was to be varied."""

    sampler: Sampler
    samples: int | None
    sampler_seed: int
    vary: dict[str, list[Any]]
    ranges: dict[str, tuple[float, float]]
    points: tuple[tuple[str, dict[str, Any]], ...]


def draw_points(
    base: Recipe,
    vary: Mapping[str, Any],
    sampler: str = "grid",
    samples: int | None = None,
    sampler_seed: int = 0,
) -> Drawn:
    """The points of a sweep, every recipe validated, repetitions left out.

    A value of `vary` is a list (any iterable), a `Span`, or (low, high) for the samplers random and lhs.
    Raises SettingsError for unknown names, values out of range and samplers that do not fit.
    """
    chosen = _sampler(sampler, samples)
    if chosen in DRAWN and samples is None:
        samples = SAMPLES
    if not vary:
        raise SettingsError("nothing is varied; say what, as in vary={'gain': [1, 2, 5]}")
    axes: dict[str, Axis] = {}
    for name, given in vary.items():
        place = parameter_paths.find(name, base)
        if place.name in axes:
            raise SettingsError(f"'{place.name}' is varied twice")
        axes[place.name] = _axis(place, base, given, sampler)
    points = _sampled(axes, base, chosen, samples or 0, sampler_seed)
    keyed = {key_of(params): params for params in points}
    for params in keyed.values():
        parameter_paths.changed(base, params)  # validates what single values do not show
    drawn = {name: (axis.low, axis.high) for name, axis in axes.items() if isinstance(axis, Span)}
    listed = {name: _values(name, axis, keyed.values()) for name, axis in axes.items()}
    ranges = drawn if chosen in DRAWN else {}
    return Drawn(chosen, samples, sampler_seed, listed, ranges, tuple(keyed.items()))


def hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a specification, as it is or as its file holds it."""
    return hashlib.sha256(_canonical(dict(values)).encode()).hexdigest()


def key_of(params: Mapping[str, Any]) -> str:
    """The name of a point's folder: 12 hex of the SHA-256 of its parameters' canonical JSON."""
    return hashlib.sha256(_canonical(dict(params)).encode()).hexdigest()[:12]


def _sampler(sampler: str, samples: int | None) -> Sampler:
    """The sampler's name, checked."""
    known: tuple[Sampler, ...] = get_args(Sampler)
    if sampler not in known:
        raise SettingsError(f"no sampler '{sampler}'{did_you_mean(sampler, known)}")
    if samples is not None and sampler not in DRAWN:
        raise SettingsError(f"samples belong to the samplers random and lhs; '{sampler}' takes every value")
    if samples is not None and not 1 <= samples <= sampling.MOST:
        raise SettingsError(f"samples: got {samples}; allowed: 1 to {sampling.MOST}")
    return known[known.index(sampler)]


def _axis(place: parameter_paths.Place, base: Recipe, given: Any, sampler: str) -> Axis:
    """What is to be varied, validated: a span for (low, high) where numbers are drawn, else values."""
    if sampler in DRAWN and isinstance(given, tuple) and len(given) == 2 and _numbers(given):
        given = Span(*given)
    if isinstance(given, Span):
        ends = [place.checked(base, end) for end in (given.low, given.high)]
        if not _numbers(ends) or ends[0] > ends[1]:
            raise SettingsError(f"{place.name}: got {given.low} to {given.high}; give the lower number first")
        return Span(ends[0], ends[1], place.whole)
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        given = [given]
    values = parameter_paths.distinct(place.checked(base, value) for value in given)
    if not values:
        raise SettingsError(f"{place.name}: got no values to vary; give one or more")
    return tuple(values)


def _sampled(
    axes: dict[str, Axis], base: Recipe, sampler: Sampler, samples: int, seed: int
) -> list[dict[str, Any]]:
    if sampler == "grid":
        return sampling.grid(axes)
    if sampler == "oat":
        known = parameter_paths.places(base)
        return sampling.one_at_a_time(axes, {name: known[name].value(base) for name in axes})
    draw = sampling.random if sampler == "random" else sampling.latin_hypercube
    return draw(axes, samples, seed)


def _values(name: str, axis: Axis, points: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The values of an axis: those listed (and the base's own, first); of a span those drawn, ascending."""
    occurring = parameter_paths.distinct(params[name] for params in points)
    if isinstance(axis, Span):
        return sorted(occurring)
    return parameter_paths.distinct([*(value for value in occurring if value not in axis), *axis])


def _numbers(values: Iterable[Any]) -> bool:
    return all(
        hasattr(value, "__float__") and not isinstance(value, bool) and math.isfinite(value)
        for value in values
    )


def _canonical(values: Any) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by dotted names; what is varied stays together."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value and prefix + name != "points":
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."
