"""Measure a video file of any make: does it move, does it flash, does it follow its sound?"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from jaxtyping import Float64

from explorer.audio import open_sound
from explorer.diagnostics.sync import Series, Sync, synchrony
from explorer.errors import SoundError
from explorer.formatting import count_text, percent_text
from explorer.progress import Progress, silent
from explorer.rendering.flashes import ALLOWED, FlashCounter, Flashes
from explorer.rendering.renderer import Frame
from explorer.video import VideoInfo, probe, read_frames

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STILL = 4.0  # level^2: nobody sees 2 levels, and a coder adds as much to a picture that stands still
SHORTEST = 0.5  # seconds: shorter rests are part of the motion
NOTABLE = 0.05  # p below which a peak is said to follow the sound


@dataclass(frozen=True)
class Stretch:
    """A part of a video, in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, eq=False, repr=False)
class VideoMeasures:
    """What was found in a video file.

    `change[n]` is the mean squared difference of frame n from the one before, in 8-bit levels^2 over all
    pixels and channels (0 for the first frame); `frame_variance` is its mean. `static` lists stretches of
    half a second and more in which every frame is within 4 level^2 of the first and of the one before.
    `flash_rate` holds for the second that ends with each frame. `sync` is None without sound, or when the
    picture or the sound stays the same throughout.
    """

    name: str
    info: VideoInfo
    change: Float64[np.ndarray, " frames"]
    static: tuple[Stretch, ...]
    flashes: Flashes
    flash_rate: Float64[np.ndarray, " frames"]
    sync: Sync | None
    onsets: Float64[np.ndarray, " frames"] | None

    @property
    def frame_variance(self) -> float:
        """Frame-to-frame variance, level^2: the mean of `change` over all pairs of frames."""
        return float(self.change[1:].mean()) if len(self.change) > 1 else 0.0

    @property
    def static_share(self) -> float:
        """Share of the video's time in static stretches."""
        return sum(stretch.seconds for stretch in self.static) / self.info.duration

    def over_time(self, seconds: float = 1.0) -> Float64[np.ndarray, " parts"]:
        """Frame-to-frame variance of consecutive parts, `seconds` long each."""
        step = max(1, round(seconds * self.info.fps))
        starts = np.arange(0, len(self.change), step)
        lengths = np.diff([*starts, len(self.change)])
        lengths[0] = max(1, lengths[0] - 1)  # the first frame has no one before it
        return np.asarray(np.add.reduceat(self.change, starts) / lengths)

    def summary(self) -> str:
        """A few lines of plain ASCII."""
        return "\n".join([_said_what(self), _said_motion(self), _said_flashes(self), _said_sync(self)])

    __repr__ = summary  # what a prompt shows

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the motion as one number a second."""
        flashes, sync = self.flashes, self.sync
        return {
            "name": self.name,
            "size": list(self.info.size),
            "fps": str(self.info.fps),
            "frames": self.info.frames,
            "seconds": self.info.duration,
            "frame_variance": self.frame_variance,
            "frame_variance_each_second": [round(float(part), 4) for part in self.over_time()],
            "static": [[stretch.start, stretch.end] for stretch in self.static],
            "static_share": self.static_share,
            "flashes": {
                "worst": flashes.worst,
                "at": flashes.at,
                "seconds_over": flashes.over,
                "passed": flashes.passed,
            },
            "sync": sync
            and {"correlation": sync.correlation, "lag_ms": sync.lag_ms, "p": sync.p, "chance": sync.chance},
        }

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
    counter, stills = FlashCounter(info.fps), Stills()
    change: list[float] = []
    flash_rate: list[float] = []
    before: Frame | None = None
    with closing(cast(Generator[Frame], read_frames(path))) as frames:
        for n, frame in enumerate(frames):
            change.append(0.0 if before is None else mean_square(frame, before))
            stills.take(frame, moved=change[-1])
            flash_rate.append(counter.take(frame))
            before = frame
            progress("measuring the picture", n + 1, max(info.frames, n + 1))
    onsets = _onsets(path, info, progress) if info.has_sound else None
    changes = np.array(change)
    return VideoMeasures(
        name=path.name,
        info=info,
        change=changes,
        static=stills.stretches(float(info.fps)),
        flashes=counter.result(),
        flash_rate=np.array(flash_rate, np.float64),
        sync=None if onsets is None else synchrony(np.sqrt(changes), onsets, float(info.fps)),
        onsets=onsets,
    )


class Stills:
    """Finds stretches in which no frame differs visibly from the first; holds that one frame."""

    def __init__(self) -> None:
        self._found: list[tuple[int, int]] = []
        self._reference: Frame | None = None
        self._start = self._frames = 0

    def take(self, frame: Frame, moved: float) -> None:
        """One more frame; `moved` is its `mean_square` from the one before."""
        new = self._reference is None or moved >= STILL or mean_square(frame, self._reference) >= STILL
        if new:
            self._found.append((self._start, self._frames))
            self._reference, self._start = frame, self._frames
        self._frames += 1

    def stretches(self, fps: float) -> tuple[Stretch, ...]:
        """Those of `SHORTEST` seconds and more, in order."""
        runs = [*self._found, (self._start, self._frames)]
        return tuple(
            Stretch(first / fps, end / fps) for first, end in runs if end - first >= SHORTEST * fps > 0
        )


def mean_square(frame: Frame, other: Frame) -> float:
    """Mean squared difference over pixels and channels, level^2."""
    total = 0.0
    for row in range(0, len(frame), 64):  # a part at a time: no copy of a whole frame in wider numbers
        difference = np.subtract(frame[row : row + 64], other[row : row + 64], dtype=np.int16).ravel()
        wide = difference.astype(np.float32)
        total += float(np.dot(wide, wide))
    return total / frame.size


def _onsets(path: Path, info: VideoInfo, progress: Progress) -> Series | None:
    """Onset strength at the time of every frame; zeros after the sound's end. None: it cannot be decoded."""
    from explorer.audio.features import FEATURES  # librosa is slow to load
    from explorer.audio.spectral import measure

    progress("measuring the sound", 0, 1)
    try:
        sound = open_sound(path)
        with closing(sound.blocks()) as blocks:
            raw, _ = measure(blocks, sound.sample_rate, float(info.fps))
    except SoundError:  # a stream that claims sound and holds none
        return None
    progress("measuring the sound", 1, 1)
    found = np.zeros(info.frames)
    column = raw[: info.frames, FEATURES.index("onset")]
    found[1 : len(column)] = column[1:]  # a sound that begins loud is no change that a first frame could show
    return found


