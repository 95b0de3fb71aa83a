"""Windows of sound centered at exact times: frame n at sample round(n * rate / fps), no hop at all.

Gathering windows instead of hopping keeps every frame within half a sample of t = n / fps at any
sample rate, however long the track (22,050 / 60 = 367.5 is no hop).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from jaxtyping import Float32, Int64

BATCH_FRAMES = 64
"""Frames measured together. Batches are cut by frame number and never by how the sound arrived, so
that the same sums run in the same order, and give the same bits, for any size of block."""


def frame_count(samples: int, sample_rate: int, fps: float) -> int:
    """Frames on the grid t = n / fps that lie inside the sound, at least 1."""
    return max(1, math.ceil(samples * fps / sample_rate))


def centers(first: int, last: int, sample_rate: int, fps: float) -> Int64[np.ndarray, " frames"]:
    """Sample nearest to n / fps for n = first … last-1."""
    return np.rint(np.arange(first, last) * sample_rate / fps).astype(np.int64)


class Windows:
    """Batches of windows from blocks of sound; after the last batch, `samples` is the sound's length.

    Windows have an even `width`; their sample `width // 2` is the center. Before and after the sound
    there are zeros. Memory: one block and one batch.
    """

    def __init__(
        self,
        blocks: Iterable[Float32[np.ndarray, "_ channels"]],
        sample_rate: int,
        fps: float,
        width: int,
    ) -> None:
        self.samples = 0
        self._blocks, self._rate, self._fps, self._width = blocks, sample_rate, fps, width
        self._buffer = np.zeros(width // 2, np.float32)
        self._offset = -(width // 2)  # sample number of the buffer's first value

    def __iter__(self) -> Iterator[Float32[np.ndarray, "frames width"]]:
        frame = 0
        for block in self._blocks:
            self.samples += len(block)
            self._append(block.mean(axis=1, dtype=np.float32))
            while self._end(frame + BATCH_FRAMES) <= self._offset + len(self._buffer):
                yield self._gather(frame, frame + BATCH_FRAMES)
                frame += BATCH_FRAMES
            self._drop_before(frame)
        self._append(np.zeros(self._width, np.float32))
        last = frame_count(self.samples, self._rate, self._fps)
        for first in range(frame, last, BATCH_FRAMES):
            yield self._gather(first, min(first + BATCH_FRAMES, last))

    def _append(self, mono: Float32[np.ndarray, " samples"]) -> None:
        self._buffer = np.concatenate([self._buffer, mono])

    def _starts(self, first: int, last: int) -> Int64[np.ndarray, " frames"]:
        return centers(first, last, self._rate, self._fps) - self._width // 2

    def _end(self, frames: int) -> int:
        """First sample that the first `frames` windows do not need."""
        return int(self._starts(frames - 1, frames)[0]) + self._width

    def _gather(self, first: int, last: int) -> Float32[np.ndarray, "frames width"]:
        windows = np.lib.stride_tricks.sliding_window_view(self._buffer, self._width)
        return np.asarray(windows[self._starts(first, last) - self._offset])

    def _drop_before(self, frame: int) -> None:
        unused = max(0, min(int(self._starts(frame, frame + 1)[0]) - self._offset, len(self._buffer)))
        self._buffer = self._buffer[unused:]
        self._offset += unused
