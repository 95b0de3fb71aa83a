"""Earlier results: every run and every point of a sweep, in a few words each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from explorer.experiments.library.table import runs
from explorer.experiments.sweeps.parameter_paths import caption
from explorer.fields.registry import field_kinds


@dataclass(frozen=True)
class RunEntry:
    """A run, or a point of a sweep, as the gallery shows it."""

    name: str
    folder: Path
    status: str
    verdict: str
    started: datetime | None
    starred: bool
    audio: str
    look: str  # the preset, where it is one
    settings: str  # those that are not at their defaults, in words
    thumb: Path | None

    @property
    def date(self) -> str:
        """When it was made, in local time."""
        return f"{self.started.astimezone():%Y-%m-%d %H:%M}" if self.started else ""

    @property
    def text(self) -> str:
        """The text that a filter searches."""
        star = "starred" if self.starred else ""
        parts = (self.name, self.status, self.verdict, self.date, star, self.audio, self.look, self.settings)
        return " ".join(parts).lower()


def list_runs(explorations: str | Path | None) -> list[RunEntry]:
    """Everything that has a recipe, newest first."""
    table = runs(explorations)
    table = table[table["kind"] != "train"]
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [_make_entry(row) for row in rows if row["status"] not in ("damaged", "pending")][::-1]


def filter_runs(entries: list[RunEntry], text: str) -> list[RunEntry]:
    """The entries whose text has all of the words: `alive gain 4.5 starred`."""
    words = text.lower().split()
    return [entry for entry in entries if all(word in entry.text for word in words)]


def _make_entry(row: dict[Any, Any]) -> RunEntry:
    return RunEntry(
        name=row["run"],
        folder=Path(row["folder"]),
        status=row["status"],
        verdict=row["verdict"] or "",
        started=row["started"].to_pydatetime() if row["started"] is not None else None,
        starred=bool(row["star"]),
        audio=row["audio"] or "",
        look=row["look"] or "",
        settings=caption(_settings(row)),
        thumb=Path(row["thumb"]) if row["thumb"] else None,
    )


def _settings(row: dict[Any, Any]) -> dict[str, Any]:
    """The settings of the field that differ from its defaults."""
    kind = field_kinds().get(row.get("params.kind") or "")
    knobs = kind.knobs() if kind else {}
    values = {name: row.get(f"params.{name}") for name in knobs}
    return {n: v for n, v in values.items() if v is not None and v != knobs[n].default}
