"""Sounds, pictures and measurements that the tests of this room share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from explorer.video import VideoWriter

SIZE = (64, 48)
AAC_FRAME = 1024  # samples; ffmpeg 7 decodes the last one whole, later versions cut it exactly


class Samples:
    """A sound in memory with the interface of `explorer.audio.Sound`."""

    def __init__(self, values: np.ndarray, sample_rate: int = 44_100) -> None:
        self.values = np.atleast_2d(values.T).T.astype(np.float32)
        self.sample_rate, self.channels = sample_rate, self.values.shape[1]

    def blocks(self, start: float = 0.0, duration: float | None = None) -> Iterator[np.ndarray]:
        first = round(start * self.sample_rate)
        last = len(self.values) if duration is None else first + round(duration * self.sample_rate)
        part = self.values[first:last]
        yield from (part[n : n + 65_536] for n in range(0, len(part), 65_536))


def tone(seconds: float, channels: int = 2, sample_rate: int = 44_100) -> Samples:
    """440 Hz at half of full scale."""
    times = np.arange(round(seconds * sample_rate)) / sample_rate
    return Samples(np.repeat(0.5 * np.sin(2 * np.pi * 440 * times)[:, None], channels, axis=1), sample_rate)


def gray(level: int = 0, size: tuple[int, int] = SIZE) -> np.ndarray:
    """One even frame."""
    return np.full((size[1], size[0], 3), level, np.uint8)


def flicker(
    rate: float,
    seconds: float = 3.0,
    fps: float = 30,
    low: int = 0,
    high: int = 255,
    cut: tuple[slice, slice] = np.s_[:, :],
    ground: int = 0,
    size: tuple[int, int] = (160, 120),
) -> Iterator[np.ndarray]:
    """A square wave of `rate` flashes a second on part of the picture."""
    for n in range(round(seconds * fps)):
        frame = gray(ground, size)
        frame[cut] = high if int(2 * rate * n / fps) % 2 else low
        yield frame


def write_video(path: Path, frames: int = 3, fps: Fraction = Fraction(30), **options: object) -> Path:
    """A small video of `frames` frames that grow brighter."""
    with VideoWriter(path, size=SIZE, fps=fps, frames=frames, **options) as video:
        for n in range(frames):
            video.write(gray(n % 256))
    return path


def ffmpeg_output(path: Path, *arguments: str) -> bytes:
    """What ffmpeg writes to its standard output when it reads `path`."""
    line = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", f"file:{path}", *arguments, "-"]
    return subprocess.run(line, capture_output=True, check=True).stdout


def read_sound(path: Path, channels: int = 1, sample_rate: int = 44_100) -> np.ndarray:
    """The decoded sound of a video, (samples, channels)."""
    raw = ffmpeg_output(path, "-map", "0:a", "-ac", str(channels), "-ar", str(sample_rate), "-f", "f32le")
    return np.frombuffer(raw, "<f4").reshape(-1, channels)
