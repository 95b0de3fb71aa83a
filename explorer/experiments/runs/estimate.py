"""What a render will take, from doing a little of each of its steps beforehand.

Drawing and encoding: short groups of consecutive frames, evenly spaced over the excerpt, go through the
renderer and the encoder of the render itself. The first frame of each group is a keyframe, as one in 250 of
the whole is; the others build on the one before, as all the rest do. Where drawing is slow, only a part of
each frame is drawn, another one in each group. The groups after the first show what a pixel takes:

    seconds = overhead + pixels in all x seconds per pixel
    bytes of a frame ~ pixels ^ BYTES_EXPONENT, from a part to the whole

The search for flashes (see `rendering.flash_cost`) and the diagnosis are estimated by themselves.
"""

from __future__ import annotations

import math
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio import Sound
from explorer.diagnostics.diagnosis import BUDGETS
from explorer.diagnostics.sampling import sample, sampling_threads
from explorer.errors import OutputError
from explorer.experiments.runs.performance import peak_memory_bytes
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.fields import Grid
from explorer.formatting import count_text, duration_text, size_text
from explorer.progress import Progress, silent
from explorer.rendering.flash_cost import flash_search_seconds
from explorer.rendering.frames import MIN_SIDE
from explorer.threads import usable_threads
from explorer.video import VideoWriter
from explorer.video.containers import CONTAINERS
from explorer.video.decode import frame_bytes
from explorer.video.h264 import KEYFRAME_INTERVAL
from explorer.video.soundtrack import file_bytes

STEP = "estimating"
PLACES = (0.5, 0.5), (0.2, 0.3), (0.8, 0.7), (0.3, 0.8), (0.7, 0.2)  # of each group's part of a frame
GROUPS = len(PLACES)
MIN_GROUP_FRAMES, MAX_GROUP_FRAMES = 3, 24
GROUP_PIXELS = 3_000_000  # in a group between those: small frames are drawn so fast that a few are no measure
DRAWING_SHARE = 0.05  # of the work that drawing the groups may take
MIN_DRAWING_SECONDS, MAX_DRAWING_SECONDS = 0.4, 1.5
MIN_SECONDS = 0.5  # of work: less is about as quick as measuring it
BYTES_EXPONENT = 0.93  # measured on six looks: halves of a frame take a tenth more bytes a pixel
TRIALS = 3  # frames that show how fast drawing is
TRIAL_SIZES = (64, 36), (320, 180)  # theirs; the second where drawing is fast and takes longer than that
MAX_TRIAL_SECONDS = 0.01  # of the first, for the second to be drawn
MAX_CLOSING_SECONDS = 0.5  # that ending a file takes, whatever its length
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
    """Time, file size and memory of a render, measured in a twentieth of its time; None for a short one.

    Which frames are measured follows from the settings alone; how large they are drawn, from the speed.
    """
    settings = frames.recipe.frames
    count, pixels = len(frames.times), settings.width * settings.height
    progress(STEP, 0, 1)
    each = pixel_seconds(frames)
    others = _flash_seconds(frames) + diagnosis_seconds(frames, "draft")
    if count * pixels * each + others < MIN_SECONDS:
        return None
    part = encoded_sample(frames, sound, each, progress)
    container = CONTAINERS[frames.recipe.encoder.container]
    sound_bytes = scratch_bytes = 0
    if container.has_sound:
        sound_bytes, scratch_bytes = file_bytes(sound, float(count / settings.fps))
    return Estimate(
        frames=count,
        size=settings.size,
        seconds=part.seconds_of(count * pixels) + others,
        file_mb=(part.bytes_of(count, pixels) + sound_bytes) / 1e6,
        scratch_mb=scratch_bytes / 1e6,
        memory_mb=(peak_memory_bytes() + part.memory + BUFFERED_FRAMES * 3 * pixels) / 1e6,
    )


