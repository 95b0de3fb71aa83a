"""The input of the extra features: mono sound at 22.05 kHz, in memory, processed in pieces."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import soxr
from jaxtyping import Float32, Float64

from explorer.audio.feature_table import interpolate_rows
from explorer.audio.sound_file import Sound
from explorer.progress import Progress

RATE = 22050
HOP = 512  # samples between spectra; a row's time is exactly n HOP / RATE, never a sum of hops
PIECE_ROWS = 430  # spectra computed together, 10 s of sound

Mono = Float32[np.ndarray, " samples"]
Rows = Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class Piece:
    """Rows `first` to `last`-1 of all spectra, and the sound around them from `start` on."""

    first: int
    last: int
    start: int
    samples: Mono


def read_mono(sound: Sound) -> Mono:
    """The whole sound as the mean of its channels at RATE; 4 bytes a sample, 318 MB an hour."""
    return np.concatenate(list(mono_blocks(sound, RATE)))


def mono_blocks(sound: Sound, rate: int) -> Generator[Mono, None, None]:
    """The mean of the channels at another rate, block by block."""
    stream = soxr.ResampleStream(sound.sample_rate, rate, 1, dtype="float32", quality="HQ")
    with closing(sound.blocks()) as blocks:
        for block in blocks:
            yield stream.resample_chunk(block.mean(axis=1, dtype=np.float32))
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def row_count(samples: Mono) -> int:
    """Rows at n HOP / RATE that lie inside the sound, and the one at its end."""
    return len(samples) // HOP + 1


def pieces(samples: Mono, margin: int) -> Iterator[Piece]:
    """The sound piece by piece, each with `margin` samples of sound before its first and after its
    last row; zeros before and after the sound."""
    rows = row_count(samples)
    for first in range(0, rows, PIECE_ROWS):
        last = min(first + PIECE_ROWS, rows)
        start, end = first * HOP - margin, (last - 1) * HOP + margin
        padding = max(-start, 0), max(end - len(samples), 0)
        yield Piece(first, last, start, np.pad(samples[max(start, 0) : end], padding))


def at_times(rows: Rows, times: Float64[np.ndarray, " frames"]) -> Float32[np.ndarray, "frames columns"]:
    """Rows that belong to n HOP / RATE seconds, read at any times by linear interpolation."""
    return np.asarray(interpolate_rows(rows, times * (RATE / HOP)), np.float32)


def report_progress(progress: Progress, step: str, piece: Piece, samples: Mono) -> None:
    """Progress after a piece, in seconds of sound."""
    duration = len(samples) / RATE
    progress(step, min(piece.last * HOP / RATE, duration), duration)