def _said_what(found: VideoMeasures) -> str:
    info = found.info
    sound = "with sound" if info.has_sound else "no sound"
    return (
        f"{found.name}: {info.size[0]} x {info.size[1]}, {count_text(info.frames, 'frame')} at "
        f"{float(info.fps):.5g} fps, {info.duration:.2f} s, {sound}"
    )


def _said_motion(found: VideoMeasures) -> str:
    said = f"motion: frame-to-frame variance {found.frame_variance:.4g} levels^2"
    if not found.static:
        return said + ", never static"
    longest = max(found.static, key=lambda stretch: stretch.seconds)
    return (
        f"{said}, static {percent_text(found.static_share)} of the time in "
        f"{count_text(len(found.static), 'stretch', 'stretches')}, "
        f"the longest {longest.start:.2f}-{longest.end:.2f} s"
    )


def _said_flashes(found: VideoMeasures) -> str:
    flashes = found.flashes
    said = f"flashes: at most {flashes.worst:g} in any second"
    if flashes.passed:
        return f"{said}, within the limit of {ALLOWED:g} (WCAG 2.3.1)"
    return (
        f"{said} (to {flashes.at:.2f} s): MORE THAN THE {ALLOWED:g} THAT WCAG 2.3.1 ALLOWS, "
        f"for {flashes.over:.1f} s"
    )


def _said_sync(found: VideoMeasures) -> str:
    if not found.info.has_sound:
        return "sound: none"
    sync = found.sync
    if sync is None:
        return "sound: nothing to compare, the picture or the sound stays the same"
    late = "late" if sync.lag_ms >= 0 else "early"
    said = (
        f"sound: correlation {sync.correlation:.2f} with the onsets, picture {abs(sync.lag_ms):.0f} ms {late}"
    )
    if sync.p is None:
        return said + " (too short to tell from chance)"
    verdict = "follows the sound" if sync.p < NOTABLE else "no better than by chance"
    return f"{said}; {verdict} (p = {sync.p:.3f} over shifts)"