def pixel_seconds(frames: RecipeFrames) -> float:
    """Seconds to draw a pixel, in the better of small frames: the first may compile a kernel."""
    moments = frames.times[np.linspace(0, len(frames.times) - 1, TRIALS).astype(int)]
    whole = len(frames.times) * math.prod(frames.recipe.frames.size)
    sizes = TRIAL_SIZES if TRIALS * math.prod(TRIAL_SIZES[-1]) < whole else TRIAL_SIZES[:1]
    for size in sizes:
        with frames.sample_renderer(Window(*size, Grid(*frames.recipe.frames.size))) as renderer:
            seconds = min(clocked(partial(renderer.frame, float(t))) for t in moments)
        if seconds > MAX_TRIAL_SECONDS:
            break
    return seconds / (size[0] * size[1])


def clocked(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _flash_seconds(frames: RecipeFrames) -> float:
    """Seconds of the search for flashes."""
    if frames.exposure is None:
        return 0.0
    begin = frames.loop.begin if frames.loop else frames.times[0]
    return flash_search_seconds(frames.exposure, frames.exposure.missing_moments(begin, frames.times[-1]))


def diagnosis_seconds(frames: RecipeFrames, budget: str) -> float:
    """Seconds of the diagnosis, from one of its blocks."""
    recipe, whole = frames.recipe, BUDGETS[budget]
    block = replace(whole, blocks=1)
    seconds = clocked(lambda: sample(recipe.field, frames.track, recipe.frames, block, 0, threads=1))
    return seconds * whole.blocks / sampling_threads(recipe.field, frames.threads)


def encoded_sample(
    frames: RecipeFrames, sound: Sound, seconds: float, progress: Progress = silent
) -> EncodedSample:
    """Groups of frames, drawn and encoded in a twentieth of the time, at so many `seconds` per pixel."""
    settings = frames.recipe.frames
    pixels = settings.width * settings.height
    drawing = len(frames.times) * pixels * seconds
    affordable = min(MAX_DRAWING_SECONDS, max(MIN_DRAWING_SECONDS, DRAWING_SHARE * drawing)) / seconds
    times = _groups(frames.times, _group_frames(pixels, affordable))
    return _sample(frames, _reduced(settings.size, affordable / times.size), times, sound, progress)


def _reduced(size: tuple[int, int], pixels: float) -> tuple[int, int]:
    """The size, halved until a frame has at most so many pixels."""
    while size[0] * size[1] > pixels and min(size) >= 4 * MIN_SIDE:
        size = _half(size)
    return size


def _half(size: tuple[int, int]) -> tuple[int, int]:
    """Half the width and height, even and not too small to be drawn."""
    width, height = (max(MIN_SIDE, side // 4 * 2) for side in size)
    return width, height


def _group_frames(pixels: int, affordable: float) -> int:
    """Frames in a group, for frames of so many pixels and so many that may be drawn in all."""
    length = min(GROUP_PIXELS, int(affordable / GROUPS)) // pixels
    return min(MAX_GROUP_FRAMES, max(MIN_GROUP_FRAMES, length))


def _groups(times: Float64[np.ndarray, " frames"], length: int) -> Float64[np.ndarray, "groups length"]:
    """The times of the groups: each in the middle of its share of the excerpt."""
    length = max(1, min(length, len(times) // 2))
    groups = min(GROUPS, len(times) // length)
    share = len(times) / groups
    firsts = [int((n + 0.5) * share - length / 2) for n in range(groups)]
    return np.stack([times[first : first + length] for first in firsts])


@dataclass(frozen=True)
class Window(Grid):
    """A part of a larger grid. `place` says where: the shares of what is left beside and above it."""

    whole: Grid
    place: tuple[float, float] = (0.5, 0.5)

    @property
    def pixel(self) -> float:
        return self.whole.pixel

    @property
    def corner(self) -> tuple[int, int]:
        """Column and row of the upper left pixel."""
        left, top = ((self.whole.width - self.width), (self.whole.height - self.height))
        return round(self.place[0] * left), round(self.place[1] * top)

    def xy(self) -> Float32[np.ndarray, "points 2"]:
        center = np.array(self.corner) + np.array([self.width, self.height]) / 2
        shift = center - np.array([self.whole.width, self.whole.height]) / 2
        shifted: Float32[np.ndarray, "points 2"] = super().xy() + (shift * self.pixel).astype(np.float32)
        return shifted


@dataclass(frozen=True)
class EncodedSample:
    """The groups, drawn and encoded."""

    pixels: int  # of a frame
    seconds: float
    group_seconds: Float64[np.ndarray, " groups"]  # until each was written; the first waits for the encoder
    sizes: Float64[np.ndarray, "groups length"]  # bytes of each frame
    memory: int  # bytes that the encoder held

    def seconds_of(self, pixels: int) -> float:
        """Seconds for so many pixels in all."""
        group = self.pixels * self.sizes.shape[1]
        each = float(np.median(self.group_seconds[1:] if len(self.sizes) > 1 else self.group_seconds)) / group
        closing = self.seconds - float(self.group_seconds.sum())  # long for an encoder that looks ahead
        each += max(0.0, closing - MAX_CLOSING_SECONDS) / (group * len(self.sizes))
        overhead = max(0.0, self.seconds - each * group * len(self.sizes))
        return float(overhead + each * pixels)

    def bytes_of(self, count: int, pixels: int) -> float:
        """Bytes of so many frames in one piece, of so many pixels each."""
        keyframes = -(-count // KEYFRAME_INTERVAL)
        others = self.sizes[:, 1:].mean() if self.sizes.shape[1] > 1 else 0.0
        total = keyframes * self.sizes[:, 0].mean() + (count - keyframes) * others
        return float(total * (pixels / self.pixels) ** BYTES_EXPONENT)


def _sample(
    frames: RecipeFrames,
    size: tuple[int, int],
    times: Float64[np.ndarray, "groups length"],
    sound: Sound,
    progress: Progress,
) -> EncodedSample:
    """Draw the groups as parts of so many pixels, and encode them into a temporary file, as a render does."""
    settings = frames.recipe.frames
    windows = [Window(*size, Grid(*settings.size), place) for place in PLACES[: len(times)]]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="explorer-"))
        renderers = {window.corner: frames.sample_renderer(window) for window in windows}
        for renderer in renderers.values():
            stack.enter_context(renderer)
        path = Path(folder) / f"sample.{frames.recipe.encoder.container}"
        writer = VideoWriter(
            path,
            size=size,
            fps=settings.fps,
            frames=times.size,
            sound=sound,
            start=float(times[0, 0]),
            encoder=frames.recipe.encoder,
            threads=frames.threads or usable_threads(),
            keyframes=times.shape[1],
        )
        marks = [time.perf_counter()]
        with writer:
            for window, group in zip(windows, times, strict=True):
                for frame in renderers[window.corner].frames(group):
                    writer.write(frame)
                marks.append(time.perf_counter())
                progress(STEP, len(marks) - 1, len(times))
            memory = writer.encoder_memory()
        seconds = time.perf_counter() - marks[0]
        sizes = np.array(frame_bytes(path), np.float64)
        if len(sizes) != times.size:  # equal frames are stored once
            sizes = np.full(times.size, sizes.sum() / times.size)
    return EncodedSample(size[0] * size[1], seconds, np.diff(marks), sizes.reshape(times.shape), memory)


def _check_space(folder: Path, needed_mb: float) -> None:
    """Raise OutputError when so much does not fit on the disk of a folder, which need not exist yet."""
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.is_dir())
    free_mb = shutil.disk_usage(existing).free / 1e6
    if free_mb < needed_mb:
        raise OutputError(
            f"the video needs about {size_text(needed_mb * 1e6)} and {existing} has "
            f"{size_text(free_mb * 1e6)} free; free some space or choose another folder"
        )
