"""progress.json: where a training is, for whoever watches it from outside; and the file that stops it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from explorer.files import write_json
from explorer.learn.checkpoint import Row
from explorer.learn.settings import STOP

NAME = "progress.json"
EVERY = 1.0  # seconds between two writes


class Status:
    """Keeps progress.json up to date: at once when something happens, else once a second."""

    def __init__(self, folder: Path, epochs: int) -> None:
        self.folder, self._begun, self._written = folder, time.monotonic(), 0.0
        self.facts: dict[str, Any] = {
            "status": "running",
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

    def step(self, losses: Row, done: float, total: float) -> None:
        """After a step: `done` of `total` epochs, counted from where this process began."""
        spent = time.monotonic() - self._begun
        self.facts["step"] += 1
        self.facts |= {"loss": sum(losses.values()), "losses": losses}
        self.facts["seconds_left"] = round(spent / done * (total - done), 1) if done else None
        if time.monotonic() - self._written > EVERY:
            self.tell()

    def tell(self, **facts: Any) -> None:
        """Write now."""
        self.facts |= facts
        self.facts["seconds"] = round(time.monotonic() - self._begun, 1)
        self._written = time.monotonic()
        write_json(self.folder / NAME, self.facts)

    @property
    def stop_wanted(self) -> bool:
        """Whether someone put the file there."""
        return (self.folder / STOP).exists()
