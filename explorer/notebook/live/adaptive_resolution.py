"""Chooses the resolution that keeps up with the music."""

from __future__ import annotations

import statistics
from collections import deque

SCALES = (1.0, 0.75, 0.5, 0.375, 0.25, 0.125)  # of the full width and height
MAX_FRAME_SECONDS = 1 / 24  # at fewer frames per second it no longer looks like motion
GROWTH_MARGIN = 0.75  # of MAX_FRAME_SECONDS that a larger frame may take, or sizes would swing to and fro
MIN_SIDE_PIXELS = 16


class AdaptiveResolution:
    """Chooses the largest of a few sizes whose frames take less than 1/24 s, from measured times.

    A single slow frame (the machine did something else) changes nothing; one four times too slow does.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.sizes = [
            (max(MIN_SIDE_PIXELS, round(size[0] * scale)), max(MIN_SIDE_PIXELS, round(size[1] * scale)))
            for scale in SCALES
        ]
        self._level = len(SCALES) - 1  # nothing is measured yet: start small
        self._pixel_seconds: deque[float] = deque(maxlen=5)  # seconds per pixel of the latest frames

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the next frame."""
        return self.sizes[self._level]

    def expected_seconds(self, size: tuple[int, int]) -> float:
        """How long a frame of this size will take; 0 while nothing is measured."""
        return statistics.median(self._pixel_seconds) * size[0] * size[1] if self._pixel_seconds else 0.0

    def record(self, size: tuple[int, int], seconds: float) -> None:
        """Add the time that a frame of this size took, and choose the size of the next one."""
        self._pixel_seconds.append(seconds / (size[0] * size[1]))
        count = len(self._pixel_seconds)
        too_slow = count >= 3 and self.expected_seconds(self.size) > MAX_FRAME_SECONDS
        if seconds > 4 * MAX_FRAME_SECONDS or too_slow:
            self._set_level(self._largest_within(MAX_FRAME_SECONDS))
        elif count == self._pixel_seconds.maxlen:
            self._set_level(min(self._level, self._largest_within(GROWTH_MARGIN * MAX_FRAME_SECONDS)))

    def _largest_within(self, seconds: float) -> int:
        """The level of the largest size that is expected to take no longer."""
        levels = (n for n, size in enumerate(self.sizes) if self.expected_seconds(size) <= seconds)
        return next(levels, len(SCALES) - 1)

    def _set_level(self, level: int) -> None:
        if level != self._level:
            self._level = level
            self._pixel_seconds = deque([statistics.median(self._pixel_seconds)], self._pixel_seconds.maxlen)
