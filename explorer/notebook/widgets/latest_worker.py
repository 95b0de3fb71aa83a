"""Latest wins: one thread that works on the newest request and drops the others.

A kernel delivers every move of a slider, one message after another. If each were answered with a drawing,
eight moves would be four seconds of backlog. So handlers only submit a request here and return.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from explorer.errors import Stopped

RequestT = TypeVar("RequestT")
StaleCheck = Callable[[], bool]


class LatestWorker(Generic[RequestT]):
    """Runs `work(request, stale)` on a thread of its own, never two at a time.

    `stale()` turns true as soon as a newer request is submitted, or on `close`; work should check it often
    and raise Stopped or return. Requests in between are dropped. Errors go to `on_error`.
    All methods may be called from any thread.
    """

    def __init__(
        self,
        work: Callable[[RequestT, StaleCheck], None],
        on_error: Callable[[Exception], None],
        name: str = "explorer-latest",
    ) -> None:
        self._work, self._on_error = work, on_error
        self._changed = threading.Condition()
        self._waiting: list[RequestT] = []  # none or one
        self._generation = 0  # of the newest request
        self._busy = self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, request: RequestT) -> None:
        """Replace the request that waits, if any; returns at once."""
        with self._changed:
            if not self._closed:
                self._waiting = [request]
                self._generation += 1
                self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until no request waits or is worked on; false when `timeout` seconds were too short."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._waiting or self._busy), timeout)

    def close(self) -> None:
        """End the thread; its current work turns stale. May be called twice, and by the work itself."""
        with self._changed:
            self._closed = True
            self._waiting = []
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            request, generation = task
            try:
                self._work(request, lambda generation=generation: self._is_stale(generation))  # type: ignore[misc]
            except Stopped:
                pass
            except Exception as error:
                with contextlib.suppress(Exception):  # a front end that is gone must not end the thread
                    self._on_error(error)

    def _next(self) -> tuple[RequestT, int] | None:
        """Wait for the next request and take it; None when closed."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._busy = True
            return self._waiting.pop(), self._generation

    def _is_stale(self, generation: int) -> bool:
        return self._closed or generation != self._generation
