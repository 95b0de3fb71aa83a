"""What is measured in a video file, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from explorer.diagnostics.sync import Sync
from explorer.rendering.flashes import Flashes
from explorer.video import VideoInfo


@dataclass(frozen=True)
class Stretch:
    """A part of a video, in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, eq=False, repr=False)
class VideoResult:
    """What was measured in a video file.

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
                "worst_red": flashes.red,
                "seconds_over_red": flashes.red_over,
                "passed": flashes.passed,
            },
            "sync": sync
            and {
                "correlation": sync.correlation,
                "lag_ms": sync.lag_ms,
                "p": sync.p,
                "chance": sync.critical_correlation,
            },
        }
