"""How long a sweep takes: its plan before it starts, and the time left while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.formatting import count_text, duration_text, size_text


class RemainingTime:
    """Time left, from the rate at which points were finished so far.

    Points are drawn in an order that is as good as random, so those finished are a fair sample. The first
    `workers` of them are left out of the rate: they carry the start of the processes.
    """

    def __init__(self, total: int, workers: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.done = total, 0
        self._workers, self._clock = workers, clock
        self._start, self._last = clock(), clock()
        self._origin: float | None = None

    def finished(self, count: int = 1) -> None:
        """So many more points are finished, just now."""
        self.done += count
        self._last = self._clock()
        if self._origin is None and self.done >= self._workers:
            self._origin, self._left_out = self._last, self.done

    @property
    def seconds_left(self) -> float | None:
        """Expected seconds until the end; None before there is anything to go by."""
        if self.done == 0:
            return None
        counted, since = self.done, self._start
        if self._origin is not None and self.done > self._left_out:
            counted, since = self.done - self._left_out, self._origin
        each = (self._last - since) / counted
        return max(0.0, each * (self.total - self.done) - (self._clock() - self._last))


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep is going to do, and what that takes where it was measured beforehand."""

    points: int
    to_do: int
    axes: Sequence[tuple[str, str]]  # name, and its values in words
    skipped: Sequence[str] = ()  # what is not made, in words
    workers: int | None = None
    is_remote: bool = False  # the workers are not processes of this machine
    seconds: float | None = None
    bytes: int | None = None
    folder: Path | None = None

    @property
    def cost(self) -> str:
        """Time and disk space in words; empty where they were not measured."""
        if self.seconds is None:
            return ""
        where = f" with {self.workers} processes" if (self.workers or 1) > 1 else ""
        where = " on this machine alone" if self.is_remote else where
        return f"about {duration_text(self.seconds)}{where} and {size_text(self.bytes or 0)} on disk"

    def __str__(self) -> str:
        axes = ", ".join(f"{name} ({values})" for name, values in self.axes)
        rest = f", {self.to_do} to do" if self.to_do != self.points else ""
        cost = [self.cost] if self.cost else []
        return "; ".join([f"{count_text(self.points, 'point')}{rest}: {axes}", *self.skipped, *cost])
