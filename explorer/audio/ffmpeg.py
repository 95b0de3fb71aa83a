"""Decoding with the ffmpeg that ships with imageio-ffmpeg: m4a, aac, wma, the sound of videos, ….

The samples come through a pipe as an AU stream, whose short header carries rate and channels.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
from jaxtyping import Float32

from explorer.errors import SoundError

NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # else Windows opens a console per decoder
DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+(?:\.\d+)?)")
SOURCE = re.compile(r"^(\[[^\]]*\] *)+")  # which part of the decoder speaks, with addresses in memory


class PcmStream:
    """A decoder at work: read blocks of float samples until an empty one."""

    def __init__(self, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self._stdout = stdout
        self._said: list[bytes] = []
        # Messages are drained beside the samples: a full stderr pipe would stop the decoder for ever.
        self._listener = threading.Thread(target=self._listen, args=(stderr,), daemon=True)
        self._listener.start()
        self.sample_rate, self.channels = _au_header(stdout)

    def _listen(self, stderr: IO[bytes]) -> None:
        with stderr:
            self._said.extend(stderr)

    def read(self, size: int) -> Float32[np.ndarray, "samples channels"]:
        """The next `size` samples, fewer at the end."""
        data = self._stdout.read(size * self.channels * 4)
        whole = len(data) - len(data) % (self.channels * 4)
        samples = np.frombuffer(data[:whole], dtype=">f4").astype(np.float32)
        return samples.reshape(-1, self.channels)

    def messages(self) -> str:
        """All that the decoder had to say; call after its end."""
        self._listener.join()
        return b"".join(self._said).decode("utf-8", "replace").strip()


def _au_header(stream: IO[bytes]) -> tuple[int, int]:
    """Rate and channels of an AU stream, which is left at its first sample; (0, 0) if there is none."""
    head = stream.read(24)
    if len(head) < 24 or head[:4] != b".snd":
        return 0, 0
    offset, _size, _encoding, rate, channels = np.frombuffer(head, dtype=">u4")[1:].tolist()
    stream.read(offset - 24)
    return rate, channels


@contextmanager
def _running(path: Path, verbosity: str) -> Iterator[tuple[subprocess.Popen[bytes], PcmStream]]:
    """Start the decoder; whatever happens, it is gone when the block ends."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", verbosity]
    # `file:` is for names with colons; the whitelist keeps playlists from reaching into the network.
    command += ["-protocol_whitelist", "file", "-i", f"file:{path}", "-vn", "-sn", "-dn"]
    command += ["-f", "au", "-c:a", "pcm_f32be", "-"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, creationflags=NO_WINDOW
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield process, PcmStream(process.stdout, process.stderr)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def probe(path: Path) -> tuple[int, int, float]:
    """Rate, channels and promised seconds (0 if unknown) of the first sound in a file; rate 0: no sound."""
    with _running(path, "info") as (process, stream):
        process.kill()
        process.wait()
        found = DURATION.search(stream.messages())
    hours, minutes, seconds = map(float, found.groups()) if found else (0.0, 0.0, 0.0)
    return stream.sample_rate, stream.channels, 3600 * hours + 60 * minutes + seconds


def decode(path: Path, size: int) -> Generator[Float32[np.ndarray, "samples channels"], None, str]:
    """All samples in blocks of `size`. Returns (StopIteration.value) the decoder's complaints, "" if none."""
    with _running(path, "error") as (process, stream):
        while stream.channels and len(block := stream.read(size)):
            yield block
        status, said = process.wait(), stream.messages()
    if status < 0:
        raise SoundError(f"decoding {path.name} was interrupted (signal {-status}); try again")
    return SOURCE.sub("", said.splitlines()[-1]) if said else ""
