"""One sound as the extra features hear it: mono at 22.05 kHz, in memory, worked through in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import soxr
from jaxtyping import Float32, Float64

from explorer.audio.load import Sound
from explorer.audio.track import interpolate_rows
from explorer.progress import Progress

RATE = 22050
HOP = 512  # samples between spectra; rows are placed by their exact times n HOP / RATE, never counted up
PIECE = 430  # spectra worked on together, 10 s of sound

Mono = Float32[np.ndarray, " samples"]
Rows = Float32[np.ndarray, "rows columns"]


@dataclass(frozen=True)
class Piece:
    """Rows `first` to `last`-1 of all spectra, and the sound around them from `begin` on."""

    first: int
    last: int
    begin: int
    samples: Mono


def listen(sound: Sound) -> Mono:
    """The whole sound as the mean of its channels at RATE; 4 bytes a sample, 318 MB an hour."""
    stream = soxr.ResampleStream(sound.sample_rate, RATE, 1, dtype="float32", quality="HQ")
    with closing(sound.blocks()) as blocks:
        parts = [stream.resample_chunk(block.mean(axis=1, dtype=np.float32)) for block in blocks]
    parts.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    return np.concatenate(parts)


def row_count(samples: Mono) -> int:
    """Rows at n HOP / RATE that lie inside the sound, and the one at its end."""
    return len(samples) // HOP + 1


def pieces(samples: Mono, margin: int) -> Iterator[Piece]:
    """The sound piece by piece, each with `margin` samples of what lies before its first and after its
    last row; zeros before and after the sound."""
    rows = row_count(samples)
    for first in range(0, rows, PIECE):
        last = min(first + PIECE, rows)
        begin, end = first * HOP - margin, (last - 1) * HOP + margin
        inside = samples[max(begin, 0) : end]
        yield Piece(first, last, begin, np.pad(inside, (max(-begin, 0), max(end - len(samples), 0))))


def at_times(rows: Rows, times: Float64[np.ndarray, " frames"]) -> Float32[np.ndarray, "frames columns"]:
    """Rows that belong to n HOP / RATE seconds, read at any times by linear interpolation."""
    return np.asarray(interpolate_rows(rows, times * (RATE / HOP)), np.float32)


def told(progress: Progress, step: str, piece: Piece, samples: Mono) -> None:
    """Progress after a piece, in seconds of sound."""
    whole = len(samples) / RATE
    progress(step, min(piece.last * HOP / RATE, whole), whole)
