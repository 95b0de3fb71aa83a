"""One long job in the background, with progress, time left and a way to stop it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.errors import Stopped, error_text
from explorer.progress import Progress

STOPPED = "stopped; nothing half-written was left"
REPORT_SECONDS = 0.2  # between two reports: a progress bar in a browser needs no more


@dataclass(frozen=True)
class JobState:
    """Where a job stands; `result` or `error` once it has ended."""

    step: str = "starting"
    share: float = 0.0
    seconds_left: float | None = None
    result: Any = None  # what the work returned: never None
    error: str = ""

    @property
    def ended(self) -> bool:
        return self.result is not None or bool(self.error)


class BackgroundJob:
    """Runs `work(progress)` on a thread of its own and calls `report` with its state, from that thread."""

    def __init__(self, work: Callable[[Progress], Any], report: Callable[[JobState], None]) -> None:
        self._work, self._report = work, report
        self._stop = threading.Event()
        self._step, self._step_start, self._last_report = "", 0.0, 0.0
        self._thread = threading.Thread(target=self._run, name="explorer-job", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Request the end; the work removes its unfinished files and reports that it was stopped."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; false when `timeout` seconds were too short."""
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)
        return not self.running

    def _run(self) -> None:
        try:
            state = JobState(result=self._work(self._progress), share=1.0)
        except Stopped:
            state = JobState(error=STOPPED)
        except Exception as error:
            state = JobState(error=error_text(error))
        self._report(state)

    def _progress(self, step: str, done: float, total: float) -> None:
        """The callback that the work calls; raises Stopped once `stop` was called."""
        if self._stop.is_set():
            raise Stopped("stopped on request")
        now = time.monotonic()
        if step != self._step:
            self._step, self._step_start, self._last_report = step, now, 0.0
        if now - self._last_report < REPORT_SECONDS:
            return
        self._last_report = now
        share = done / total if total else 0.0
        left = (now - self._step_start) * (1 - share) / share if share > 0 else None
        self._report(JobState(step, share, left))
