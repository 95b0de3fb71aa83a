"""Sections: settings of how a field changes with the parts of the music, and where the parts are."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import numpy as np
from jaxtyping import Float64
from pydantic import AfterValidator

from explorer.audio import FeatureTrack
from explorer.fields.palette import check_palette
from explorer.settings import Settings, knob

NAMES = ("section number", "section age")


class Sections(Settings):
    """A field changes its seed and palette where a section of the music begins.

    The new one opens as a ring from the center, behind a bright front. The first section has the field's own
    seed and palette; the next ones take `seeds` and `palettes` in turn. Without `seeds` each gets a seed that
    follows from the field's own.
    """

    on: bool = knob(
        True, mutation=0, group="sections", help="change seed and palette with the sections of the music"
    )
    seeds: tuple[int, ...] = ()
    palettes: tuple[Annotated[str, AfterValidator(check_palette)], ...] = ()
    min_seconds: float = knob(
        16.0, low=1, high=600, slider=(4, 60), step=1, unit="s", mutation=0, group="sections",
        help="minimum time before the next change",
    )  # fmt: skip
    speed: float = knob(
        1.84, low=0.2, high=50, slider=(0.5, 8), step=0.1, mutation=0, group="sections",
        help="half heights a second that the ring of a new section runs",
    )  # fmt: skip


SECTIONS_OFF = Sections(on=False)


def columns(
    track: FeatureTrack, min_seconds: float, times: Float64[np.ndarray, " moments"]
) -> Float64[np.ndarray, "moments 2"]:
    """`NAMES` at any times: the number of the section, from 0, and the seconds since it began."""
    starts = section_starts(track, min_seconds)
    number = np.searchsorted(starts, np.round(times, 6), side="right") - 1
    number = number.clip(0)
    return np.column_stack((number, times - starts[number]))


@lru_cache(maxsize=16)
def section_starts(track: FeatureTrack, min_seconds: float) -> Float64[np.ndarray, " sections"]:
    """Where sections begin, in seconds; those that follow too soon belong to the one before."""
    section = track.raw[:, track.names.index("section")]
    starts = [0.0]
    for frame in np.flatnonzero(np.diff(section)) + 1:
        if frame / track.fps - starts[-1] >= min_seconds:
            starts.append(float(frame / track.fps))
    return np.array(starts)
