"""Sections: settings of how a field changes with the parts of the music, and where the parts are."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float64
from pydantic import AfterValidator

from explorer.audio import FeatureTrack
from explorer.audio.features import TIMBRES
from explorer.fields.palette import check_palette
from explorer.settings import Settings, knob

NAMES = ("section number", "section age")
CONTRAST_FEATURES = ("rms", "bass", "mid", "treble", *TIMBRES)
CONTRAST_SECONDS = 4.0  # before and after a boundary that are compared
MIN_DEVIATION = 0.1  # of a feature: smaller changes count less
MIN_CONTRAST = 1 / 3  # of the strongest boundary


class Sections(Settings):
    """A field changes its seed and palette where a section of the music begins.

    The new one opens as a ring from the center, behind a bright front. The first section has the field's own
    seed and palette; the next ones take `seeds` and `palettes` in turn. Without `seeds` each gets a seed that
    follows from the field's own.
    """

    added_settings: ClassVar[tuple[str, ...]] = ("strongest",)

    on: bool = knob(
        True, mutation=0, group="sections", help="change seed and palette with the sections of the music"
    )
    seeds: tuple[int, ...] = ()
    palettes: tuple[Annotated[str, AfterValidator(check_palette)], ...] = ()
    min_seconds: float = knob(
        16.0, low=1, high=600, slider=(4, 60), step=1, unit="s", mutation=0, group="sections",
        help="minimum time before the next change",
    )  # fmt: skip
    strongest: bool = knob(
        False, mutation=0, group="sections",
        help="change where the sound before and after differs most, not at the first boundary that is due",
    )  # fmt: skip
    speed: float = knob(
        1.84, low=0.2, high=50, slider=(0.5, 8), step=0.1, mutation=0, group="sections",
        help="half heights a second that the ring of a new section runs",
    )  # fmt: skip


SECTIONS_OFF = Sections(on=False)


def columns(
    track: FeatureTrack, sections: Sections, times: Float64[np.ndarray, " moments"]
) -> Float64[np.ndarray, "moments 2"]:
    """`NAMES` at any times: the number of the section, from 0, and the seconds since it began."""
    starts = section_starts(track, sections.min_seconds, sections.strongest)
    number = np.searchsorted(starts, np.round(times, 6), side="right") - 1
    number = number.clip(0)
    return np.column_stack((number, times - starts[number]))


@lru_cache(maxsize=16)
def section_starts(
    track: FeatureTrack, min_seconds: float, strongest: bool = False
) -> Float64[np.ndarray, " sections"]:
    """Where sections begin, in seconds; those that follow too soon belong to the one before.

    With `strongest` boundaries of more contrast come first, and those of little are left out.
    """
    section = track.raw[:, track.names.index("section")]
    boundaries = (np.flatnonzero(np.diff(section)) + 1) / track.fps
    if strongest and len(boundaries):
        contrasts = _contrasts(track, boundaries)
        order = np.argsort(-contrasts, kind="stable")
        boundaries = boundaries[order[contrasts[order] >= MIN_CONTRAST * contrasts.max()]]
    starts = [0.0]
    for t in boundaries:
        if np.abs(t - np.array(starts)).min() >= min_seconds:
            starts.append(float(t))
    return np.sort(starts)


def _contrasts(
    track: FeatureTrack, boundaries: Float64[np.ndarray, " boundaries"]
) -> Float64[np.ndarray, " boundaries"]:
    """How far mean features after boundaries are from those before, in deviations of the whole track."""
    rows = track.values[:, [track.names.index(name) for name in CONTRAST_FEATURES]].astype(np.float64)
    deviation, width = np.maximum(rows.std(axis=0), MIN_DEVIATION), round(CONTRAST_SECONDS * track.fps)
    frames = np.rint(boundaries * track.fps).astype(int)
    changes = [
        rows[frame : frame + width].mean(axis=0) - rows[max(0, frame - width) : frame].mean(axis=0)
        for frame in frames
    ]
    return np.asarray(np.linalg.norm(np.array(changes) / deviation, axis=1))
