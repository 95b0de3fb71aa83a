"""Samples of sounds that soundfile cannot read: m4a, aac, wma, the sound of videos, ….

They come from ffmpeg through a pipe as an AU stream, whose short header carries rate and channels.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from jaxtyping import Float32

from explorer.errors import SoundError
from explorer.ffmpeg import FFmpeg, file_input

DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+(?:\.\d+)?)")


class PcmStream:
    """The samples of a running decoder: read blocks of floats until an empty one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.sample_rate, self.channels = _au_header(stream)

    def read(self, size: int) -> Float32[np.ndarray, "samples channels"]:
        """The next `size` samples, fewer at the end."""
        data = self._stream.read(size * self.channels * 4)
        whole = len(data) - len(data) % (self.channels * 4)
        samples = np.frombuffer(data[:whole], dtype=">f4").astype(np.float32)
        return samples.reshape(-1, self.channels)


def _au_header(stream: IO[bytes]) -> tuple[int, int]:
    """Rate and channels of an AU stream, which is left at its first sample; (0, 0) if there is none."""
    head = stream.read(24)
    if len(head) < 24 or head[:4] != b".snd":
        return 0, 0
    offset, _size, _encoding, rate, channels = np.frombuffer(head, dtype=">u4")[1:].tolist()
    stream.read(offset - 24)
    return rate, channels


@contextmanager
def _decoding(path: Path, loglevel: str) -> Iterator[tuple[FFmpeg, PcmStream]]:
    """Start the decoder; it is stopped when the block ends, whatever happens."""
    au_stream = ["-vn", "-sn", "-dn", "-f", "au", "-c:a", "pcm_f32be", "-"]
    decoder = FFmpeg([*file_input(path), *au_stream], loglevel=loglevel)
    try:
        yield decoder, PcmStream(decoder.stdout)
    finally:
        decoder.stop()


def probe(path: Path) -> tuple[int, int, float]:
    """Rate, channels and stated seconds (0 if unknown) of the first sound in a file; rate 0: no sound."""
    with _decoding(path, "info") as (decoder, stream):
        decoder.stop()
        match = DURATION.search("\n".join(decoder.messages()))
    hours, minutes, seconds = map(float, match.groups()) if match else (0.0, 0.0, 0.0)
    return stream.sample_rate, stream.channels, 3600 * hours + 60 * minutes + seconds


def decode(path: Path, size: int) -> Generator[Float32[np.ndarray, "samples channels"], None, str]:
    """All samples in blocks of `size`. Returns (StopIteration.value) the decoder's complaints, "" if none."""
    with _decoding(path, "error") as (decoder, stream):
        while stream.channels and len(block := stream.read(size)):
            yield block
        status, messages = decoder.wait(), decoder.messages()
    if status < 0:
        raise SoundError(f"decoding {path.name} was interrupted (signal {-status}); try again")
    return messages[-1] if messages else ""
