"""The points of a sweep: from names and values to validated parameters, each set with its key."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from explorer.errors import SettingsError
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.sweeps import samplers
from explorer.experiments.sweeps.parameter_paths import (
    ParameterPath,
    all_paths,
    distinct,
    find_path,
    with_parameters,
)
from explorer.experiments.sweeps.samplers import SampleAxis, Sampler, Span
from explorer.experiments.sweeps.specification import key_of
from explorer.settings import did_you_mean

DEFAULT_SAMPLES = 16  # of the random samplers
RANDOM_SAMPLERS = ("random", "lhs")  # take a number of samples and a seed


@dataclass(frozen=True)
class PointSet:
    """The points of a sweep, and the axes and the sampler that they are from."""

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
) -> PointSet:
    """The points of a sweep, every recipe validated, repetitions left out.

    A value of `vary` is a list (any iterable), a `Span`, or (low, high) for the samplers random and lhs.
    Raises SettingsError for unknown names, values out of range and samplers that do not fit.
    """
    method = _sampler(sampler, samples)
    if method in RANDOM_SAMPLERS and samples is None:
        samples = DEFAULT_SAMPLES
    axes = _axes(vary, base, method)
    by_key = {key_of(params): params for params in _sample(axes, base, method, samples or 0, sampler_seed)}
    for params in by_key.values():
        with_parameters(base, params)  # validates what single values do not show
    spans = {name: (axis.low, axis.high) for name, axis in axes.items() if isinstance(axis, Span)}
    return PointSet(
        sampler=method,
        samples=samples,
        sampler_seed=sampler_seed,
        vary={name: _values(name, axis, by_key.values()) for name, axis in axes.items()},
        ranges=spans if method in RANDOM_SAMPLERS else {},
        points=tuple(by_key.items()),
    )


def _axes(vary: Mapping[str, Any], base: Recipe, sampler: Sampler) -> dict[str, SampleAxis]:
    """What is varied, by the name of its parameter, validated."""
    if not vary:
        raise SettingsError("nothing is varied; say what, as in vary={'gain': [1, 2, 5]}")
    axes: dict[str, SampleAxis] = {}
    for name, values in vary.items():
        path = find_path(name, base)
        if path.name in axes:
            raise SettingsError(f"'{path.name}' is varied twice")
        axes[path.name] = _axis(path, base, values, sampler)
    return axes


def _sampler(sampler: str, samples: int | None) -> Sampler:
    """The sampler's name, checked."""
    names: tuple[Sampler, ...] = get_args(Sampler)
    if sampler not in names:
        raise SettingsError(f"no sampler '{sampler}'{did_you_mean(sampler, names)}")
    if samples is not None and sampler not in RANDOM_SAMPLERS:
        raise SettingsError(f"samples belong to the samplers random and lhs; '{sampler}' takes every value")
    if samples is not None and not 1 <= samples <= samplers.MAX_POINTS:
        raise SettingsError(f"samples: got {samples}; allowed: 1 to {samplers.MAX_POINTS}")
    return names[names.index(sampler)]


def _axis(path: ParameterPath, base: Recipe, values: Any, sampler: Sampler) -> SampleAxis:
    """An axis, validated: a span for (low, high) where numbers are drawn, else values."""
    if sampler in RANDOM_SAMPLERS and isinstance(values, tuple) and len(values) == 2 and _are_numbers(values):
        values = Span(*values)
    if isinstance(values, Span):
        ends = [path.validated(base, end) for end in (values.low, values.high)]
        if not _are_numbers(ends) or ends[0] > ends[1]:
            raise SettingsError(
                f"{path.name}: got {values.low} to {values.high}; give the lower number first"
            )
        return Span(ends[0], ends[1], path.is_integer)
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        values = [values]
    valid = distinct(path.validated(base, value) for value in values)
    if not valid:
        raise SettingsError(f"{path.name}: got no values to vary; give one or more")
    return tuple(valid)


def _sample(
    axes: dict[str, SampleAxis], base: Recipe, sampler: Sampler, samples: int, seed: int
) -> list[dict[str, Any]]:
    if sampler == "grid":
        return samplers.combinations(axes)
    if sampler == "oat":
        paths = all_paths(base)
        return samplers.one_at_a_time(axes, {name: paths[name].value(base) for name in axes})
    draw = samplers.random_samples if sampler == "random" else samplers.latin_hypercube
    return draw(axes, samples, seed)


def _values(name: str, axis: SampleAxis, points: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The values of an axis: those listed (and the base's own, first); of a span those sampled, ascending."""
    occurring = distinct(params[name] for params in points)
    if isinstance(axis, Span):
        return sorted(occurring)
    return distinct([*(value for value in occurring if value not in axis), *axis])


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(
        hasattr(value, "__float__") and not isinstance(value, bool) and math.isfinite(value)
        for value in values
    )
