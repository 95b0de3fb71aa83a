"""The results of a sweep: the whole, and its points, each ready to be rendered."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from explorer.errors import SettingsError
from explorer.experiments.library import selection, sweep_sheet
from explorer.experiments.library.selection import Score
from explorer.experiments.library.table import points_table
from explorer.experiments.reports import write_report_or_warn
from explorer.experiments.runs import manifest, run_folder
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.runs.recipe import Recipe, find_audio, find_columns, load_recipe
from explorer.experiments.runs.run import Run
from explorer.experiments.runs.sound_input import SoundInput
from explorer.experiments.sweeps.parameter_paths import caption
from explorer.experiments.sweeps.point_status import point_log
from explorer.experiments.sweeps.specification import Specification
from explorer.experiments.sweeps.tracks import track_of
from explorer.fields import FieldSettings
from explorer.files import path_within

CALLBACKS = ("executor", "on_estimate", "progress")  # of `ex.render`, which are no options


@dataclass(frozen=True)
class Point:
    """One point of a sweep, by its folder."""

    folder: Path

    @property
    def sweep(self) -> Sweep:
        """The sweep that it belongs to."""
        return Sweep(run_folder.sweep_of(self.folder))

    @property
    def key(self) -> str:
        """Its name within the sweep."""
        return self.folder.name

    @cached_property
    def log(self) -> dict[str, Any]:
        """The content of point.json: status, params, metrics, verdict, sentence, error, seconds."""
        return point_log(self.folder)

    @cached_property
    def recipe(self) -> Recipe:
        """What was drawn, ready to be rendered in full."""
        if (self.folder / run_folder.RECIPE).exists():
            return load_recipe(self.folder)
        return self.sweep.specification.recipe(self.key)

    @property
    def field(self) -> FieldSettings:
        """The field."""
        return self.recipe.field

    @property
    def track(self) -> Any:
        """The analyzed sound that it was drawn from, for `ex.render_frame` and `ex.diagnose`."""
        return track_of(self.sweep.folder, self.recipe)

    @property
    def thumb(self) -> Path:
        """The thumbnail."""
        return self.folder / run_folder.THUMBNAIL

    @property
    def frames(self) -> list[Path]:
        """The pictures at the chosen moments."""
        return run_folder.frame_paths(self.folder)

    @property
    def video(self) -> Path:
        """The short clip with sound; missing when the sweep made none."""
        return self.folder / run_folder.CLIP

    def clip(self) -> Any:
        """The short clip as a moviepy clip."""
        from explorer.video import open_clip

        return open_clip(path_within(self.folder, run_folder.CLIP))

    def render(self, audio: str | Path | None = None, out: str | Path | None = None, **settings: Any) -> Run:
        """A full video of this point as a new run: `settings` are those of `ex.render` (720p unless given).

        The sound is where the sweep found it, or `audio`; it must be the same.
        """
        from explorer.experiments.runs.execution import run_recipe  # slow to load

        recipe, sweep = self.recipe, self.sweep.folder
        callbacks = {name: settings.pop(name) for name in CALLBACKS if name in settings}
        frames = recipe.frames.model_dump(include={"fps", "start", "duration"})
        analysis = recipe.analysis.model_dump()
        defaults = {
            **frames,
            "analysis": analysis,
            "precision": recipe.precision,
            "explorations": sweep.parent,
        }
        options = RenderOptions(**(defaults | settings))
        sound = SoundInput(find_audio(recipe, sweep, audio), added=find_columns(recipe, sweep))
        run = run_recipe(options.recipe(recipe.field, sound), sound, out, options, **callbacks)
        write_report_or_warn(run.folder)
        return run

    def _repr_html_(self) -> str:
        words = html.escape(caption(self.log.get("params") or {}))
        return f"<b>{html.escape(self.key)}</b> {words} ({html.escape(self.log['status'])})"


@dataclass(frozen=True)
class Sweep:
    """A finished or unfinished sweep, by its folder."""

    folder: Path

    @cached_property
    def specification(self) -> Specification:
        """What is varied, from which base."""
        return Specification.read(self.folder)

    @property
    def manifest(self) -> dict[str, Any]:
        """What happened, or happens: status, counts, seconds left, machine."""
        return manifest.read(self.folder)

    @property
    def table(self) -> pd.DataFrame:
        """One row per point in the sweep's order, index its key; see `table.points_table`."""
        return points_table(self.folder, self.specification)

    @property
    def points(self) -> list[Point]:
        """Every point in the sweep's order."""
        return [Point(run_folder.point_folder(self.folder, key)) for key in self.specification.keys]

    def point(self, key: str | int) -> Point:
        """A point by its key, the beginning of it, or its number in the table."""
        keys = self.specification.keys
        if isinstance(key, int):
            if not -len(keys) <= key < len(keys):
                raise SettingsError(f"got point {key}; the sweep has 0 to {len(keys) - 1}")
            return Point(run_folder.point_folder(self.folder, keys[key]))
        fitting = [name for name in keys if name.startswith(key)]
        if len(fitting) != 1 or not key:
            raise SettingsError(f"{self.folder.name} has {len(fitting)} points whose key begins with '{key}'")
        return Point(run_folder.point_folder(self.folder, fitting[0]))

    @property
    def report(self) -> Path:
        """The report: one HTML file that opens anywhere."""
        return self.folder / run_folder.REPORT

    @property
    def grid(self) -> Image.Image:
        """The contact sheet with labeled axes, of the points that are finished."""
        return Image.fromarray(self.sheet_pixels())

    def sheet_pixels(self) -> np.ndarray:
        """The contact sheet, uint8 (height, width, 3)."""
        return sweep_sheet.sweep_sheet(
            self.folder,
            self.specification,
            {str(key): str(status) for key, status in self.table["status"].items()},
        )

    def sheet(self, points: pd.DataFrame | Iterable[str], title: str = "") -> Image.Image:
        """Some points side by side: rows of the table, or keys."""
        keys = list(points.index if isinstance(points, pd.DataFrame) else points)
        labels = [caption(self.specification.params(key)) for key in keys]
        return Image.fromarray(sweep_sheet.points_sheet(self.folder, keys, labels, title or self.folder.name))

    def best(self, n: int = 9, by: Score = "life", ascending: bool = False) -> pd.DataFrame:
        """The best finished points by a score: see `selection.best` and `selection.life`."""
        return selection.best(self.table, n, by, ascending)

    def diverse(self, n: int = 9, by: Score = "life") -> pd.DataFrame:
        """Finished points whose pictures differ most from each other: see `selection.diverse`."""
        return selection.diverse(self.table, n, by)

    def __len__(self) -> int:
        return len(self.specification.points)

    def _repr_html_(self) -> str:
        table = self.table
        counts = table["status"].value_counts()
        summary = ", ".join(f"{count} {status}" for status, count in counts.items())
        errors = table.loc[table["status"] == "failed", "error"].unique()[:3]
        lines = [
            f"<b>{html.escape(self.folder.name)}</b> ({html.escape(summary)})",
            *map(html.escape, errors),
        ]
        return "<br>".join(lines)
