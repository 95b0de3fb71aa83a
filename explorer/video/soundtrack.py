"""The sound of a video: decoded once into a temporary file, encoded by ffmpeg (AAC, Opus or PCM).

Only stdin is a pipe on every system and the frames have it, so the samples go through a file:
raw float32, because peaks above full scale then survive until the encoder and 4 GB is no limit.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

# AAC plays everywhere as mono or stereo at up to 48 kHz: more channels are mixed to stereo, taken as the
# usual layout for their number (5.1 for six), and higher rates are resampled. More than eight channels
# have no usual layout and become mono.
MAX_DECODED_CHANNELS = 8
MAX_ENCODED_CHANNELS = 2
MAX_SAMPLE_RATE = 48_000  # Hz
BITRATES = {1: "128k", 2: "192k"}
CODECS = {"aac": ("-c:a", "aac"), "opus": ("-c:a", "libopus"), "pcm": ("-c:a", "pcm_s24le")}

MIX = "aresample=out_chlayout=stereo:rematrix_maxval=1"  # scaled so that the sum cannot clip

MAX_AMPLITUDE = 8.0  # re full scale (+18 dB); beyond it, as with NaN, the AAC encoder fails


@runtime_checkable
class SoundSource(Protocol):
    """What a soundtrack is made from: `explorer.audio.Sound`, or anything with these three."""

    @property
    def sample_rate(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def blocks(self, start: float = 0.0, duration: float | None = None) -> Iterator[Any]: ...


def samples(sound: SoundSource, start: float, duration: float) -> Generator[bytes, None, None]:
    """`duration` seconds from `start` as raw little-endian float32, block by block."""
    for block in sound.blocks(start, duration):
        mixed = block if _channels(sound) == sound.channels else block.mean(axis=1, keepdims=True)
        finite = np.nan_to_num(mixed, nan=0.0, posinf=MAX_AMPLITUDE, neginf=-MAX_AMPLITUDE)
        yield np.clip(finite, -MAX_AMPLITUDE, MAX_AMPLITUDE).astype("<f4").tobytes()


def write_samples(sound: SoundSource, path: Path, start: float, duration: float) -> None:
    """Decode an excerpt into a file."""
    with path.open("wb") as file:
        file.writelines(samples(sound, start, duration))


def sample_arguments(sound: SoundSource) -> list[str]:
    """Rate and channels of what `write_samples` wrote, which is f32le."""
    return ["-ar", str(sound.sample_rate), "-ac", str(_channels(sound))]


def sound_codec(container: str, video_codec: str) -> str:
    """How sound is stored in a kind of file: aac, opus in WebM, pcm beside ProRes."""
    return "opus" if container == "webm" else "pcm" if video_codec == "prores" else "aac"


def output_arguments(sound: SoundSource, duration: Fraction, codec: str = "aac") -> list[str]:
    """Sound of exactly `duration` seconds: silence is added to a shorter sound, a longer one is cut.

    Counted in samples and not in seconds, and never by -shortest, which closes the frames' pipe early.
    """
    samples = round(duration * sound.sample_rate)
    channels = min(_channels(sound), MAX_ENCODED_CHANNELS)
    # the rate is given, or the mix would change it and the samples would be counted at another rate
    mix = f"{MIX}:out_sample_rate={sound.sample_rate}," if _channels(sound) > MAX_ENCODED_CHANNELS else ""
    return [
        *("-af", f"{mix}apad=whole_len={samples},atrim=end_sample={samples}"),
        *(CODECS[codec] if codec == "pcm" else (*CODECS[codec], "-b:a", BITRATES[channels])),
        *("-ac", str(channels)),
        *("-ar", str(MAX_SAMPLE_RATE if codec == "opus" else min(sound.sample_rate, MAX_SAMPLE_RATE))),
    ]


def file_bytes(sound: SoundSource, duration: float) -> tuple[int, int]:
    """Bytes for `duration` seconds: estimated in the video, exact in the temporary file beside it."""
    kilobits = int(BITRATES[min(_channels(sound), MAX_ENCODED_CHANNELS)].removesuffix("k"))
    return round(duration * kilobits * 125), round(duration * sound.sample_rate) * _channels(sound) * 4


def _channels(sound: SoundSource) -> int:
    """How many channels the temporary file has."""
    return sound.channels if sound.channels <= MAX_DECODED_CHANNELS else 1
