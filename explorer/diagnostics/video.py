"""Measure a video file of any make: does it move, does it flash, does it follow its sound?"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from explorer.audio import open_sound
from explorer.diagnostics.results.video_result import Stretch, VideoResult
from explorer.diagnostics.sync import Series, synchrony
from explorer.diagnostics.texts.video_text import describe_video
from explorer.errors import SoundError
from explorer.progress import Progress, silent
from explorer.rendering.flashes import FlashCounter
from explorer.rendering.frames import Frame
from explorer.video import VideoInfo, probe, read_frames

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STATIC_CHANGE = 4.0  # level^2: nobody sees 2 levels, and an encoder adds as much to a still picture
MIN_STATIC_SECONDS = 0.5  # shorter rests are part of the motion


class VideoMeasures(VideoResult):
    """A `VideoResult` as text and as a picture: what `measure_video` returns."""

    def summary(self) -> str:
        """A few lines of plain ASCII."""
        return describe_video(self)

    __repr__ = summary  # what a prompt shows

    def figure(self) -> Figure:
        """Motion, flashes and sound over time, and the cross-correlation beside them."""
        from explorer.diagnostics.plots.video_plot import draw_video  # matplotlib is slow to load

        return draw_video(self)


def measure_video(path: str | Path, progress: Progress = silent) -> VideoMeasures:
    """Measure a video file, ours or not, reading it once from end to end.

    Memory does not grow with its length but for a few numbers a frame. A varying frame rate is taken as
    its mean. Raises SettingsError when the file cannot be read as a video; an exception from `progress`
    stops the work.
    """
    path = Path(path)
    info = probe(path)
    counter, stretches = FlashCounter(info.fps), StaticStretches()
    change: list[float] = []
    flash_rate: list[float] = []
    previous: Frame | None = None
    with closing(cast(Generator[Frame], read_frames(path))) as frames:
        for n, frame in enumerate(frames):
            change.append(0.0 if previous is None else mean_square(frame, previous))
            stretches.take(frame, change[-1])
            flash_rate.append(counter.take(frame))
            previous = frame
            progress("measuring the picture", n + 1, max(info.frames, n + 1))
    onsets = _onsets(path, info, progress) if info.has_sound else None
    changes = np.array(change)
    return VideoMeasures(
        name=path.name,
        info=info,
        change=changes,
        static=stretches.result(float(info.fps)),
        flashes=counter.result(),
        flash_rate=np.array(flash_rate, np.float64),
        sync=None if onsets is None else synchrony(np.sqrt(changes), onsets, float(info.fps)),
        onsets=onsets,
    )


class StaticStretches:
    """Collects stretches in which no frame differs visibly from the first; holds that one frame."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []
        self._reference: Frame | None = None
        self._start = self._frames = 0

    def take(self, frame: Frame, change: float) -> None:
        """One more frame; `change` is its `mean_square` from the one before."""
        reference = self._reference
        if reference is None or change >= STATIC_CHANGE or mean_square(frame, reference) >= STATIC_CHANGE:
            self._ranges.append((self._start, self._frames))
            self._reference, self._start = frame, self._frames
        self._frames += 1

    def result(self, fps: float) -> tuple[Stretch, ...]:
        """Those of `MIN_STATIC_SECONDS` and more, in order."""
        ranges = [*self._ranges, (self._start, self._frames)]
        return tuple(
            Stretch(first / fps, end / fps)
            for first, end in ranges
            if end - first >= MIN_STATIC_SECONDS * fps > 0
        )


def mean_square(frame: Frame, other: Frame) -> float:
    """Mean squared difference over pixels and channels, level^2."""
    total = 0.0
    for row in range(0, len(frame), 64):  # in parts: no copy of a whole frame in wider numbers
        difference = np.subtract(frame[row : row + 64], other[row : row + 64], dtype=np.int16).ravel()
        wide = difference.astype(np.float32)
        total += float(np.dot(wide, wide))
    return total / frame.size


def _onsets(path: Path, info: VideoInfo, progress: Progress) -> Series | None:
    """Onset strength at the time of every frame; zeros after the sound's end. None: it cannot be decoded."""
    from explorer.audio.features import FEATURES  # SciPy is slow to load
    from explorer.audio.spectral import measure

    progress("measuring the sound", 0, 1)
    try:
        sound = open_sound(path)
        with closing(sound.blocks()) as blocks:
            raw, _ = measure(blocks, sound.sample_rate, float(info.fps))
    except SoundError:  # a stream that claims sound and holds none
        return None
    progress("measuring the sound", 1, 1)
    onsets = np.zeros(info.frames)
    column = raw[: info.frames, FEATURES.index("onset")]
    onsets[1 : len(column)] = column[1:]  # a loud start is no change that a first frame could show
    return onsets
