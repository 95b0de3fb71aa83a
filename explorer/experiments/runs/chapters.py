"""Chapters of a video: the sections of its sound, by their names where they have some."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.edited_sections import sections_of
from explorer.video.metadata import Chapter


def section_chapters(
    track: FeatureTrack, times: Float64[np.ndarray, " frames"], fps: Fraction
) -> list[Chapter]:
    """A chapter for every section in an excerpt, by the times of its frames."""
    begin, duration = float(times[0]), float(len(times) / fps)
    sections = sections_of(track)
    edges = [*(section.start for section in sections), begin + duration]
    titles = [section.name or f"Section {number}" for number, section in enumerate(sections, start=1)]
    return [
        Chapter(max(0.0, start - begin), min(end - begin, duration), title)
        for title, (start, end) in zip(titles, pairwise(edges), strict=True)
        if end > begin and start < begin + duration
    ]
