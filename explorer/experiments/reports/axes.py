"""Points laid out on axes: which parameter goes along the columns, which down the rows, which beside."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.experiments.reports.load import ReportPoint, Value
from explorer.experiments.reports.numbers import Scale, varying_names

MAX_COLUMNS = 16  # or rows, of one table of pictures
MIN_FILLED_SHARE = 0.5  # of the cells: below it a list of cards reads better
MAX_FACETS = 36  # tables on one page


@dataclass(frozen=True)
class Facet:
    """One table of points: rows of cells, and what is the same in all of them."""

    fixed: tuple[tuple[str, Value], ...]
    cells: tuple[tuple[ReportPoint | None, ...], ...]


@dataclass(frozen=True)
class AxesLayout:
    """Facets that share their columns and rows; `down` is None when one parameter varies."""

    across: Scale
    down: Scale | None
    facets: tuple[Facet, ...]


def arrange(points: tuple[ReportPoint, ...]) -> AxesLayout | None:
    """The points on axes, or None when they do not fill a table (random samples, for example).

    Of two parameters the first goes down and the second across, as in the contact sheet; of more, those
    with the most values become columns and rows, and the others facets.
    """
    names = varying_names([point.params for point in points])
    scales = [Scale.of(name, [point.params.get(name) for point in points]) for name in names]
    if not scales:
        return None
    by_size = sorted(scales, key=lambda scale: -len(scale.values)) if len(scales) > 2 else scales[::-1]
    across, down = by_size[0], by_size[1] if len(by_size) > 1 else None
    others = [scale for scale in scales if scale is not across and scale is not down]
    columns, rows, tables = len(across.values), len(down.values) if down else 1, _combinations(others)
    cells = {_cell_key(point, names): point for point in points}
    fits = max(columns, rows) <= MAX_COLUMNS and tables <= MAX_FACETS and len(cells) == len(points)
    if not fits or len(points) < MIN_FILLED_SHARE * columns * rows * tables:
        return None
    return AxesLayout(
        across, down, tuple(_facet(names, cells, across, down, fixed) for fixed in _fixed(others))
    )


def _facet(
    names: list[str],
    cells: dict[tuple[str, ...], ReportPoint],
    across: Scale,
    down: Scale | None,
    fixed: tuple[tuple[str, Value], ...],
) -> Facet:
    def cell(column: Value, row: Value) -> ReportPoint | None:
        at = dict(fixed) | {across.name: column} | ({down.name: row} if down else {})
        return cells.get(tuple(repr(at.get(name)) for name in names))

    rows = down.values if down else (None,)
    return Facet(fixed, tuple(tuple(cell(column, row) for column in across.values) for row in rows))


def _cell_key(point: ReportPoint, names: list[str]) -> tuple[str, ...]:
    return tuple(repr(point.params.get(name)) for name in names)


def _combinations(scales: list[Scale]) -> int:
    return math.prod(len(scale.values) for scale in scales)


def _fixed(scales: list[Scale]) -> list[tuple[tuple[str, Value], ...]]:
    """Every combination of the values of the parameters that are neither columns nor rows."""
    combinations: list[tuple[tuple[str, Value], ...]] = [()]
    for scale in scales:
        combinations = [(*rest, (scale.name, value)) for rest in combinations for value in scale.values]
    return combinations
