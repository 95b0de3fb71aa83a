"""Earlier results: every run and every point of a sweep, in a few words each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from explorer.experiments.library.overview import PARTS, counts_text, varied_text
from explorer.experiments.library.table import runs
from explorer.experiments.runs.run_folder import sweep_of
from explorer.experiments.sweeps.parameter_paths import caption
from explorer.fields.registry import field_kinds

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")  # as captions write it


@dataclass(frozen=True)
class RunEntry:
    """A run, a point of a sweep, or the points of a sweep together, as the gallery shows them."""

    name: str
    kind: str  # render, point or sweep
    folder: Path
    status: str
    verdict: str
    started: datetime | None
    starred: bool
    audio: str
    size: str  # 640x360
    field_kind: str
    look: str  # the preset, where it is one
    settings: str  # those that are not at their defaults, in words
    changes: str  # those that are not as in its look, in words
    varied: str  # what varies in its sweep, in words
    thumb: Path | None

    @property
    def sweep(self) -> str:
        """The name of the sweep of a point, or of the breeding of an individual; empty for a run."""
        return self.name.partition("/")[0] if self.kind in PARTS else ""

    @property
    def date(self) -> str:
        """When it was made, in local time."""
        return f"{self.started.astimezone():%Y-%m-%d %H:%M}" if self.started else ""

    @property
    def text(self) -> str:
        """The text that a filter searches."""
        star = "starred" if self.starred else ""
        kind = PARTS.get(self.kind, self.kind)
        parts = (self.name, kind, self.status, self.verdict, self.date, star, self.audio, self.size)
        return " ".join((*parts, self.field_kind, self.look, self.settings, self.varied)).lower()


def list_runs(explorations: str | Path | None) -> list[RunEntry]:
    """Everything that has a recipe, newest first."""
    table = runs(explorations)
    table = table[~table["kind"].isin(("train", "paint"))]
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [_make_entry(row) for row in rows if row["status"] not in ("damaged", "pending")][::-1]


def filter_runs(entries: list[RunEntry], text: str) -> list[RunEntry]:
    """The entries whose text has all of the words: `alive gain 4.5 starred`."""
    words = text.lower().split()
    return [entry for entry in entries if all(word in entry.text for word in words)]


def fold_sweeps(entries: Iterable[RunEntry]) -> list[RunEntry]:
    """The entries with one for all points of a sweep; a point that is the only one of its sweep stays."""
    groups: dict[str, list[RunEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.sweep or entry.name, []).append(entry)
    return [points[0] if len(points) == 1 else _fold(name, points) for name, points in groups.items()]


def points_of(sweep: str, entries: Iterable[RunEntry]) -> list[RunEntry]:
    """The points of a sweep, in the order of their values."""

    def values(entry: RunEntry) -> list[tuple[float, str]]:
        words = entry.varied.replace(",", " ").split()
        return [(float(word), "") if NUMBER.fullmatch(word) else (0.0, word) for word in words]

    return sorted((entry for entry in entries if entry.sweep == sweep), key=values)


def _fold(name: str, points: Sequence[RunEntry]) -> RunEntry:
    picture = next((point.thumb for point in points if point.thumb and point.verdict == "alive"), None)
    return replace(
        points[0],
        name=name,
        kind="sweep",
        folder=sweep_of(points[0].folder),
        status=counts_text(point.status for point in points),
        verdict=counts_text(point.verdict for point in points if point.verdict),
        settings="",
        varied=varied_text(len(points), points[0].varied),
        thumb=picture or points[0].thumb,
    )


def _make_entry(row: dict[Any, Any]) -> RunEntry:
    return RunEntry(
        name=row["run"],
        kind=row["kind"],
        folder=Path(row["folder"]),
        status=row["status"],
        verdict=row["verdict"] or "",
        started=row["started"].to_pydatetime() if row["started"] is not None else None,
        starred=bool(row["star"]),
        audio=row["audio"] or "",
        size=row["size"] or "",
        field_kind=row.get("params.kind") or "",
        look=row["look"] or "",
        settings=caption(_settings(row, "")),
        changes=caption(_settings(row, row["look"] or "")),
        varied=row["varied"] or "",
        thumb=Path(row["thumb"]) if row["thumb"] else None,
    )


def _settings(row: dict[Any, Any], look: str) -> dict[str, Any]:
    """The settings of the field that differ from those of a preset, or else from the defaults."""
    kind = field_kinds().get(row.get("params.kind") or "")
    if kind is None:
        return {}
    start = kind.presets().get(look)
    usual = {name: start.value(name) if start else knob.default for name, knob in kind.knobs().items()}
    values = {name: row.get(f"params.{name}") for name in usual}
    return {name: value for name, value in values.items() if value is not None and value != usual[name]}
