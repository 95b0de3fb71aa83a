"""progress.json: the status of a training for other processes; and the file that stops it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from explorer.errors import Stopped
from explorer.files import write_json
from explorer.learn.checkpoint import LossRow
from explorer.learn.run_folder import PROGRESS, STOP
from explorer.learn.settings import ANALYSIS_PHASE, CLIPS_PHASE
from explorer.progress import Progress, silent

WRITE_INTERVAL_SECONDS = 1.0


class ProgressFile:
    """Keeps progress.json up to date: at once when the phase or status changes, else once a second.

    It is the `Progress` of all steps of a training: it writes the phase, how much of it is done and how long
    the rest will take, and calls `progress` with the same.
    """

    def __init__(self, folder: Path, epochs: int, progress: Progress = silent) -> None:
        self.folder, self._progress = folder, progress
        self._start = self._written = time.monotonic()
        self._phase_start = self._start, 0.0  # time, and how much was done
        self.record: dict[str, Any] = {
            "status": "running",
            "phase": None,
            "share": 0.0,
            "epoch": 0,
            "epochs": epochs,
            "step": 0,
            "loss": None,
            "losses": {},
            "validation": {},
            "seconds": 0.0,
            "seconds_left": None,
            "error": None,
        }
        self.write()

    def __call__(self, step: str, done: float, total: float) -> None:
        """Report `done` of `total` of a phase. Raises Stopped on a stop request before the first step."""
        now, new = time.monotonic(), step != self.record["phase"]
        if new:
            self._phase_start = now, done
        start, first = self._phase_start
        left = (now - start) / (done - first) * (total - done) if done > first else None
        self.record |= {"phase": step, "share": round(done / total, 4) if total else 0.0}
        self.record["seconds_left"] = None if left is None else round(left, 1)
        if new or now - self._written > WRITE_INTERVAL_SECONDS:
            self.write()
        self._progress(step, done, total)
        if step in (ANALYSIS_PHASE, CLIPS_PHASE) and self.stop_requested:
            raise Stopped("training was stopped before it began")

    def step(self, losses: LossRow) -> None:
        """Record a step of the optimizer."""
        self.record["step"] += 1
        self.record |= {"loss": sum(losses.values()), "losses": losses}

    def write(self, **changes: Any) -> None:
        """Write the file now, with some changes."""
        self.record |= changes
        self.record["seconds"] = round(time.monotonic() - self._start, 1)
        self._written = time.monotonic()
        write_json(self.folder / PROGRESS, self.record)

    @property
    def stop_requested(self) -> bool:
        """Whether the stop file exists."""
        return (self.folder / STOP).exists()
