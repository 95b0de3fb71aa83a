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

A red flash is a pair of opposing changes of 320 max(0, R - G - B) by more than 20, of which one state is a
saturated red, R / (R + G + B) >= 0.8, with R, G and B in linear light from 0 to 1
(https://www.w3.org/WAI/WCAG22/Techniques/general/G176). They are counted apart, with the same limits of
number and area; here R, G and B are the means of a cell.
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
MIN_RED_CHANGE = 20 / 320  # of R - G - B
MIN_RED_SHARE = 0.8  # of R in R + G + B: a saturated red
MAX_FLASHES = 3.0  # within any one second
SCREEN, FIELD_OF_VIEW, CELL = (1024, 768), (341, 256), 32  # px of the screen that WCAG assumes
MIN_AREA = 0.25 * FIELD_OF_VIEW[0] * FIELD_OF_VIEW[1]  # px of that screen
MAX_SAMPLED_ROWS = 360  # of pixels whose luminance is measured

Luminance = Float32[np.ndarray, "rows columns"]
Light = Float32[np.ndarray, "rows columns 3"]


@dataclass(frozen=True)
class Flashes:
    """The most flashes in any one second, when that second ends, and for how long the limit is exceeded.

    `red` are the most flashes of saturated red in any one second, and `red_over` is for how long these exceed
    the limit.
    """

    worst: float
    at: float  # seconds
    over: float  # seconds during which the second just past holds more than three
    red: float = 0.0
    red_over: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether no second holds more than three flashes, of any kind."""
        return max(self.worst, self.red) <= MAX_FLASHES


class FlashCounter:
    """Takes one frame after the other; `result` at any time. Memory: one second of small maps."""

    def __init__(self, fps: Fraction) -> None:
        self._fps = fps
        self._grid: CellGrid | None = None

    def take(self, frame: Frame) -> float:
        """Count one more frame; returns the flashes of the second that ends with it."""
        grid = self._grid = self._grid or self._begin(frame)
        light = grid.light(frame)
        self._red.take(self._red_turns.take(*redness(light)), grid)
        return self._general.take(self._turns.take(_luminance_of(light)), grid) / 2

    def result(self) -> Flashes:
        """The counts so far."""
        if self._grid is None:
            return Flashes(0.0, 0.0, 0.0)
        general, red, fps = self._general, self._red, self._fps
        return Flashes(
            general.most / 2,
            float(general.at / fps),
            float(general.over / fps),
            red.most / 2,
            float(red.over / fps),
        )

    def _begin(self, frame: Frame) -> CellGrid:
        grid = CellGrid((frame.shape[1], frame.shape[0]))
        light = grid.light(frame)
        self._turns = LuminanceTurns(_luminance_of(light), MIN_CHANGE, MAX_DARK_LUMINANCE)
        self._red_turns = RedTurns(light, MIN_RED_CHANGE)
        self._general, self._red = (ChangeCounter(grid, round(self._fps)) for _ in range(2))
        return grid


class ChangeCounter:
    """Counts the changes of every cell within the second just past."""

    def __init__(self, grid: CellGrid, frames: int) -> None:
        self._length = frames  # of a second
        self._changes: deque[Bool[np.ndarray, "rows columns"]] = deque()  # of the second just past
        self._counts = np.zeros(grid.shape, np.int64)
        self._frames = 0
        self.most = self.at = self.over = 0  # largest count, its frame, and frames beyond the limit

    def take(self, changes: Bool[np.ndarray, "rows columns"], grid: CellGrid) -> int:
        """One more frame; returns the largest count on the area that matters."""
        self._changes.append(changes)
        self._counts += changes
        if len(self._changes) > self._length:
            self._counts -= self._changes.popleft()
        most = grid.most_on_area(self._counts)
        if most > self.most:
            self.most, self.at = most, self._frames
        self.over += most > 2 * MAX_FLASHES
        self._frames += 1
        return most


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


class RedTurns:
    """Detects changes of R - G - B as `LuminanceTurns` does of luminance, to or from a saturated red."""

    def __init__(self, first: Light, min_change: float | Float32[np.ndarray, ...]) -> None:
        self._min_change = min_change
        value, saturated = redness(first)
        shape = np.broadcast_shapes(value.shape, np.shape(min_change))
        self._low = self._high = np.broadcast_to(value, shape)  # lowest and highest since the last change
        self._low_saturated = self._high_saturated = np.broadcast_to(saturated, shape)
        self._direction = np.zeros(shape, np.int8)  # of the last change

    def take(
        self, now: Luminance, saturated: Bool[np.ndarray, "rows columns"]
    ) -> Bool[np.ndarray, "*levels rows columns"]:
        """Where the `redness` of the next map completes a change."""
        lower, higher = now < self._low, now > self._high
        low, high = np.where(lower, now, self._low), np.where(higher, now, self._high)
        low_saturated = np.where(lower, saturated, self._low_saturated)
        high_saturated = np.where(higher, saturated, self._high_saturated)
        rise = (self._direction <= 0) & (now - low > self._min_change) & (saturated | low_saturated)
        fall = (self._direction >= 0) & (high - now > self._min_change) & (saturated | high_saturated) & ~rise
        np.copyto(self._direction, 1, where=rise)
        np.copyto(self._direction, -1, where=fall)
        np.copyto(high, now, where=rise)
        np.copyto(low, now, where=fall)
        np.copyto(high_saturated, saturated, where=rise)
        np.copyto(low_saturated, saturated, where=fall)
        self._high, self._low = high, low
        self._high_saturated, self._low_saturated = high_saturated, low_saturated
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

    def light(self, frame: Frame) -> Light:
        """Mean linear light of every cell, red, green and blue from 0 to 1."""
        light = LINEAR_LIGHT[frame[:: self._step, :: self._step]]
        sums = np.add.reduceat(np.add.reduceat(light, self._rows, axis=0), self._columns, axis=1)
        return np.asarray(sums / self._counts[..., None], np.float32)

    def most_on_area(self, counts: Int64[np.ndarray, "rows columns"]) -> int:
        """The largest n such that, in some field of view, counts are n or more on a quarter of its area."""
        most = 0
        while self.fills(counts > most).any():
            most += 1
        return most

    def may_fill(self, marked: Bool[np.ndarray, "*levels rows columns"]) -> Bool[np.ndarray, "*levels"]:
        """Whether there are enough marked cells for `fills`, wherever they are."""
        return np.asarray(np.count_nonzero(marked, axis=(-2, -1)) >= self._min_cells)

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


def _luminance_of(light: Light) -> Luminance:
    return np.asarray(light @ np.array(LUMINANCE, np.float32))


def redness(
    light: Float32[np.ndarray, "*maps 3"],
) -> tuple[Float32[np.ndarray, "*maps"], Bool[np.ndarray, "*maps"]]:
    """R - G - B, at least 0, and where the light is a saturated red."""
    red = light[..., 0]
    saturated = (red > 0) & (red >= MIN_RED_SHARE * light.sum(axis=-1))
    return np.maximum(red - light[..., 1] - light[..., 2], 0), saturated


def _cells(side: float, pixels: int) -> int:
    """How many cells along a side of the screen; never more than there are pixels."""
    return int(np.clip(round(side / CELL), 1, pixels))


LINEAR_LIGHT = srgb_to_linear(np.arange(256) / 255).astype(np.float32)  # of each level


def _light() -> Float32[np.ndarray, "3 256"]:
    """The relative luminance that each level of each channel contributes."""
    return np.outer(LUMINANCE, srgb_to_linear(np.arange(256) / 255)).astype(np.float32)


_LIGHT = _light()
