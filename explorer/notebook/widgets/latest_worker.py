"""Latest wins: one thread that works on the newest request and forgets the others.

A kernel delivers every move of a slider, one message after another. Were each answered with a drawing,
eight moves would be four seconds of backlog. So handlers only leave a note here and return.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from explorer.errors import Stopped

Request = TypeVar("Request")
Stale = Callable[[], bool]


class Latest(Generic[Request]):
    """Carries out `work(request, stale)` on a thread of its own, never two at a time.

    `stale()` turns true as soon as something newer was asked for, or on `close`; work should look at it
    often and raise Stopped or return. What was asked for in between is dropped. Errors go to `failed`.
    All methods may be called from any thread.
    """

    def __init__(
        self,
        work: Callable[[Request, Stale], None],
        failed: Callable[[Exception], None],
        name: str = "explorer-latest",
    ) -> None:
        self._work, self._failed = work, failed
        self._changed = threading.Condition()
        self._waiting: list[Request] = []  # none or one
        self._asked = 0  # the generation of the newest request
        self._busy = self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def ask(self, request: Request) -> None:
        """Leave a request in the place of an older one; returns at once."""
        with self._changed:
            if not self._closed:
                self._waiting = [request]
                self._asked += 1
                self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is asked for or worked on; false when `timeout` seconds were too short."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._waiting or self._busy), timeout)

    def close(self) -> None:
        """End the thread; what it works on turns stale. May be called twice, and by the work itself."""
        with self._changed:
            self._closed = True
            self._waiting = []
            self._changed.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        while (taken := self._next()) is not None:
            request, generation = taken
            try:
                self._work(request, lambda generation=generation: self._stale(generation))  # type: ignore[misc]
            except Stopped:
                pass
            except Exception as error:
                with contextlib.suppress(Exception):  # a front end that is gone must not end the thread
                    self._failed(error)

    def _next(self) -> tuple[Request, int] | None:
        """Wait for the next request and take it; None when closed."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._busy = True
            return self._waiting.pop(), self._asked

    def _stale(self, generation: int) -> bool:
        return self._closed or generation != self._asked
