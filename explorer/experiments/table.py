"""Every run of a folder as one typed table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from explorer.errors import ExplorerError
from explorer.experiments import manifest
from explorer.files import explorations_folder
from explorer.rendering import parse_fps

COLUMNS = (
    "run",
    "kind",
    "status",
    "started",
    "audio",
    "size",
    "fps",
    "frames",
    "seconds",
    "speed",
    "video",
    "folder",
)


def runs(explorations: str | Path | None = None) -> pd.DataFrame:
    """One row per run, oldest first: its status, settings (`params.*`) and where its video is.

    A folder whose manifest cannot be read has the status `damaged`; it never stops the rest. A run that
    says `running` but whose process is gone is `killed`.
    """
    root = explorations_folder(explorations)
    folders = sorted(root.glob("render_*")) if root.is_dir() else []
    rows = [_row(folder) for folder in folders if folder.is_dir()]
    table = pd.DataFrame(rows, columns=list(dict.fromkeys([*COLUMNS, *(key for row in rows for key in row)])))
    table["started"] = pd.to_datetime(table["started"], utc=True, errors="coerce")
    for column in ("fps", "frames", "seconds", "speed"):
        table[column] = pd.to_numeric(table[column])
    return table.sort_values(["started", "run"], ignore_index=True)


def _row(folder: Path) -> dict[str, Any]:
    row: dict[str, Any] = {"run": folder.name, "folder": str(folder)}
    try:
        log = manifest.read(folder)
        recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
        done = log.get("performance") or {}
        frames = recipe["frames"]
        row |= {
            "kind": log["kind"],
            "status": _status(log),
            "started": log["started"],
            "audio": recipe["audio"]["name"],
            "size": f"{frames['width']}x{frames['height']}",
            "fps": float(parse_fps(frames["fps"])),
            "frames": done.get("frames"),
            "seconds": done.get("seconds"),
            "speed": done.get("times_real_time"),
            "video": str(folder / "video.mp4") if log["status"] == "done" else None,
        }
        row |= {
            f"params.{key}": value for key, value in recipe["field"].items() if not isinstance(value, list)
        }
    except (ExplorerError, OSError, ValueError, KeyError, TypeError, AttributeError):
        row |= {"kind": folder.name.split("_")[0], "status": "damaged"}
    return row


def _status(log: dict[str, Any]) -> str:
    """A run that says `running` but whose process is gone was killed."""
    status = str(log["status"])
    return "killed" if status == "running" and not psutil.pid_exists(int(log["process"])) else status
