"""One long piece of work in the background, with progress, time left and an end on request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.errors import Stopped, error_text
from explorer.progress import Progress

STOPPED = "stopped; nothing half-written was left"
REPORTS = 0.2  # seconds between two reports: a progress bar in a browser needs no more


@dataclass(frozen=True)
class State:
    """Where a job stands; `result` or `error` once it has ended."""

    step: str = "starting"
    share: float = 0.0
    seconds_left: float | None = None
    result: Any = None  # what the work gave back: never None
    error: str = ""

    @property
    def ended(self) -> bool:
        return self.result is not None or bool(self.error)


class Job:
    """Carries out `work(progress)` on a thread of its own and tells `report` about it, from that thread."""

    def __init__(self, work: Callable[[Progress], Any], report: Callable[[State], None]) -> None:
        self._work, self._report = work, report
        self._stop = threading.Event()
        self._step, self._began, self._told = "", 0.0, 0.0
        self._thread = threading.Thread(target=self._run, name="explorer-job", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ask for the end; the work takes its unfinished files away and reports that it was stopped."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; false when `timeout` seconds were too short."""
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)
        return not self.running

    def _run(self) -> None:
        try:
            last = State(result=self._work(self._progress), share=1.0)
        except Stopped:
            last = State(error=STOPPED)
        except Exception as error:
            last = State(error=error_text(error))
        self._report(last)

    def _progress(self, step: str, done: float, total: float) -> None:
        """The callback that the work calls; raises Stopped once the end was asked for."""
        if self._stop.is_set():
            raise Stopped("stopped on request")
        now = time.monotonic()
        if step != self._step:
            self._step, self._began, self._told = step, now, 0.0
        if now - self._told < REPORTS:
            return
        self._told = now
        share = done / total if total else 0.0
        left = (now - self._began) * (1 - share) / share if share > 0 else None
        self._report(State(step, share, left))
