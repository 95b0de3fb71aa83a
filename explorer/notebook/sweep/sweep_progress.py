"""A sweep as it comes along: its folder, the points that are finished, the time left."""

from __future__ import annotations

import html
import os
from pathlib import Path

from explorer.errors import ExplorerError
from explorer.experiments import Point, Sweep
from explorer.experiments.sweeps.eta import RemainingTime, SweepPlan
from explorer.experiments.sweeps.parameter_paths import caption
from explorer.files import explorations_folder
from explorer.formatting import count_text, duration_text, percent_text
from explorer.notebook.panel.diagnosis_html import badge
from explorer.notebook.widgets.background_job import State
from explorer.notebook.widgets.thumbnail_grid import Item

POINTS = "points"  # the step in which a sweep finishes points; others come before it


class Arrival:
    """Finds the folder that a sweep of this process has begun, and tells what is in it."""

    def __init__(self, explorations: str | Path | None, folder: Path | None = None) -> None:
        self._root = explorations_folder(explorations)
        self._before = set(self._root.glob("sweep_*"))
        self.folder = folder  # known from the start when a sweep is resumed
        self._pace: RemainingTime | None = None
        self._workers, self._total, self._done = 1, 0, 0
        self.plan: SweepPlan | None = None

    def announce(self, plan: SweepPlan) -> None:
        """What the sweep is going to do, and again once that was measured."""
        self.plan, self._total = plan, plan.points
        self._workers, self._pace = plan.workers or 1, None

    def items(self) -> list[Item]:
        """The finished points."""
        if self.folder is None:
            self.folder = self._found()
        if self.folder is None:
            return []
        return [
            _item(point) for point in Sweep(self.folder).points if point.log["status"] in ("done", "failed")
        ]

    def told(self, state: State) -> str:
        """A state in words: points and time left, and what was foretold."""
        if state.step != POINTS:
            return f"{state.step} {percent_text(state.share)}"
        done = round(state.share * self._total)
        if self._pace is None:
            self._pace, self._done = RemainingTime(self._total - done, self._workers), done
        if done > self._done:
            self._pace.finished(done - self._done)
            self._done = done
        left = self._pace.seconds_left
        parts = [
            f"{done} of {count_text(self._total, 'point')}",
            f"{duration_text(left)} left" if left is not None else "",
        ]
        if self.plan and self.plan.seconds is not None:
            parts.append(str(self.plan))
        return ", ".join(part for part in parts if part)

    def _found(self) -> Path | None:
        """The newest folder that was not there before and belongs to this process."""
        for folder in sorted(set(self._root.glob("sweep_*")) - self._before, reverse=True):
            try:
                if Sweep(folder).manifest.get("process") == os.getpid():
                    return folder
            except ExplorerError:  # its manifest is yet to be written
                continue
        return None


def _item(point: Point) -> Item:
    words = caption(point.log.get("params") or {})
    verdict = badge(str(point.log.get("verdict") or point.log["status"]))
    thumb = point.thumb if point.log["status"] == "done" else None
    shown = f'<div class="explorer-words">{verdict}<br><span>{html.escape(words)}</span></div>'
    return Item(point.key, thumb, f"load {words}", shown, point)
