"""Reading videos back: size, rate and length, their frames, and their comment.

Everything comes from ffmpeg's own counting of decoded packets (its framecrc output), because the
figures it prints for people are rounded and ffprobe does not ship with imageio-ffmpeg.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from explorer.errors import SettingsError
from explorer.ffmpeg import FFmpeg, file_input
from explorer.video import gif, webp
from explorer.video.metadata import parse

PICTURE_COMMENTS = {".gif": gif.read_comment, ".webp": webp.read_comment}  # without ffmpeg
MILLISECONDS = "1/1000"  # in which WebM and Matroska store times
SCALE_FLAGS = "accurate_rnd+full_chroma_int+full_chroma_inp"  # YUV to RGB without swscale's approximations


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds; `fps` is the mean rate, exact when the rate is constant."""

    size: tuple[int, int]  # pixels (width, height)
    fps: Fraction
    frames: int
    duration: float  # seconds of pictures
    sound_rate: int | None  # Hz, None without sound
    sound_duration: float | None  # seconds of decoded sound

    @property
    def has_sound(self) -> bool:
        return self.sound_rate is not None


def probe(path: str | Path) -> VideoInfo:
    """Measure a video file by reading all of it. Raises SettingsError when it cannot be read as a video."""
    path = Path(path)
    streams = ["-map", "0:v:0", "-c:v", "copy", "-map", "0:a:0?", "-c:a", "pcm_s16le"]
    header: dict[str, str] = {}
    counts: list[int] = [0, 0]
    ticks: list[Fraction | int] = [0, 0]
    times: list[int] = []  # when each picture is, in ticks
    with _reading(path, [*streams, "-f", "framecrc", "-"]) as ffmpeg:
        for line in map(bytes.decode, ffmpeg.stdout):
            if entry := re.match(r"#(\w+ \d): (.*)", line):
                header[entry[1]] = entry[2].strip()
            elif not line.startswith("#"):
                stream, _, time, length, *_ = line.split(",")  # stream, dts, pts, duration, size, checksum
                counts[int(stream)] += 1
                ticks[int(stream)] += int(length)
                if stream == "0":
                    times.append(int(time))
    if header.get("tb 0") == MILLISECONDS and len(times) > 1:  # durations there are rounded, and add up
        ticks[0] = Fraction((max(times) - min(times)) * len(times), len(times) - 1)
    pictures, sound = (ticks[n] * Fraction(header.get(f"tb {n}", "0")) for n in (0, 1))
    if not pictures:
        raise SettingsError(f"cannot read {path}: it holds no moving pictures; choose a video file")
    width, height = header["dimensions 0"].split("x")
    rate = int(header["sample_rate 1"]) if "sample_rate 1" in header else None
    return VideoInfo(
        size=(int(width), int(height)),
        fps=counts[0] / pictures,
        frames=counts[0],
        duration=float(pictures),
        sound_rate=rate,
        sound_duration=None if rate is None else float(sound),
    )


def frame_bytes(path: str | Path) -> list[int]:
    """The encoded size of every frame of a video, in the order of decoding."""
    if Path(path).suffix.lower() == ".webp":
        return webp.frame_bytes(Path(path))
    with _reading(Path(path), ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]) as ffmpeg:
        lines = [line.decode() for line in ffmpeg.stdout]
    return [int(line.split(",")[4]) for line in lines if not line.startswith("#")]


def read_frames(path: str | Path) -> Iterator[UInt8[np.ndarray, "height width 3"]]:
    """Every frame of a video in order, as RGB, with the file's own color matrix (BT.709 for ours).

    One frame is in memory at a time. Raises SettingsError when the file cannot be read to its end.
    """
    rgb = [
        "-vf",
        f"scale=in_range=auto:out_range=pc:flags={SCALE_FLAGS},format=rgb24",
        "-fps_mode",
        "passthrough",
    ]
    arguments = ["-map", "0:v:0", *rgb, "-c:v", "ppm", "-f", "image2pipe", "-"]
    with _reading(Path(path), arguments) as ffmpeg:
        while ffmpeg.stdout.readline():  # each picture has a header: P6, width and height, 255, pixels
            width, height = map(int, ffmpeg.stdout.readline().split())
            ffmpeg.stdout.readline()
            pixels = ffmpeg.stdout.read(width * height * 3)
            if len(pixels) == width * height * 3:
                yield np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def read_comment(path: str | Path) -> str | None:
    """The comment of a video (the recipe, for our own files), None when it has none."""
    if reader := PICTURE_COMMENTS.get(Path(path).suffix.lower()):
        _check_file(Path(path))
        return reader(Path(path))
    with _reading(Path(path), ["-f", "ffmetadata", "-"]) as ffmpeg:
        text = ffmpeg.stdout.read().decode("utf-8", "replace")
    return parse(text).get("comment")


@contextmanager
def _reading(path: Path, arguments: list[str]) -> Iterator[FFmpeg]:
    """ffmpeg reading `path`; its failure is an error, leaving the block early is none."""
    _check_file(path)
    ffmpeg = FFmpeg([*file_input(path), *arguments])
    try:
        yield ffmpeg
        if ffmpeg.wait() != 0:
            reason = ffmpeg.reason()
            reason = "it holds no moving pictures" if reason.startswith("Error opening") else reason
            raise SettingsError(f"cannot read {path}: {reason}; choose a video file")
    finally:
        ffmpeg.stop()


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise SettingsError(f"cannot read {path}: it is a folder; name a video file in it")
    if not path.is_file():
        raise SettingsError(f"cannot read {path}: there is no such file; check the name")
