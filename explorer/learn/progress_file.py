"""progress.json: where a training is, for whoever watches it from outside; and the file that stops it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from explorer.errors import Stopped
from explorer.files import write_json
from explorer.learn.checkpoint import Row
from explorer.learn.settings import CLIPS, HEARING, PROGRESS, STOP
from explorer.progress import Progress, silent

EVERY = 1.0  # seconds between two writes


class Status:
    """Keeps progress.json up to date: at once when something happens, else once a second.

    It is the `Progress` of everything that a training does: it writes down which phase it is, how much of it
    is done and how long that will take, and hands all of it on to `progress`.
    """

    def __init__(self, folder: Path, epochs: int, progress: Progress = silent) -> None:
        self.folder, self._progress = folder, progress
        self._begun = self._written = time.monotonic()
        self._from = self._begun, 0.0  # when the phase began, and where
        self.facts: dict[str, Any] = {
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
        self.tell()

    def __call__(self, step: str, done: float, total: float) -> None:
        """`done` of `total` of a phase. Raises Stopped where nothing was learned yet and an end is wanted."""
        now, new = time.monotonic(), step != self.facts["phase"]
        if new:
            self._from = now, done
        began, first = self._from
        left = (now - began) / (done - first) * (total - done) if done > first else None
        self.facts |= {"phase": step, "share": round(done / total, 4) if total else 0.0}
        self.facts["seconds_left"] = None if left is None else round(left, 1)
        if new or now - self._written > EVERY:
            self.tell()
        self._progress(step, done, total)
        if step in (HEARING, CLIPS) and self.stop_wanted:
            raise Stopped("training was stopped before it began")

    def step(self, losses: Row) -> None:
        """After a step of the optimiser."""
        self.facts["step"] += 1
        self.facts |= {"loss": sum(losses.values()), "losses": losses}

    def tell(self, **facts: Any) -> None:
        """Write now."""
        self.facts |= facts
        self.facts["seconds"] = round(time.monotonic() - self._begun, 1)
        self._written = time.monotonic()
        write_json(self.folder / PROGRESS, self.facts)

    @property
    def stop_wanted(self) -> bool:
        """Whether someone put the file there."""
        return (self.folder / STOP).exists()
