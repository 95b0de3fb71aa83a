"""Where lines and dots go in the drawings of a sweep: parallel coordinates, scatters of two parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.experiments.reports.heatmap import viridis
from explorer.experiments.reports.load import ReportPoint, Value
from explorer.experiments.reports.numbers import Scale, short_text

AXIS_DISTANCE = 150  # pixels between two axes
LEFT, TOP, AXIS_HEIGHT = 60, 52, 300  # pixels: margins and the height of an axis
BUNDLE_HEIGHT = 26.0  # pixels, at most, over which the points that share a value are spread
MIN_TICK_DISTANCE = 16.0  # pixels between two ticks
CHARACTER_WIDTH = 7.0  # pixels, about, of a label
MAX_MEASURE_AXES = 4  # axes for measures after those of the parameters
CURVE_SHARE = 0.38  # of the distance, over which a curve leaves an axis level: crossing lines stay distinct


@dataclass(frozen=True)
class ParallelAxis:
    """A vertical axis at `x`: its name, its ticks (y, label), its scale, and whether it is a measure."""

    name: str
    x: float
    ticks: tuple[tuple[float, str], ...]
    scale: Scale
    measure: bool


@dataclass(frozen=True)
class Line:
    """One point through all axes: an SVG path, and its places, 0 to 1 or None."""

    point: ReportPoint
    path: str
    places: tuple[float | None, ...]


@dataclass(frozen=True)
class Parallel:
    """Parallel coordinates (Inselberg, 1985): a point is a line through an axis per parameter and measure."""

    width: float
    height: float
    top: float
    bottom: float
    axes: tuple[ParallelAxis, ...]
    lines: tuple[Line, ...]


def parallel(
    points: Sequence[ReportPoint],
    names: Sequence[str],
    measures: Sequence[str],
    sample: Sequence[ReportPoint] | None = None,
) -> Parallel:
    """Axes for the varied parameters, then for the first few measures, over the values of all points.

    `sample` holds the points that become lines; None: all. A point without a value on an axis is drawn
    through the others; a point with none at all (it failed) ends with its parameters.
    """
    sample = points if sample is None else sample
    scales = [Scale.of(name, [point.params.get(name) for point in points]) for name in names]
    varying = [name for name in measures if len({p.metrics.get(name) for p in points}) > 1]
    for name in varying[:MAX_MEASURE_AXES]:
        scales.append(Scale.of(name, [p.metrics[name] for p in points if name in p.metrics]))
    axes = tuple(
        ParallelAxis(scale.name, LEFT + i * AXIS_DISTANCE, _ticks(scale), scale, i >= len(names))
        for i, scale in enumerate(scales)
    )  # fmt: skip
    shifts = [_bundle_shifts([point.params.get(name) for point in sample]) for name in names]
    lines = tuple(_line(point, scales, [shift[n] for shift in shifts]) for n, point in enumerate(sample))
    return Parallel(
        2 * LEFT + 30 + (len(axes) - 1) * AXIS_DISTANCE,
        TOP + AXIS_HEIGHT + 36,
        TOP,
        TOP + AXIS_HEIGHT,
        axes,
        lines,
    )


def _ticks(scale: Scale) -> tuple[tuple[float, str], ...]:
    """Ticks as (y, label), without those that would cover one another."""
    return _apart([(_y(at), label) for at, label in scale.ticks])


def _apart(ticks: Sequence[tuple[float, str]], character: float = 0.0) -> tuple[tuple[float, str], ...]:
    """Ticks (pixel, label), without those whose labels would cover an earlier one.

    `character` is the width of a character where labels stand side by side, 0 where they stand one above the
    other.
    """
    result: list[tuple[float, str]] = []
    for at, label in sorted(ticks):
        needed = MIN_TICK_DISTANCE
        if result and character:
            needed = character * (1 + (len(label) + len(result[-1][1])) / 2)
        if not result or at - result[-1][0] >= needed:
            result.append((at, label))
    return tuple(result)


def _line(point: ReportPoint, scales: Sequence[Scale], shifts: Sequence[float]) -> Line:
    """The line of a point; `shifts` holds pixels for each parameter, measures follow without."""
    params = len(shifts)
    values = [
        (point.params if index < params else point.metrics).get(scale.name)
        for index, scale in enumerate(scales)
    ]
    places = tuple(
        None if value is None and index >= params else scale.position(value)
        for index, (scale, value) in enumerate(zip(scales, values, strict=True))
    )
    at = [
        (LEFT + index * AXIS_DISTANCE, _y(place) + (shifts[index] if index < params else 0.0))
        for index, place in enumerate(places)
        if place is not None
    ]
    return Line(point, _curve(at), places)


def _bundle_shifts(values: Sequence[Value]) -> list[float]:
    """How far to move each line at an axis, so that points that share a value do not hide one another."""
    groups: dict[str, list[int]] = {}
    for n, value in enumerate(values):
        groups.setdefault(repr(value), []).append(n)
    max_bytes = min(BUNDLE_HEIGHT, 0.6 * AXIS_HEIGHT / len(groups))
    shifts = [0.0] * len(values)
    for members in groups.values():
        for rank, n in enumerate(members):
            shifts[n] = max_bytes * ((rank + 0.5) / len(members) - 0.5) if len(members) > 1 else 0.0
    return shifts


def _curve(at: Sequence[tuple[float, float]]) -> str:
    """A path that leaves and meets every axis level."""
    path = f"M{at[0][0]:g} {at[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(at):
        bend = (x1 - x0) * CURVE_SHARE
        path += f"C{x0 + bend:.1f} {y0:.1f} {x1 - bend:.1f} {y1:.1f} {x1:g} {y1:.1f}"
    return path


def _y(place: float) -> float:
    return round(TOP + (1 - place) * AXIS_HEIGHT, 1)


@dataclass(frozen=True)
class Dot:
    """One point of a scatter, colored by its measure."""

    point: ReportPoint
    x: float
    y: float
    text: str
    fill: str


@dataclass(frozen=True)
class Scatter:
    """A measure over two parameters whose values do not fill a table."""

    name: str
    low: str
    high: str
    logarithmic: bool
    across: tuple[str, tuple[tuple[float, str], ...]]
    down: tuple[str, tuple[tuple[float, str], ...]]
    dots: tuple[Dot, ...]


PLOT_WIDTH, PLOT_HEIGHT, MARGIN = 300.0, 200.0, 46.0  # pixels; the margin is for labels


def scatters(
    points: Sequence[ReportPoint],
    names: Sequence[str],
    measures: Sequence[str],
    sample: Sequence[ReportPoint] | None = None,
) -> list[Scatter]:
    """One scatter for each measure over two parameters; `sample` holds the points that become dots."""
    sample = points if sample is None else sample
    x, y = (Scale.of(name, [point.params.get(name) for point in points]) for name in names)
    across = x.name, _apart([(MARGIN + at * PLOT_WIDTH, label) for at, label in x.ticks], CHARACTER_WIDTH)
    down = y.name, _apart([(PLOT_HEIGHT + 12 - at * PLOT_HEIGHT, label) for at, label in y.ticks])
    result = []
    for name in measures:
        scale = Scale.of(name, [point.metrics[name] for point in points if name in point.metrics])
        dots = tuple(
            Dot(
                point,
                MARGIN + x.position(point.params.get(x.name)) * PLOT_WIDTH,
                PLOT_HEIGHT + 12 - y.position(point.params.get(y.name)) * PLOT_HEIGHT,
                short_text(point.metrics[name]),
                viridis(scale.position(point.metrics[name])),
            )
            for point in sample
            if name in point.metrics
        )
        low, high = short_text(scale.values[0]), short_text(scale.values[-1])
        result.append(Scatter(name, low, high, scale.logarithmic, across, down, dots))
    return result
