"""Chapters of a video: the sections of its sound."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.fields.sections import section_starts
from explorer.video.metadata import Chapter


def section_chapters(
    track: FeatureTrack, times: Float64[np.ndarray, " frames"], fps: Fraction
) -> list[Chapter]:
    """A chapter for every section in an excerpt, by the times of its frames."""
    begin, duration = float(times[0]), float(len(times) / fps)
    edges = [*section_starts(track, 0.0).tolist(), begin + duration]
    return [
        Chapter(max(0.0, start - begin), min(end - begin, duration), f"Section {number}")
        for number, (start, end) in enumerate(pairwise(edges), start=1)
        if end > begin and start < begin + duration
    ]
