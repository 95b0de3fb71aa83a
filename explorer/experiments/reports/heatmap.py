"""Heatmaps: one measure over one or two varied parameters, as tables of colored values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex, to_rgb

from explorer.experiments.reports.axes import AxesLayout
from explorer.experiments.reports.load import ReportPoint
from explorer.experiments.reports.numbers import Scale, short_text
from explorer.fields.srgb import LUMINANCE, srgb_to_linear

BLACK, WHITE = "#000", "#fff"
VIRIDIS = colormaps["viridis"]  # a new copy each time, which makes its table


@dataclass(frozen=True)
class HeatmapCell:
    """One colored value; `key` is its point's."""

    key: str
    text: str
    fill: str
    text_color: str


@dataclass(frozen=True)
class Heatmap:
    """A measure on axes: rows of values, None where there is no point or no number."""

    name: str
    low: str
    high: str
    logarithmic: bool
    rows: tuple[tuple[HeatmapCell | None, ...], ...]


def heatmaps(axes: AxesLayout, measures: Sequence[str]) -> list[Heatmap]:
    """One map for each measure that any point has; only for one or two varied parameters (one facet)."""
    (facet,) = axes.facets
    maps = []
    for name in measures:
        points = [point for row in facet.cells for point in row if point and name in point.metrics]
        if points:
            scale = Scale.of(name, [point.metrics[name] for point in points])
            rows = tuple(tuple(_cell(point, scale) for point in row) for row in facet.cells)
            low, high = short_text(scale.values[0]), short_text(scale.values[-1])
            maps.append(Heatmap(name, low, high, scale.logarithmic, rows))
    return maps


def viridis(position: float) -> str:
    """The color of a position from 0 to 1 on viridis (van der Walt and Smith, 2015).

    Its steps of lightness are even, for every kind of eye.
    """
    color: str = to_hex(VIRIDIS(float(min(max(position, 0.0), 1.0))))
    return color


def text_color(fill: str) -> str:
    """Black or white, whichever has more contrast on the color (WCAG 2.1, relative luminance)."""
    luminance = srgb_to_linear(np.array(to_rgb(fill))) @ LUMINANCE
    return BLACK if luminance > 0.179 else WHITE  # where both contrasts are equal


def _cell(point: ReportPoint | None, scale: Scale) -> HeatmapCell | None:
    if point is None or scale.name not in point.metrics:
        return None
    value = point.metrics[scale.name]
    fill = viridis(scale.position(value))
    return HeatmapCell(point.key, short_text(value), fill, text_color(fill))
