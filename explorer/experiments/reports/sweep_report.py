"""The report of a sweep: pictures on axes, measures as maps, everything in a table."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from explorer.experiments.reports.axes import AxesLayout, arrange
from explorer.experiments.reports.baseline import nearest_point
from explorer.experiments.reports.charts import parallel, scatters
from explorer.experiments.reports.heatmap import heatmaps
from explorer.experiments.reports.load import STATES, ReportPoint, ReportSource, Value, mapping, text
from explorer.experiments.reports.numbers import Scale, short_text, varying_names
from explorer.experiments.reports.page import fill_template, write_page
from explorer.experiments.reports.provenance import provenance, without_paths
from explorer.experiments.reports.thumbnails import embed, picture_bytes
from explorer.experiments.runs.run_folder import REPORT
from explorer.experiments.sweeps.parameter_paths import caption

MAX_LISTED_VALUES = 12  # distinct values that a filter lists one by one; more become four ranges
MAX_HEATMAPS = 12  # measures drawn as maps; all are in the table


def write_sweep(source: ReportSource) -> Path:
    """Write `report.html` into the folder of a sweep."""
    points = source.points
    names = varying_names([point.params for point in points]) or list(points[0].params if points else ())
    measures = list(dict.fromkeys(name for point in points for name in point.metrics))
    axes, base = arrange(points), nearest_point(points, source.recipe)
    filters = [_filter(name, points) for name in names]
    content: dict[str, Any] = dict(
        audio=source.audio,
        status=source.status,
        notices=source.notices,
        sampler=text(source.spec.get("sampler") or ""),
        names=names,
        measures=measures,
        points=points,
        counts=state_counts(point.state for point in points),
        ranks={state: rank for rank, state in enumerate(STATES)},
        labels={point.key: caption(point.params) or point.key for point in points},
        axes=axes,
        filters=filters,
        baseline=base.key if base else None,
        deltas={point.key: _differences(point, base) for point in points},
        **_drawings(points, axes, names, measures[:MAX_HEATMAPS]),
        recipe=_pretty(source.recipe),
        vary=_pretty(source.spec["vary"]) if source.spec.get("vary") else "",
        provenance=provenance(source),
        data=_data(source, names, measures, filters, base),
    )
    bare = fill_template("sweep.html.j2", **content, thumbs=dict.fromkeys(content["labels"]))
    max_bytes = picture_bytes(len(points), len(bare))
    thumbs = {point.key: embed(point.thumb, max_bytes) for point in points}
    return write_page(source.folder / REPORT, "sweep.html.j2", **content, thumbs=thumbs)


def state_counts(states: Any) -> list[tuple[str, int]]:
    """How many there are of each state, in the order of STATES."""
    counts = Counter(states)
    return [(state, counts[state]) for state in STATES if counts[state]]


def _drawings(
    points: tuple[ReportPoint, ...], axes: AxesLayout | None, names: list[str], measures: list[str]
) -> dict[str, Any]:
    """Heatmaps for one or two parameters, a scatter for two off a grid, parallel coordinates for more."""
    on_axes = axes if axes and len(axes.facets) == 1 else None
    scattered = len(names) == 2 and not on_axes
    return {
        "heatmaps": heatmaps(on_axes, measures) if on_axes else [],
        "scatters": scatters(points, names, measures) if scattered else [],
        "parallel": parallel(points, names, measures) if len(names) > 2 else None,
    }


@dataclass(frozen=True)
class Filter:
    """A choice among the values of one parameter, or among four ranges of them."""

    name: str
    options: tuple[str, ...]
    bins: dict[str, int]  # by key of the point


def _filter(name: str, points: tuple[ReportPoint, ...]) -> Filter:
    scale = Scale.of(name, [point.params.get(name) for point in points])
    values = scale.values
    if len(values) <= MAX_LISTED_VALUES or not scale.numeric:
        bins = {point.key: values.index(point.params.get(name)) for point in points}
        return Filter(name, tuple(short_text(value) for value in values), bins)
    ends = [values[round(part * (len(values) - 1) / 4)] for part in range(5)]

    def which(value: Value) -> int:
        return max(sum(scale.position(value) > scale.position(end) for end in ends) - 1, 0)

    options = tuple(f"{short_text(low)} to {short_text(high)}" for low, high in pairwise(ends))
    return Filter(name, options, {point.key: which(point.params.get(name)) for point in points})


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
) -> dict[str, Any]:
    """What the script needs: everything that a dialog shows and a filter asks."""
    audio = mapping(source.log.get("audio")).get("path")
    lines = parallel(source.points, names, measures[:MAX_HEATMAPS]) if len(names) > 2 else None
    places = {line.point.key: line.places for line in lines.lines} if lines else {}
    shared = _shared(source.points)
    return {
        "baseline": base.key if base else None,
        "recipe": shared,  # what all points have; each holds the rest
        "measures": measures,
        "points": [
            {
                "key": point.key,
                "label": caption(point.params) or point.key,
                "state": point.state,
                "sentence": point.sentence,
                "error": without_paths(point.error, audio),
                "metrics": point.metrics,
                "recipe": {name: value for name, value in point.recipe.items() if shared.get(name) is None}
                if point.recipe
                else None,
                "frames": point.frames,
                "moments": point.moments,
                "clip": point.clip,
                "bins": [filter.bins[point.key] for filter in filters],
                "places": places.get(point.key, ()),
            }
            for point in source.points
        ],
    }


def _shared(points: tuple[ReportPoint, ...]) -> dict[str, Any]:
    """The parts of a recipe that all points have alike; None for a part that differs."""
    recipes = [point.recipe for point in points if point.recipe]
    return {
        name: value if all(recipe.get(name) == value for recipe in recipes) else None
        for name, value in (recipes[0] if recipes else {}).items()
    }


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
