"""What is known of a point from its folder: point.json, with a status that is true now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.errors import ReadError
from explorer.experiments.runs import manifest
from explorer.experiments.runs.run_folder import POINT
from explorer.experiments.sweeps.leases import is_leased


def point_log(folder: Path) -> dict[str, Any]:
    """The content of point.json: status, params, metrics, verdict, sentence, error, seconds.

    The status is `pending` without a file, `interrupted` where it says `running` and nobody draws, and
    `damaged`, with the reason as the error, where the file cannot be read.
    """
    try:
        log = manifest.read_log(folder, POINT)
        if log.get("status") is None:
            raise ReadError(folder / POINT, "it has no 'status'")
    except ReadError as error:
        return {"status": "pending"} if error.missing else {"status": "damaged", "error": error.reason}
    if log["status"] == "running" and not is_leased(folder):
        log["status"] = "interrupted"
    return log


def is_settled(status: str, retry_failed: bool = False) -> bool:
    """Whether a point needs no more work."""
    return status == "done" or (status == "failed" and not retry_failed)
