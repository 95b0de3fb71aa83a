"""The report of an atlas: the map with its best looks, and a table of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from explorer.experiments.atlases.cells import GAP, elite_keys, map_picture, map_tile
from explorer.experiments.atlases.log import AtlasSpecification
from explorer.experiments.reports.load import ReportPoint, ReportSource
from explorer.experiments.reports.page import write_page
from explorer.experiments.reports.provenance import provenance
from explorer.experiments.reports.thumbnails import jpeg_thumbnail
from explorer.experiments.runs.run_folder import POINTS, RECIPE, REPORT

MAX_ROWS = 1000  # looks in the table, the best


@dataclass(frozen=True)
class MapLook:
    """The best look of a cell, and where it is on the map, in pixels."""

    point: ReportPoint
    x: int
    y: int

    @property
    def quality(self) -> float:
        """The score by which it is the best."""
        return self.point.metrics["quality"]

    @property
    def recipe(self) -> str:
        """Its file, beside the page."""
        return f"{POINTS}/{self.point.key}/{RECIPE}"


def write_atlas(source: ReportSource) -> Path:
    """Write `report.html` into the folder of an atlas."""
    spec = AtlasSpecification.read(source.folder)
    names = (*spec.axes, "quality")
    measured = {point.key: point for point in source.points if all(name in point.metrics for name in names)}
    cells = elite_keys(
        ((key, point.metrics["quality"], _measures(point, spec)) for key, point in measured.items()),
        spec.cells,
    )
    width, height = map_tile(spec.cells, spec.picture)
    looks = [
        MapLook(measured[key], column * (width + GAP), (spec.cells - 1 - row) * (height + GAP))
        for (column, row), key in cells.items()
    ]
    looks.sort(key=lambda look: -look.quality)
    pictures = {cell: thumb for cell, key in cells.items() if (thumb := measured[key].thumb)}
    return write_page(
        source.folder / REPORT,
        "atlas.html.j2",
        audio=source.audio,
        status=source.status,
        notices=source.notices,
        axes=spec.axes,
        count=len(measured),
        cell_count=spec.cells**2,
        looks=looks,
        coverage=len(looks) / spec.cells**2,
        score=sum(look.quality for look in looks),
        picture=jpeg_thumbnail(map_picture(pictures, spec.cells, spec.picture)),
        tile=(width, height),
        rows=looks[:MAX_ROWS],
        failures=[point for point in source.points if point.error],
        provenance=provenance(source),
    )


def _measures(point: ReportPoint, spec: AtlasSpecification) -> tuple[float, float]:
    first, second = (point.metrics[name] for name in spec.axes)
    return first, second
