"""The progress of a sweep: its folder, the finished points, the time left."""

from __future__ import annotations

import html
import os
from pathlib import Path

from explorer.errors import ExplorerError
from explorer.experiments import Point, Sweep
from explorer.experiments.sweeps.eta import RemainingTime, SweepPlan
from explorer.experiments.sweeps.parameter_paths import caption
from explorer.experiments.sweeps.scheduler import POINTS_STEP
from explorer.files import explorations_folder
from explorer.formatting import count_text, duration_text, percent_text
from explorer.notebook.widgets.background_job import JobState
from explorer.notebook.widgets.markup import badge
from explorer.notebook.widgets.thumbnail_grid import ThumbnailItem


class SweepProgress:
    """Finds the folder that a sweep of this process has created, and reads the finished points from it."""

    def __init__(self, explorations: str | Path | None, folder: Path | None = None) -> None:
        self._root = explorations_folder(explorations)
        self._before = set(self._root.glob("sweep_*"))
        self.folder = folder  # set from the start when a sweep is resumed
        self._remaining: RemainingTime | None = None
        self._workers, self._total, self._done = 1, 0, 0
        self.plan: SweepPlan | None = None

    def set_plan(self, plan: SweepPlan) -> None:
        """What the sweep is going to do."""
        self.plan, self._total = plan, plan.points
        self._workers, self._remaining = plan.workers or 1, None

    def items(self) -> list[ThumbnailItem]:
        """The finished points."""
        if self.folder is None:
            self.folder = self._new_folder()
        if self.folder is None:
            return []
        points = Sweep(self.folder).points
        return [_make_item(point) for point in points if point.log["status"] in ("done", "failed")]

    def text(self, state: JobState) -> str:
        """A state in words: points and time left, and the estimate of the whole sweep."""
        if state.step != POINTS_STEP:
            return f"{state.step} {percent_text(state.share)}"
        done = round(state.share * self._total)
        if self._remaining is None:
            self._remaining, self._done = RemainingTime(self._total - done, self._workers), done
        if done > self._done:
            self._remaining.finished(done - self._done)
            self._done = done
        left = self._remaining.seconds_left
        parts = [f"{done} of {count_text(self._total, 'point')}"]
        parts += [f"{duration_text(left)} left"] if left is not None else []
        parts += [self.plan.cost] if self.plan and self.plan.cost else []
        return ", ".join(parts)

    def _new_folder(self) -> Path | None:
        """The newest folder that was not there before and belongs to this process."""
        for folder in sorted(set(self._root.glob("sweep_*")) - self._before, reverse=True):
            try:
                if Sweep(folder).manifest.get("process") == os.getpid():
                    return folder
            except ExplorerError:  # its manifest is not written yet
                continue
        return None


def _make_item(point: Point) -> ThumbnailItem:
    text = caption(point.log.get("params") or {})
    verdict = badge(str(point.log.get("verdict") or point.log["status"]))
    thumbnail = point.thumb if point.log["status"] == "done" else None
    words = f'<div class="explorer-words">{verdict}<br><span>{html.escape(text)}</span></div>'
    return ThumbnailItem(point.key, thumbnail, f"load {text}", words, point)
