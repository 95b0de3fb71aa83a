"""The results of an atlas: every look, the best one of every cell, and a picture of the map."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from explorer.errors import SettingsError
from explorer.experiments.atlases.cells import Cell, cell_of, elite_keys, load_tile, map_tile
from explorer.experiments.atlases.log import AtlasSpecification
from explorer.experiments.library.table import atlas_table
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run import Run
from explorer.experiments.runs.run_folder import BATCHES, MANIFEST, REPORT, is_starred, point_folder
from explorer.experiments.sweeps.tracks import track_of
from explorer.fields import FieldSettings
from explorer.formatting import count_text, percent_text
from explorer.video import draw_labeled_grid


@dataclass(frozen=True)
class Atlas:
    """A finished or unfinished atlas, by its folder."""

    folder: Path

    @cached_property
    def specification(self) -> AtlasSpecification:
        """Axes, cells and base recipe."""
        return AtlasSpecification.read(self.folder)

    @property
    def manifest(self) -> dict[str, Any]:
        """What happened, or happens: status, counts, machine."""
        return manifest.read(self.folder)

    @property
    def track(self) -> Any:
        """The analyzed sound that the looks move with."""
        return track_of(self.folder, self.specification.base)

    @property
    def table(self) -> pd.DataFrame:
        """One row per look that was chosen so far, index its key; see `table.atlas_table`.

        `column` and `row` are its cell, counted from the lowest values, -1 without one: looks that are
        static or noise, failed or pending have none. `elite` is true for the best look of each cell, the
        earliest of equal ones.
        """
        paths = [self.folder / MANIFEST, self.folder / BATCHES]
        table = _table(self.folder, tuple(path.stat().st_mtime_ns for path in paths if path.exists()))
        return table.assign(star=[is_starred(Path(folder)) for folder in table["folder"]])

    @property
    def elites(self) -> pd.DataFrame:
        """The best look of every cell that has one."""
        table = self.table
        return table[table["elite"]].sort_values(["row", "column"])

    @property
    def coverage(self) -> float:
        """The share of the cells that have a look."""
        return len(self.elites) / self.specification.cells**2

    @property
    def qd_score(self) -> float:
        """The sum of the qualities of the elites (Pugh, Soros & Stanley, 2016)."""
        return float(self.elites["metrics.quality"].sum())

    def __getitem__(self, key: str) -> Run:
        """A look by its key, or the beginning of it: `.field`, `.recipe`."""
        fitting = [name for name in self.table.index if name.startswith(key)] if key else []
        if len(fitting) != 1:
            raise SettingsError(f"{self.folder.name} has {len(fitting)} looks whose key begins with '{key}'")
        return Run(point_folder(self.folder, fitting[0]))

    def at(self, first: float, second: float) -> Run:
        """The best look of the cell of two values of the axes. Raises SettingsError without one."""
        column, row = cell_of((first, second), self.specification.cells)
        elites = self.elites
        keys = elites.index[(elites["column"] == column) & (elites["row"] == row)]
        if keys.empty:
            raise SettingsError(f"no look has {' and '.join(self.specification.axes)} like that; see .elites")
        return self[keys[0]]

    def best(self, count: int = 9) -> list[FieldSettings]:
        """The fields of the elites of the highest quality, the best first."""
        elites = self.elites.sort_values("metrics.quality", ascending=False, kind="stable")
        return [self[key].field for key in elites.index[:count]]

    @property
    def report(self) -> Path:
        """The report: one HTML file that opens anywhere."""
        return self.folder / REPORT

    @property
    def map(self) -> Image.Image:
        """The map: the best look of every cell, the first axis to the right, the second upwards."""
        return Image.fromarray(self.map_pixels())

    def map_pixels(self) -> np.ndarray:
        """The map, uint8 (height, width, 3)."""
        spec = self.specification
        size = map_tile(spec.cells, spec.picture)
        tiles = {cell: load_tile(path, size) for cell, path in self.pictures.items()}
        pixels = {cell: np.asarray(tile) for cell, tile in tiles.items() if tile}
        labels = [f"{n / spec.cells:.2f}" for n in range(spec.cells)]
        rows = range(spec.cells - 1, -1, -1)
        return draw_labeled_grid(
            [[pixels.get((column, row)) for column in range(spec.cells)] for row in rows],
            rows=labels[::-1],
            columns=labels,
            row_name=spec.axes[1],
            column_name=spec.axes[0],
            title=self.words,
        )

    @property
    def pictures(self) -> dict[Cell, Path]:
        """The thumbnail of the best look of every cell."""
        elites = self.elites
        places = zip(elites["column"], elites["row"], elites["thumb"], strict=True)
        return {(column, row): Path(thumb) for column, row, thumb in places if isinstance(thumb, str)}

    @property
    def words(self) -> str:
        """`1,240 looks, 31 % of 400 cells, QD score 24.1`."""
        table, cells = self.table, self.specification.cells**2
        done = int((table["status"] == "done").sum())
        share = percent_text(int(table["elite"].sum()) / cells)
        score = table.loc[table["elite"], "metrics.quality"].sum()
        return f"{count_text(done, 'look')}, {share} of {cells} cells, QD score {score:.4g}"

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return f"<Atlas {self.folder.name}: {self.words}>"

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.folder.name)}</b> {html.escape(self.words)}"


@lru_cache(maxsize=2)
def _table(folder: Path, _changes: tuple[int, ...]) -> pd.DataFrame:
    """The table of an atlas, read again when its manifest or its batches have changed: it may be long."""
    spec = AtlasSpecification.read(folder)
    table = atlas_table(folder, spec)
    metrics = [table[f"metrics.{name}"].fillna(0.0) for name in (*spec.axes, "quality")]
    looks = list(zip(table.index, *metrics, strict=True))
    elites = elite_keys(((key, quality, (a, b)) for key, a, b, quality in looks), spec.cells)
    cells = [cell_of((a, b), spec.cells) if quality > 0 else (-1, -1) for _, a, b, quality in looks]
    places = pd.DataFrame(cells, table.index, ["column", "row"], dtype=int)
    return table.join(places).assign(elite=table.index.isin(elites.values()))
