"""The table of runs in short: filtered, and each sweep in one row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from explorer.errors import SettingsError
from explorer.formatting import count_text
from explorer.settings import did_you_mean

KINDS = ("render", "sweep", "train", "breed", "atlas", "paint")
PARTS = {"point": "sweep", "individual": "breed", "look": "atlas"}  # of rows that are one in short, the kind
UNITS = {"h": "hours", "d": "days", "w": "weeks"}
SINCE = "2026-11-30, or 12h, 3d, 2w ago"


def filter_runs(
    table: pd.DataFrame,
    *,
    kind: str | None = None,
    look: str | None = None,
    song: str | None = None,
    since: str | None = None,
    now: datetime | None = None,
) -> pd.DataFrame:
    """The rows of a kind (points are of `sweep`, individuals of `breed`, looks of `atlas`), of a look, with
    this in the name of the sound, and since a date (`2026-11-30`) or a time ago (`12h`, `3d`, `2w`). Capitals
    do not count. Raises SettingsError.
    """
    rows = pd.Series(True, index=table.index)
    if kind is not None:
        if kind not in KINDS:
            raise SettingsError(f"--kind: got {kind!r}{did_you_mean(kind, KINDS)}")
        rows &= table["kind"].replace(PARTS) == kind
    if look is not None:
        rows &= _texts(table["look"]) == look.casefold()
    if song is not None:
        rows &= _texts(table["audio"]).str.contains(song.casefold(), regex=False)
    if since is not None:
        rows &= table["started"] >= pd.Timestamp(_moment(since, now or datetime.now(UTC)))
    return table[rows]


def fold_sweeps(table: pd.DataFrame) -> pd.DataFrame:
    """The same with one row for all points of a sweep or looks of a breeding: counts, what is varied."""
    if table.empty:
        return table
    is_point = table["kind"].isin(PARTS)
    names = table["run"].where(~is_point, table["run"].str.partition("/")[0])
    rows = [
        _sweep_row(name, points) if points["kind"].iloc[0] in PARTS else points.iloc[0].to_dict()
        for name, points in table.groupby(names, sort=False)
    ]
    folded = pd.DataFrame(rows, columns=table.columns)
    return folded.sort_values(["started", "run"], ignore_index=True, kind="stable")


def _sweep_row(name: Any, points: pd.DataFrame) -> dict[str, Any]:
    first: dict[str, Any] = {str(column): value for column, value in points.iloc[0].items()}
    looks = points["look"].unique()
    return {
        **first,
        "run": name,
        "kind": PARTS[first["kind"]],
        "status": counts_text(points["status"]),
        "verdict": counts_text(points["verdict"].dropna()) or None,
        "star": bool(points["star"].any()),
        "look": looks[0] if len(looks) == 1 else None,
        "varied": varied_text(len(points), str(first["varied"] or "")),
        "started": points["started"].min(),
        "seconds": points["seconds"].sum(min_count=1),
        "params.seed": None,
        "error": None,
    }


def varied_text(count: int, caption: str) -> str:
    """`12 points of gain, layers`, from the caption of one of them; empty where nothing varies."""
    names = re.findall(r"(?:^|, )([\w.]+) ", caption)
    return f"{count_text(count, 'point')} of {', '.join(names)}" if names else ""


def counts_text(words: Iterable[str]) -> str:
    """`done`, or `10 done, 2 failed`: the most frequent first."""
    counts = Counter(words)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{number} {word}" for word, number in counts.most_common())


def _texts(column: pd.Series) -> pd.Series:
    return column.fillna("").astype(str).str.casefold()


def _moment(text: str, now: datetime) -> datetime:
    """A date in UTC, or so long ago. Raises SettingsError."""
    if match := re.fullmatch(r"(\d{1,5})\s*([hdw])", text.strip().lower()):
        return now - timedelta(**{UNITS[match[2]]: int(match[1])})
    try:
        date = datetime.fromisoformat(text.strip())
    except ValueError:
        raise SettingsError(f"--since: got {text!r}; allowed: a date or a time ago, as in {SINCE}") from None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
