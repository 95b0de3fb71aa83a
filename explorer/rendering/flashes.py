"""Flashes against WCAG 2.3.1, "Three flashes or below threshold", counted as the frames go by.

The criterion (https://www.w3.org/TR/WCAG22/#dfn-general-flash-and-red-flash-thresholds): a general flash is
a pair of opposing changes in relative luminance of 10 % or more of the maximum, where the darker image is
below 0.80. There may be no more than three within any one second, unless they cover, taken together, less
than 25 % of every 10-degree field of view: 341 x 256 px of a screen of 1024 x 768.

What is approximated here:

- The frame fills a screen of 1024 x 768 as far as its shape allows, and luminance is averaged over cells of
  32 x 32 px of that screen, at most `MAX_SAMPLED_ROWS` pixel rows of the frame.
- A second holds half as many flashes as it holds changes; a field of view holds as many as at least a
  quarter of its area does, wherever in the field that is. Flashes that wander, so that no place sees many,
  are counted as often as each place sees them.
- Saturated red flashes have a stricter limit of their own, which is not judged.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import Bool, Float32, Int64, UInt8

from explorer.fields.srgb import LUMINANCE, srgb_to_linear
from explorer.rendering.frames import Frame

MIN_CHANGE = 0.1  # of relative luminance, whose largest is 1
MAX_DARK_LUMINANCE = 0.8  # of the darker image
MAX_FLASHES = 3.0  # within any one second
SCREEN, FIELD_OF_VIEW, CELL = (1024, 768), (341, 256), 32  # px of the screen that WCAG assumes
MIN_AREA = 0.25 * FIELD_OF_VIEW[0] * FIELD_OF_VIEW[1]  # px of that screen
MAX_SAMPLED_ROWS = 360  # of pixels whose luminance is measured

Luminance = Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class Flashes:
    """The most flashes in any one second, when that second ends, and for how long the limit is exceeded."""

    worst: float
    at: float  # seconds
    over: float  # seconds during which the second just past holds more than three

    @property
    def passed(self) -> bool:
        """Whether no second holds more than three flashes."""
        return self.worst <= MAX_FLASHES


class FlashCounter:
    """Takes one frame after the other; `result` at any time. Memory: one second of small maps."""

    def __init__(self, fps: Fraction) -> None:
        self._fps = fps
        self._grid: CellGrid | None = None
        self._changes: deque[Bool[np.ndarray, "rows columns"]] = deque()  # of the second just past
        self._frames = self._over = 0
        self._worst = self._at = 0

    def take(self, frame: Frame) -> float:
        """Count one more frame; returns the flashes of the second that ends with it."""
        self._grid = grid = self._grid or self._begin(frame)
        changes = self._turns.take(grid.luminance(frame))
        self._changes.append(changes)
        self._counts += changes
        if len(self._changes) > round(self._fps):
            self._counts -= self._changes.popleft()
        most = grid.most_on_area(self._counts)
        if most > self._worst:
            self._worst, self._at = most, self._frames
        self._over += most > 2 * MAX_FLASHES
        self._frames += 1
        return most / 2

    def result(self) -> Flashes:
        """The counts so far."""
        return Flashes(self._worst / 2, float(self._at / self._fps), float(self._over / self._fps))

    def _begin(self, frame: Frame) -> CellGrid:
        grid = CellGrid((frame.shape[1], frame.shape[0]))
        self._turns = LuminanceTurns(grid.luminance(frame), MIN_CHANGE, MAX_DARK_LUMINANCE)
        self._counts = np.zeros(grid.shape, np.int64)  # changes in the second just past
        return grid


class LuminanceTurns:
    """Detects where luminance has just changed by `min_change` from its last extreme, dark enough to count.

    Thresholds may be arrays with axes before those of the map: one search for each, side by side.
    """

    def __init__(
        self,
        first: Luminance,
        min_change: float | Float32[np.ndarray, ...],
        max_dark: float | Float32[np.ndarray, ...],
    ) -> None:
        self._min_change, self._max_dark = min_change, max_dark
        shape = np.broadcast_shapes(first.shape, np.shape(min_change), np.shape(max_dark))
        self._low = self._high = np.broadcast_to(first, shape)  # lowest and highest since the last change
        self._direction = np.zeros(shape, np.int8)  # of the last change

    def take(self, now: Luminance) -> Bool[np.ndarray, "*levels rows columns"]:
        """Where the next map completes a change."""
        low, high = np.minimum(self._low, now), np.maximum(self._high, now)
        rise = (self._direction <= 0) & (now - low >= self._min_change) & (low < self._max_dark)
        fall = (self._direction >= 0) & (high - now >= self._min_change) & (now < self._max_dark) & ~rise
        self._direction = np.where(rise, 1, np.where(fall, -1, self._direction)).astype(np.int8)
        self._high, self._low = np.where(rise, now, high), np.where(fall, now, low)
        return np.asarray(rise | fall)


class CellGrid:
    """The cells of a frame on the screen, and the largest part of any field of view that agrees."""

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        self._step = -(-min(size) // MAX_SAMPLED_ROWS)
        columns, rows = (-(-side // self._step) for side in size)
        scale = min(SCREEN[0] / width, SCREEN[1] / height)
        self.shape = (_cells(height * scale, rows), _cells(width * scale, columns))
        self._rows, self._columns = (
            np.arange(cells) * pixels // cells
            for cells, pixels in zip(self.shape, (rows, columns), strict=True)
        )
        self._counts = np.outer(np.diff([*self._rows, rows]), np.diff([*self._columns, columns]))
        area = width * height * scale**2 / (self.shape[0] * self.shape[1])  # px of the screen per cell
        self._min_cells = MIN_AREA / area
        self._field = tuple(
            min(cells, max(1, round(view / side * cells)))
            for cells, view, side in zip(
                self.shape, (FIELD_OF_VIEW[1], FIELD_OF_VIEW[0]), (height * scale, width * scale), strict=True
            )
        )

    def luminance(self, frame: Frame) -> Luminance:
        """Mean relative luminance of every cell, 0 to 1."""
        light = relative_luminance(frame[:: self._step, :: self._step])
        sums = np.add.reduceat(np.add.reduceat(light, self._rows, axis=0), self._columns, axis=1)
        return np.asarray(sums / self._counts, np.float32)

    def most_on_area(self, counts: Int64[np.ndarray, "rows columns"]) -> int:
        """The largest n such that, in some field of view, counts are n or more on a quarter of its area."""
        most = 0
        while self.fills(counts > most).any():
            most += 1
        return most

    def fills(self, marked: Bool[np.ndarray, "*levels rows columns"]) -> Bool[np.ndarray, "*levels"]:
        """Whether marked cells are a quarter of some field of view."""
        sums = np.zeros((*marked.shape[:-2], marked.shape[-2] + 1, marked.shape[-1] + 1), np.int32)
        sums[..., 1:, 1:] = marked.cumsum(-2).cumsum(-1)
        tall, wide = self._field
        inside = sums[..., tall:, wide:] - sums[..., :-tall, wide:] - sums[..., tall:, :-wide]
        return np.asarray((inside + sums[..., :-tall, :-wide]).max(axis=(-2, -1)) >= self._min_cells)


def relative_luminance(pixels: UInt8[np.ndarray, "rows columns 3"]) -> Luminance:
    """0.2126 R + 0.7152 G + 0.0722 B of linear light (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = (_LIGHT[channel][pixels[..., channel]] for channel in range(3))
    return np.asarray(red + green + blue)


def _cells(side: float, pixels: int) -> int:
    """How many cells along a side of the screen; never more than there are pixels."""
    return int(np.clip(round(side / CELL), 1, pixels))


def _light() -> Float32[np.ndarray, "3 256"]:
    """The relative luminance that each level of each channel contributes."""
    return np.outer(LUMINANCE, srgb_to_linear(np.arange(256) / 255)).astype(np.float32)


_LIGHT = _light()
