"""What a render will take, from drawing and encoding a few of its frames beforehand.

Short groups of consecutive frames, evenly spaced over the excerpt, go through the renderer and the encoder
of the render itself. The first of each group stands alone, as one frame in 250 of the whole does; the
others build on the one before, as all the rest do. Where drawing is slow, only a part of each frame is
drawn. Time follows from two samples, the second with a quarter of the pixels:

    seconds of a sample = begin + pixels in all x pace
    bytes of a frame ~ pixels ^ GROWTH, from a part to the whole
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack, Sound
from explorer.errors import OutputError
from explorer.experiments.runs.peak_memory import peak_memory_bytes
from explorer.fields import FieldSettings, Grid
from explorer.formatting import count_text, duration_text, size_text
from explorer.progress import Progress, silent
from explorer.rendering import Device, FrameSettings, Renderer
from explorer.rendering.frames import SMALLEST
from explorer.video import EncoderSettings, VideoWriter
from explorer.video.decode import frame_bytes
from explorer.video.h264 import KEYFRAMES
from explorer.video.soundtrack import file_bytes

GROUPS = 5
SHORTEST, LONGEST = 6, 24  # frames in a group
GROUP_PIXELS = 6_000_000  # in a group between those: small frames are drawn so fast that a few tell nothing
BUDGET = 1.5  # seconds that drawing the groups may take
GROWTH = 0.93  # measured on six looks: halves of a frame take about a tenth more bytes a pixel than the frame
TRIAL, TRIALS = (320, 180), 3  # the frame that tells how fast drawing is, and how often it is drawn
HELD = 30  # frames that a render may hold besides: for the contact sheet, and between its stages


@dataclass(frozen=True)
class Estimate:
    """What a render takes, told before it starts."""

    frames: int
    size: tuple[int, int]  # pixels (width, height)
    seconds: float
    file_mb: float  # the finished video, 10^6 bytes
    scratch_mb: float  # what lies beside it until it is finished
    memory_mb: float  # at most, the encoder's included

    def __str__(self) -> str:
        width, height = self.size
        return (
            f"{count_text(self.frames, 'frame')} of {width}x{height}: about {duration_text(self.seconds)}, "
            f"{size_text(self.file_mb * 1e6)}, at most {size_text(self.memory_mb * 1e6)} of memory"
        )

    def check_space(self, folder: Path, out: Path | None = None) -> None:
        """Raise OutputError unless the run's `folder`, and that of a copy `out`, have room for the video."""
        _check_space(folder, self.file_mb + self.scratch_mb)
        if out is not None:
            _check_space(out.absolute().parent, self.file_mb)


def estimate(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    *,
    sound: Sound,
    device: Device,
    encoder: EncoderSettings,
    threads: int | None = None,
    progress: Progress = silent,
) -> Estimate | None:
    """Time, file size and memory of a render, measured in about two seconds; None for one about as short.

    Which frames are measured follows from the settings alone; how large they are drawn, from the speed.
    """
    times = frames.times(track.duration)
    count, pixels = len(times), frames.width * frames.height
    pace = _pace(field, track, device, threads)
    length = _length(pixels)
    if count < 2 * GROUPS * length and (count < GROUPS * length or count * pixels * pace < BUDGET):
        return None
    chosen = _groups(times, length)
    size = _small_enough(frames.size, BUDGET / (chosen.size * pace))
    samples = []
    for each in (size, _half(size)):
        window = Window(*each, Grid(*frames.size))
        with Renderer(field, track, window, device=device, threads=threads) as renderer:
            samples.append(_sample(renderer, chosen, frames, sound, encoder, progress))
    large, small = samples
    in_file, beside = file_bytes(sound, float(count / frames.fps))
    return Estimate(
        frames=count,
        size=frames.size,
        seconds=_seconds(large, small, count * pixels),
        file_mb=(large.bytes_of(count) * (pixels / large.pixels) ** GROWTH + in_file) / 1e6,
        scratch_mb=beside / 1e6,
        memory_mb=(peak_memory_bytes() + large.memory + HELD * 3 * pixels) / 1e6,
    )


def _pace(field: FieldSettings, track: FeatureTrack, device: Device, threads: int | None) -> float:
    """Seconds to draw a pixel, the best of small frames: the first may compile a kernel."""
    taken = []
    with Renderer(field, track, TRIAL, device=device, threads=threads) as renderer:
        for _ in range(TRIALS):
            began = time.perf_counter()
            renderer.frame(0.0)
            taken.append(time.perf_counter() - began)
    return min(taken) / (TRIAL[0] * TRIAL[1])


