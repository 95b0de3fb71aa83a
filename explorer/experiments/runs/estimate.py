"""What a render will take, from drawing and encoding a few of its frames beforehand.

Short groups of consecutive frames, evenly spaced over the excerpt, go through the renderer and the encoder
of the render itself. The first of each group is a keyframe, as one frame in 250 of the whole is; the others
build on the one before, as all the rest do. Where drawing is slow, only a part of each frame is
drawn. Time follows from two samples, the second with a quarter of the pixels:

    seconds of a sample = overhead + pixels in all x seconds per pixel
    bytes of a frame ~ pixels ^ BYTES_EXPONENT, from a part to the whole
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio import Sound
from explorer.errors import OutputError
from explorer.experiments.runs.performance import peak_memory_bytes
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.fields import Grid
from explorer.formatting import count_text, duration_text, size_text
from explorer.progress import Progress, silent
from explorer.rendering.frames import MIN_SIDE
from explorer.video import VideoWriter
from explorer.video.containers import CONTAINERS
from explorer.video.decode import frame_bytes
from explorer.video.h264 import KEYFRAME_INTERVAL
from explorer.video.soundtrack import file_bytes

GROUPS = 5
MIN_GROUP_FRAMES, MAX_GROUP_FRAMES = 6, 24
GROUP_PIXELS = 6_000_000  # in a group between those: small frames are drawn so fast that a few are no measure
DRAWING_SECONDS = 1.5  # that drawing the groups may take
BYTES_EXPONENT = 0.93  # measured on six looks: halves of a frame take a tenth more bytes a pixel
TRIAL_SIZE, TRIALS = (320, 180), 3  # the frame that shows how fast drawing is, and how often it is drawn
BUFFERED_FRAMES = 30  # that a render may hold besides: for the contact sheet, and between its stages


@dataclass(frozen=True)
class Estimate:
    """What a render takes, known before it starts."""

    frames: int
    size: tuple[int, int]  # pixels (width, height)
    seconds: float
    file_mb: float  # the finished video, 10^6 bytes
    scratch_mb: float  # files beside it until it is finished
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


def estimate(frames: RecipeFrames, sound: Sound, progress: Progress = silent) -> Estimate | None:
    """Time, file size and memory of a render, measured in about two seconds; None for one about as short.

    Which frames are measured follows from the settings alone; how large they are drawn, from the speed.
    """
    settings = frames.recipe.frames
    count, pixels = len(frames.times), settings.width * settings.height
    pixel_seconds = _pixel_seconds(frames)
    length = _group_frames(pixels)
    if count < 2 * GROUPS * length and (
        count < GROUPS * length or count * pixels * pixel_seconds < DRAWING_SECONDS
    ):
        return None
    times = _groups(frames.times, length)
    size = _reduced(settings.size, DRAWING_SECONDS / (times.size * pixel_seconds))
    large, small = (_sample(frames, each, times, sound, progress) for each in (size, _half(size)))
    container = CONTAINERS[frames.recipe.encoder.container]
    sound_bytes = scratch_bytes = 0
    if container.has_sound:
        sound_bytes, scratch_bytes = file_bytes(sound, float(count / settings.fps))
    return Estimate(
        frames=count,
        size=settings.size,
        seconds=_seconds(large, small, count * pixels),
        file_mb=(large.bytes_of(count) * (pixels / large.pixels) ** BYTES_EXPONENT + sound_bytes) / 1e6,
        scratch_mb=scratch_bytes / 1e6,
        memory_mb=(peak_memory_bytes() + large.memory + BUFFERED_FRAMES * 3 * pixels) / 1e6,
    )


def _pixel_seconds(frames: RecipeFrames) -> float:
    """Seconds to draw a pixel, the best of small frames: the first may compile a kernel."""
    seconds = []
    with frames.sample_renderer(TRIAL_SIZE) as renderer:
        for _ in range(TRIALS):
            start = time.perf_counter()
            renderer.frame(0.0)
            seconds.append(time.perf_counter() - start)
    return min(seconds) / (TRIAL_SIZE[0] * TRIAL_SIZE[1])


def _reduced(size: tuple[int, int], pixels: float) -> tuple[int, int]:
    """The size, halved until a frame has at most so many pixels."""
    while size[0] * size[1] > pixels and min(size) >= 4 * MIN_SIDE:
        size = _half(size)
    return size


def _half(size: tuple[int, int]) -> tuple[int, int]:
    """Half the width and height, even and not too small to be drawn."""
    width, height = (max(MIN_SIDE, side // 4 * 2) for side in size)
    return width, height


def _group_frames(pixels: int) -> int:
    """Frames in a group, for frames of so many pixels."""
    return min(MAX_GROUP_FRAMES, max(MIN_GROUP_FRAMES, GROUP_PIXELS // pixels))


def _groups(times: Float64[np.ndarray, " frames"], length: int) -> Float64[np.ndarray, "groups length"]:
    """The times of the groups: each in the middle of its share of the excerpt."""
    share = len(times) / GROUPS
    firsts = [int((n + 0.5) * share - length / 2) for n in range(GROUPS)]
    return np.stack([times[first : first + length] for first in firsts])


@dataclass(frozen=True)
class Window(Grid):
    """A part of a larger grid: the middle of its upper left quarter, neither center nor edge, or all."""

    whole: Grid

    @property
    def pixel(self) -> float:
        return self.whole.pixel

    def xy(self) -> Float32[np.ndarray, "points 2"]:
        left = min(self.whole.width // 4, (self.whole.width - self.width) // 2)
        top = min(self.whole.height // 4, (self.whole.height - self.height) // 2)
        corner = np.array([left, top], np.float32) * np.float32(self.pixel)
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
        keyframes = -(-count // KEYFRAME_INTERVAL)
        return float(keyframes * self.sizes[:, 0].mean() + (count - keyframes) * self.sizes[:, 1:].mean())


def _sample(
    frames: RecipeFrames,
    size: tuple[int, int],
    times: Float64[np.ndarray, "groups length"],
    sound: Sound,
    progress: Progress,
) -> _Sample:
    """Draw the groups as parts of so many pixels, and encode them into a temporary file, as a render does."""
    settings = frames.recipe.frames
    window = Window(*size, Grid(*settings.size))
    with (
        frames.sample_renderer(window) as renderer,
        tempfile.TemporaryDirectory(prefix="explorer-") as folder,
    ):
        start = time.perf_counter()
        path = Path(folder) / f"sample.{frames.recipe.encoder.container}"
        writer = VideoWriter(
            path,
            size=size,
            fps=settings.fps,
            frames=times.size,
            sound=sound,
            start=float(times[0, 0]),
            encoder=frames.recipe.encoder,
            threads=renderer.threads,
            keyframes=times.shape[1],
        )
        with writer:
            for n, frame in enumerate(renderer.frames(times.flat)):
                writer.write(frame)
                progress("estimating", n + 1, times.size)
            memory = writer.encoder_memory()
        seconds = time.perf_counter() - start
        sizes = np.reshape(frame_bytes(path), times.shape).astype(np.float64)
    return _Sample(size[0] * size[1], seconds, sizes, memory)


def _seconds(large: _Sample, small: _Sample, pixels: int) -> float:
    """Seconds for so many pixels in all, by the straight line through both samples."""
    sampled = large.pixels * large.sizes.size
    slope = (large.seconds - small.seconds) / max(1, sampled - small.pixels * small.sizes.size)
    overhead = min(small.seconds, max(0.0, large.seconds - slope * sampled))
    return overhead + max(slope, 0.0) * pixels


def _check_space(folder: Path, needed_mb: float) -> None:
    """Raise OutputError when so much does not fit on the disk of a folder, which need not exist yet."""
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.is_dir())
    free_mb = shutil.disk_usage(existing).free / 1e6
    if free_mb < needed_mb:
        raise OutputError(
            f"the video needs about {size_text(needed_mb * 1e6)} and {existing} has "
            f"{size_text(free_mb * 1e6)} free; free some space or choose another folder"
        )
