"""The point that all others are compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from explorer.diagnostics.verdict import VERDICTS
from explorer.experiments.reports.load import ReportPoint, Value, mapping
from explorer.experiments.reports.numbers import Scale, is_numeric

PARTS = ("field", "analysis", "frames", "encoder")


def nearest_point(points: Sequence[ReportPoint], base: dict[str, Any]) -> ReportPoint | None:
    """The measured point whose parameters are nearest to those of the base recipe; None without any.

    The distance is Euclidean over the parameters' scales, each from 0 to 1; a word or a missing value that
    differs counts 1.
    """
    measured = [point for point in points if point.metrics or point.state in VERDICTS]
    if not measured:
        return None
    names = dict.fromkeys(name for point in measured for name in point.params)
    targets = {name: value_in_recipe(base, name) for name in names}
    scales = {
        name: Scale.of(name, [targets[name], *(p.params.get(name) for p in measured)]) for name in names
    }

    def distance(point: ReportPoint) -> float:
        return math.hypot(
            *(_difference(scales[name], point.params.get(name), targets[name]) for name in names)
        )

    return min(measured, key=distance)


def value_in_recipe(recipe: dict[str, Any], name: str) -> Value:
    """The value of a setting in a recipe, by its name (`gain`) or its dotted one (`analysis.fps`)."""
    part, _, rest = name.rpartition(".")
    for name_of_part in [part] if part else PARTS:
        settings = mapping(recipe.get(name_of_part))
        if rest in settings:
            value: Value = settings[rest]
            return value if value is None or isinstance(value, str | int | float) else str(value)
    return None


def _difference(scale: Scale, one: Value, other: Value) -> float:
    if scale.numeric and is_numeric(one) and is_numeric(other):
        return abs(scale.position(one) - scale.position(other))
    return float(one != other)
