"""The sound of a video: decoded once into a temporary file, encoded as AAC by ffmpeg.

Only stdin is a pipe on every system and the frames have it, so the samples take the way over a file:
raw float32, because peaks above full scale then survive until the encoder and 4 GB is no limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

# AAC plays everywhere as mono or stereo at up to 48 kHz: more channels are mixed to stereo by ffmpeg
# (its layout for their number), higher rates resampled.
CHANNELS = 2
SAMPLE_RATE = 48_000
BITRATE = {1: "128k", 2: "192k"}

LOUDEST = 8.0  # re full scale (+18 dB); beyond it, as with NaN, the AAC encoder gives up


@runtime_checkable
class SoundSource(Protocol):
    """What a soundtrack is made from: `explorer.audio.Sound`, or anything with these three."""

    @property
    def sample_rate(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def blocks(self, start: float = 0.0, duration: float | None = None) -> Iterator[Any]: ...


def write_samples(sound: SoundSource, path: Path, start: float, duration: float) -> None:
    """Decode `duration` seconds from `start` into raw little-endian float32, block by block."""
    with path.open("wb") as file:
        for block in sound.blocks(start, duration):
            finite = np.nan_to_num(block, nan=0.0, posinf=LOUDEST, neginf=-LOUDEST)
            file.write(np.clip(finite, -LOUDEST, LOUDEST).astype("<f4").tobytes())


def input_arguments(sound: SoundSource) -> list[str]:
    """How ffmpeg is to read what `write_samples` wrote."""
    return ["-f", "f32le", "-ar", str(sound.sample_rate), "-ac", str(sound.channels)]


def output_arguments(sound: SoundSource, duration: Fraction) -> list[str]:
    """AAC of exactly `duration` seconds: silence is added to a shorter sound, a longer one is cut.

    Counted in samples and not in seconds, and never by -shortest, which closes the frames' pipe early.
    """
    samples = round(duration * sound.sample_rate)
    channels = min(sound.channels, CHANNELS)
    return [
        *("-af", f"apad=whole_len={samples},atrim=end_sample={samples}"),
        *("-c:a", "aac", "-b:a", BITRATE[channels], "-ac", str(channels)),
        *("-ar", str(min(sound.sample_rate, SAMPLE_RATE))),
    ]
