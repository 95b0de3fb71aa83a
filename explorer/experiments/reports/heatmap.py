"""Heatmaps: one measure over one or two varied parameters, as tables of coloured values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.experiments.reports.axes import Axes
from explorer.experiments.reports.load import Point
from explorer.experiments.reports.numbers import Scale, short
from explorer.fields.srgb import LUMINANCE, srgb_to_linear

# Viridis (van der Walt and Smith, 2015), nine of its colours: even steps of lightness, for every kind of eye
RAMP = ("440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725")
DARK, LIGHT = "#000", "#fff"


@dataclass(frozen=True)
class Heat:
    """One coloured value; `key` is its point's."""

    key: str
    text: str
    fill: str
    ink: str


@dataclass(frozen=True)
class Heatmap:
    """A measure on axes: rows of values, None where there is no point or no number."""

    name: str
    low: str
    high: str
    logarithmic: bool
    rows: tuple[tuple[Heat | None, ...], ...]


def heatmaps(axes: Axes, measures: Sequence[str]) -> list[Heatmap]:
    """One map for each measure that any point has; only for one or two varied parameters (one facet)."""
    (facet,) = axes.facets
    maps = []
    for name in measures:
        points = [point for row in facet.cells for point in row if point and name in point.metrics]
        if points:
            scale = Scale.of(name, [point.metrics[name] for point in points])
            rows = tuple(tuple(_heat(point, scale) for point in row) for row in facet.cells)
            low, high = short(scale.values[0]), short(scale.values[-1])
            maps.append(Heatmap(name, low, high, scale.logarithmic, rows))
    return maps


def colour(place: float) -> str:
    """The colour of a place from 0 to 1 on the ramp."""
    at = min(max(place, 0.0), 1.0) * (len(RAMP) - 1)
    index = min(int(at), len(RAMP) - 2)
    pair = zip(_rgb(RAMP[index]), _rgb(RAMP[index + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * (at - index)):02x}" for a, b in pair)


def ink(fill: str) -> str:
    """Black or white, whichever has more contrast on the colour (WCAG 2.1, relative luminance)."""
    luminance = srgb_to_linear(np.array(_rgb(fill[1:])) / 255) @ LUMINANCE
    return DARK if luminance > 0.179 else LIGHT  # where both contrasts are equal


def _heat(point: Point | None, scale: Scale) -> Heat | None:
    if point is None or scale.name not in point.metrics:
        return None
    value = point.metrics[scale.name]
    fill = colour(scale.at(value))
    return Heat(point.key, short(value), fill, ink(fill))


def _rgb(digits: str) -> tuple[int, int, int]:
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
