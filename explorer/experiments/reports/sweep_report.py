"""The report of a sweep: pictures on axes, measures as maps, everything in a table."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from explorer.experiments.reports.axes import AxesLayout, arrange
from explorer.experiments.reports.baseline import nearest_point
from explorer.experiments.reports.charts import Parallel, ParallelAxis, parallel, scatters
from explorer.experiments.reports.columns import Columns, point_columns
from explorer.experiments.reports.heatmap import heatmaps
from explorer.experiments.reports.load import STATES, ReportPoint, ReportSource, Value, mapping, text
from explorer.experiments.reports.numbers import Scale, short_text, varying_names
from explorer.experiments.reports.page import fill_template, write_page
from explorer.experiments.reports.provenance import provenance
from explorer.experiments.reports.thumbnails import SpriteSheet, embed, picture_bytes, sprite_sheet
from explorer.experiments.runs.run_folder import REPORT
from explorer.experiments.sweeps.parameter_paths import caption

MAX_LISTED_VALUES = 12  # distinct values that a filter lists one by one; more become four ranges
MAX_LISTED_WORDS = 300  # distinct words that a filter lists; a parameter with more has none
MAX_HEATMAPS = 12  # measures sample as maps; all are in the table

# Of a sweep with more points, pictures lie beside the page, the script makes the rows in view, and drawings
# show a sample
MAX_POINTS_IN_PAGE = 500
SAMPLE_POINTS = 300  # points whose pictures are in such a page, and which its drawings show
MEASURE_DIGITS = 5  # significant digits of measures in such a page; the files of the points hold all


def write_sweep(source: ReportSource) -> Path:
    """Write `report.html` into the folder of a sweep."""
    points = source.points
    large = len(points) > MAX_POINTS_IN_PAGE
    names = varying_names([point.params for point in points]) or list(points[0].params if points else ())
    measures = list(dict.fromkeys(name for point in points for name in point.metrics))
    axes, base = None if large else arrange(points), nearest_point(points, source.recipe)
    filters = [filter for name in names if (filter := _filter(name, points))]
    sample = _sample(points) if large else points
    drawings = _drawings(points, sample, axes, names, measures[:MAX_HEATMAPS])
    sprites = _sprites(points) if large else None
    content: dict[str, Any] = dict(
        audio=source.audio,
        status=source.status,
        notices=source.notices,
        sampler=text(source.spec.get("sampler") or ""),
        names=names,
        measures=measures,
        points=points,
        large=large,
        sample=sample,
        sprites=sprites,
        counts=state_counts(point.state for point in points),
        ranks={state: rank for rank, state in enumerate(STATES)},
        labels={point.key: caption(point.params) or point.key for point in points},
        axes=axes,
        filters=filters,
        baseline=base.key if base else None,
        deltas={} if large else {point.key: _differences(point, base) for point in points},
        **drawings,
        recipe=_pretty(source.recipe),
        vary=_pretty(source.spec["vary"]) if source.spec.get("vary") else "",
        provenance=provenance(source),
        data=_data(source, names, measures, filters, base, drawings["parallel"], sprites),
    )
    if large:
        return write_page(source.folder / REPORT, "sweep.html.j2", **content, thumbs={})
    bare = fill_template("sweep.html.j2", **content, thumbs=dict.fromkeys(content["labels"]))
    max_bytes = picture_bytes(len(points), len(bare))
    thumbs = {point.key: embed(point.thumb, max_bytes) for point in points}
    return write_page(source.folder / REPORT, "sweep.html.j2", **content, thumbs=thumbs)


def _sample(points: Sequence[ReportPoint]) -> list[ReportPoint]:
    """At most SAMPLE_POINTS points. Keys are hashes: the smallest are a random choice, always the same."""
    keys = {point.key for point in sorted(points, key=lambda point: point.key)[:SAMPLE_POINTS]}
    return [point for point in points if point.key in keys]


def _sprites(points: Sequence[ReportPoint]) -> tuple[list[str], SpriteSheet] | None:
    """Keys and pictures of a sample of the points that have one."""
    pictured = _sample([point for point in points if point.thumb])
    sheet = sprite_sheet([point.thumb for point in pictured if point.thumb])
    return ([pictured[n].key for n in sheet.numbers], sheet) if sheet else None


def state_counts(states: Any) -> list[tuple[str, int]]:
    """How many there are of each state, in the order of STATES."""
    counts = Counter(states)
    return [(state, counts[state]) for state in STATES if counts[state]]


def _drawings(
    points: tuple[ReportPoint, ...],
    sample: Sequence[ReportPoint],
    axes: AxesLayout | None,
    names: list[str],
    measures: list[str],
) -> dict[str, Any]:
    """Heatmaps for one or two parameters, a scatter for two off a grid, parallel coordinates for more."""
    on_axes = axes if axes and len(axes.facets) == 1 else None
    scattered = len(names) == 2 and not on_axes
    return {
        "heatmaps": heatmaps(on_axes, measures) if on_axes else [],
        "scatters": scatters(points, names, measures, sample) if scattered else [],
        "parallel": parallel(points, names, measures, sample) if len(names) > 2 else None,
    }


@dataclass(frozen=True)
class Filter:
    """A choice among the values of one parameter, or among four ranges of them."""

    name: str
    options: tuple[str, ...]
    bins: tuple[int, ...]  # of each point


def _filter(name: str, points: tuple[ReportPoint, ...]) -> Filter | None:
    """The filter of a parameter; None for one that takes too many words to choose from."""
    scale = Scale.of(name, [point.params.get(name) for point in points])
    values = scale.values
    if len(values) <= MAX_LISTED_VALUES or not scale.numeric:
        if len(values) > MAX_LISTED_WORDS:
            return None
        bins = tuple(values.index(point.params.get(name)) for point in points)
        return Filter(name, tuple(short_text(value) for value in values), bins)
    ends = [values[round(part * (len(values) - 1) / 4)] for part in range(5)]

    def which(value: Value) -> int:
        return max(bisect_left(ends, value) - 1, 0)  # type: ignore[type-var]  # numbers only

    options = tuple(f"{short_text(low)} to {short_text(high)}" for low, high in pairwise(ends))
    return Filter(name, options, tuple(which(point.params.get(name)) for point in points))


def _differences(point: ReportPoint, base: ReportPoint | None) -> dict[str, float]:
    """Each measure of a point minus the baseline's; nothing for the baseline itself."""
    if base is None or point is base:
        return {}
    return {name: value - base.metrics[name] for name, value in point.metrics.items() if name in base.metrics}


