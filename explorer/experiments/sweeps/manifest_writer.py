"""The manifest of a sweep or an atlas, kept true while it runs: status, heartbeat, counts, time left."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from explorer.errors import ExplorerError
from explorer.experiments.runs import manifest
from explorer.experiments.sweeps.scheduler import Tally
from explorer.experiments.sweeps.specification import PointsSpecification, hash_of
from explorer.files import read_json
from explorer.rendering import Device

WRITE_SECONDS = 2.0  # between two writes


class SweepManifest:
    """Writes manifest.json at the start, every few seconds and at the end; a context manager.

    The end is `done` when every point is done or failed, `stopped` after a stop, else `failed`. The seconds
    of earlier sessions are added up.
    """

    def __init__(
        self, folder: Path, spec: PointsSpecification, total: int, sound: Path, device: Device
    ) -> None:
        self.folder = folder
        self._start = self._written = time.monotonic()
        earlier = _earlier(folder)
        self._seconds = float(earlier.get("seconds") or 0.0)
        self._log: dict[str, Any] = {
            "schema": manifest.SCHEMA,
            "kind": spec.folder_kind,
            "status": "running",
            **manifest.process_facts(),
            "command": manifest.command(),
            "audio": {**spec.base.audio.model_dump(), "path": str(sound.resolve())},
            "field": spec.base.field.kind,
            "device": device.facts,
            "precision": spec.base.precision,
            "environment": manifest.environment(),
            "spec_hash": _hash_of_file(folder, spec),
            "specification": spec.summary(),
            "points": {"total": total, "done": 0, "failed": 0},
        }
        if earlier:
            sessions = int(earlier.get("sessions") or 1)
            self._log |= {"started": earlier.get("started") or self._log["started"], "sessions": sessions + 1}

    def report(self, tally: Tally, last: bool = False) -> None:
        """Write the counts, unless the last write was less than some seconds ago."""
        self._log["points"] = {"total": tally.total, "done": tally.done, "failed": tally.failed}
        self._log["seconds_left"] = tally.seconds_left
        if last or time.monotonic() - self._written > WRITE_SECONDS:
            self._write()

    def __enter__(self) -> Self:
        self._write()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        counts = self._log["points"]
        if error is None:
            self._log["status"] = (
                "done" if counts["done"] + counts["failed"] == counts["total"] else "stopped"
            )
        else:
            self._log |= manifest.error_status(error)
        self._log |= {"ended": manifest.now(), "seconds_left": None}
        try:
            self._write()
        except ExplorerError:
            if error is None:
                raise

    def _write(self) -> None:
        self._written = time.monotonic()
        seconds = self._seconds + self._written - self._start
        manifest.write(self.folder, self._log | {"heartbeat": manifest.now(), "seconds": seconds})


def manual_changes(folder: Path, spec: PointsSpecification) -> str:
    """What differs between the file of a specification and its copy in the manifest; '' when nothing.

    The file's own content is compared: a later version may read more settings into it.
    """
    earlier = _earlier(folder)
    if earlier.get("spec_hash") in (None, _hash_of_file(folder, spec)):
        return ""
    try:
        original = type(spec)(**(spec.to_dict() | earlier["specification"]))
        return "; ".join(original.differences(spec)) or "its points differ"
    except (ExplorerError, KeyError, TypeError):
        return "it differs"


def _hash_of_file(folder: Path, spec: PointsSpecification) -> str:
    return hash_of(read_json(folder / spec.file_name))


def _earlier(folder: Path) -> dict[str, Any]:
    try:
        return manifest.read(folder)
    except ExplorerError:  # the first session, or a manifest that was lost: sweep.json is enough
        return {}
