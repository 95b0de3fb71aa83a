"""Which resolution keeps up with the music."""

from __future__ import annotations

import statistics
from collections import deque

SHARES = (1.0, 0.75, 0.5, 0.375, 0.25)  # of the full width and height
SLOWEST = 1 / 24  # seconds a frame may take; fewer frames a second no longer look like motion
ROOM = 0.75  # of SLOWEST that a larger frame may be expected to take, or sizes would swing to and fro
SMALLEST = 16  # pixels on a side


class AdaptiveResolution:
    """Chooses the largest of a few sizes whose frames take less than 1/24 s, from what frames took.

    A single slow frame (the machine did something else) changes nothing; one four times too slow does.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.sizes = [(max(SMALLEST, round(size[0] * s)), max(SMALLEST, round(size[1] * s))) for s in SHARES]
        self._level = len(SHARES) - 1  # nothing is known yet: begin small
        self._rates: deque[float] = deque(maxlen=5)  # seconds per pixel of the latest frames

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the next frame."""
        return self.sizes[self._level]

    def expected(self, size: tuple[int, int]) -> float:
        """Seconds that a frame of this size will take; 0 while nothing is known."""
        return statistics.median(self._rates) * size[0] * size[1] if self._rates else 0.0

    def took(self, size: tuple[int, int], seconds: float) -> None:
        """Learn what a frame of this size took, and choose as_reset_point."""
        self._rates.append(seconds / (size[0] * size[1]))
        if seconds > 4 * SLOWEST or (len(self._rates) >= 3 and self.expected(self.size) > SLOWEST):
            self._move(self._fitting(SLOWEST))
        elif len(self._rates) == self._rates.maxlen:
            self._move(min(self._level, self._fitting(ROOM * SLOWEST)))

    def _fitting(self, seconds: float) -> int:
        """The largest size that is expected to take no more."""
        fitting = (n for n, size in enumerate(self.sizes) if self.expected(size) <= seconds)
        return next(fitting, len(SHARES) - 1)

    def _move(self, level: int) -> None:
        if level != self._level:
            self._level = level
            self._rates = deque([statistics.median(self._rates)], self._rates.maxlen)