def _data(
    source: ReportSource,
    names: list[str],
    measures: list[str],
    filters: list[Filter],
    base: ReportPoint | None,
    lines: Parallel | None,
    sprites: tuple[list[str], SpriteSheet] | None,
) -> dict[str, Any]:
    """What the script needs: everything that a dialog shows and a filter asks."""
    points = source.points
    large = len(points) > MAX_POINTS_IN_PAGE
    columns = Columns(MEASURE_DIGITS if large else None)
    audio = mapping(source.log.get("audio")).get("path")
    return {
        "large": large,
        "baseline": base.key if base else None,
        "names": names,
        "measures": measures,
        "states": STATES,
        "points": point_columns(points, measures, columns, audio),
        "bins": {filter.name: columns.add(filter.bins) for filter in filters},
        "axes": [_axis(axis) for axis in lines.axes] if lines else [],
        "sprites": _sprite_places(*sprites) if sprites else None,
        "columns": columns.columns,
    }


def _axis(axis: ParallelAxis) -> dict[str, Any]:
    """What turns a value into its place on an axis."""
    values = axis.scale.values
    return {
        "name": axis.name,
        "measure": axis.measure,
        "logarithmic": axis.scale.logarithmic,
        "numeric": axis.scale.numeric,
        "values": (values[0], values[-1]) if axis.scale.numeric else values,
    }


def _sprite_places(keys: list[str], sprites: SpriteSheet) -> dict[str, Any]:
    return {"keys": keys, "columns": sprites.columns, "width": sprites.width, "height": sprites.height}


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