def _small_enough(size: tuple[int, int], pixels: float) -> tuple[int, int]:
    """The size, halved until a frame has at most so many pixels."""
    while size[0] * size[1] > pixels and min(size) >= 4 * SMALLEST:
        size = _half(size)
    return size


def _half(size: tuple[int, int]) -> tuple[int, int]:
    """Half the width and height, even and not too small to be drawn."""
    width, height = (max(SMALLEST, side // 4 * 2) for side in size)
    return width, height


def _length(pixels: int) -> int:
    """Frames in a group, for frames of so many pixels."""
    return min(LONGEST, max(SHORTEST, GROUP_PIXELS // pixels))


def _groups(times: Float64[np.ndarray, " frames"], length: int) -> Float64[np.ndarray, "groups length"]:
    """The times of the groups: each in the middle of its share of the excerpt."""
    share = len(times) / GROUPS
    firsts = [int((n + 0.5) * share - length / 2) for n in range(GROUPS)]
    return np.stack([times[first : first + length] for first in firsts])


@dataclass(frozen=True)
class Window(Grid):
    """A part of a larger grid: the middle of its upper left quarter, neither centre nor edge, or all."""

    whole: Grid

    @property
    def pixel(self) -> float:
        return self.whole.pixel

    def xy(self) -> Float32[np.ndarray, "points 2"]:
        left = min(self.whole.width // 4, (self.whole.width - self.width) // 2)
        up = min(self.whole.height // 4, (self.whole.height - self.height) // 2)
        corner = np.array([left, up], np.float32) * np.float32(self.pixel)
        shifted: Float32[np.ndarray, "points 2"] = super().xy() - corner
        return shifted


@dataclass(frozen=True)
class _Sample:
    """The groups, drawn and encoded."""

    pixels: int  # of a frame
    seconds: float
    sizes: Float64[np.ndarray, "groups length"]  # bytes of each frame
    memory: int  # bytes that the encoder held

    def bytes_of(self, count: int) -> float:
        """Bytes of so many frames in one piece."""
        alone = -(-count // KEYFRAMES)
        return float(alone * self.sizes[:, 0].mean() + (count - alone) * self.sizes[:, 1:].mean())


def _sample(
    renderer: Renderer,
    chosen: Float64[np.ndarray, "groups length"],
    frames: FrameSettings,
    sound: Sound,
    encoder: EncoderSettings,
    progress: Progress,
) -> _Sample:
    """Draw and encode the groups into a temporary file, as a render does."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="explorer-") as folder:
        path = Path(folder) / "sample.mp4"
        writer = VideoWriter(
            path,
            size=(renderer.grid.width, renderer.grid.height),
            fps=frames.fps,
            frames=chosen.size,
            sound=sound,
            start=float(chosen[0, 0]),
            encoder=encoder,
            threads=renderer.threads,
            keyframes=chosen.shape[1],
        )
        with writer:
            for n, frame in enumerate(renderer.frames(chosen.flat)):
                writer.write(frame)
                progress("estimating", n + 1, chosen.size)
            memory = writer.encoder_memory()
        seconds = time.perf_counter() - began
        sizes = np.reshape(frame_bytes(path), chosen.shape).astype(np.float64)
    return _Sample(renderer.grid.width * renderer.grid.height, seconds, sizes, memory)


def _seconds(large: _Sample, small: _Sample, pixels: int) -> float:
    """Seconds for so many pixels in all, by the straight line through both samples."""
    drawn = large.pixels * large.sizes.size
    pace = (large.seconds - small.seconds) / max(1, drawn - small.pixels * small.sizes.size)
    begin = min(small.seconds, max(0.0, large.seconds - pace * drawn))
    return begin + max(pace, 0.0) * pixels


def _check_space(folder: Path, needed_mb: float) -> None:
    """Raise OutputError when so much does not fit on the disk of a folder, which need not exist yet."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.is_dir())
    free_mb = shutil.disk_usage(there).free / 1e6
    if free_mb < needed_mb:
        raise OutputError(
            f"the video needs about {size_text(needed_mb * 1e6)} and {there} has {size_text(free_mb * 1e6)} "
            "free; free some space or choose another folder"
        )
