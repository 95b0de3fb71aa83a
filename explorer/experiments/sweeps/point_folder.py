"""Where the points of a sweep lie, and how each was left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.errors import ReadError
from explorer.experiments.sweeps.leases import is_claimed
from explorer.files import read_json

NAME = "point.json"
POINTS = "points"


def folder_of(sweep: Path, key: str) -> Path:
    """Where a point lives."""
    return sweep / POINTS / key


def stop_file(sweep: Path, session: str) -> Path:
    """The file whose existence asks the workers of one session to stop, on whatever machine they are."""
    return sweep / f".stop.{session}"


def told(folder: Path) -> dict[str, Any]:
    """What point.json tells, its status made true: `pending` without one, `interrupted` when nobody draws."""
    try:
        log = read_json(folder / NAME)
    except ReadError as error:
        return {"status": "pending" if error.missing else "damaged"}
    if "status" not in log:
        return {"status": "damaged"}
    if log["status"] == "running" and not is_claimed(folder):
        log["status"] = "interrupted"
    return log


def is_settled(status: str, retry_failed: bool = False) -> bool:
    """Whether a point needs no more work."""
    return status == "done" or (status == "failed" and not retry_failed)
