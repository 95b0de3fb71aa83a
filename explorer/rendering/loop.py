"""A loop: the last seconds of an excerpt fade into what is before its start, and so into its first frame.

    picture(t) = (1 - w) F(t) + w F(t - span),   w = smoothstep from 0 to 1 over the last seconds

One frame after the last, w is 1: that is F(start), the first frame. Frames are blended and not controls, so
that it holds for every field; nothing runs backward and no clock jumps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.rendering.frames import Frame

FADE_SECONDS = 2.0  # at the end of an excerpt, and at most half of it


class Blend(NamedTuple):
    """How much of another moment is in a picture."""

    weight: float
    t: float  # of the other moment, seconds


@dataclass(frozen=True)
class Loop:
    """An excerpt that ends where it began, seconds of the sound."""

    start: float
    end: float

    @property
    def span(self) -> float:
        """Seconds from one beginning to the next."""
        return self.end - self.start

    @property
    def fade(self) -> float:
        """Seconds at the end that are blended."""
        return min(FADE_SECONDS, self.span / 2)

    @property
    def begin(self) -> float:
        """The earliest moment that is drawn."""
        return max(0.0, self.start - self.fade)

    def blend(self, t: float) -> Blend:
        """What is in the picture at `t`. The sound has nothing before 0: its opening stands still there."""
        share = min(max(1 - (self.end - t) / self.fade, 0.0), 1.0)
        return Blend(share * share * (3 - 2 * share), max(0.0, t - self.span))


def blended(frame: Frame, other: Frame, weight: float) -> Frame:
    """Two frames in one; exactly one of them at a weight of 0 and 1."""
    mean = frame + np.float32(weight) * (other.astype(np.float32) - frame)
    return np.asarray(np.rint(mean), np.uint8)
