"""The sections of a track with their names, and the columns of sections that somebody edited."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from explorer.audio.feature_table import FeatureTable

Sections = tuple[tuple[float, str], ...]  # the start in seconds and the name of each; the first starts at 0


class Section(NamedTuple):
    """A section of a track, in seconds; its name, else its letter, is empty where it has none."""

    start: float
    end: float
    name: str


def sections_of(track: FeatureTable) -> tuple[Section, ...]:
    """The sections of a track with the group `sections`, and with `letters` the letters for names."""
    number = track.raw[:, track.names.index("section")]
    frames = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist()]
    starts = [frame / track.fps for frame in frames]
    edits = track.settings.edits
    named = edits.sections if edits and edits.sections else ()
    names = [named[int(number[frame])][1] if int(number[frame]) < len(named) else "" for frame in frames]
    if "letter" in track.names:
        letters = track.raw[frames, track.names.index("letter")].astype(int).tolist()
        names = [name or letter_name(letter) for name, letter in zip(names, letters, strict=True)]
    ends = [*starts[1:], max(track.duration, starts[-1])]
    return tuple(map(Section, starts, ends, names))


def letter_name(number: int) -> str:
    """A, B, ... Z, then AA, AB, ..."""
    name = ""
    while number >= 0:
        name, number = chr(ord("A") + number % 26) + name, number // 26 - 1
    return name


def names_in_words(sections: tuple[Section, ...]) -> str:
    """The different names of sections, as an error lists them."""
    names = list(dict.fromkeys(section.name for section in sections if section.name))
    return ", ".join(names[:8]) + ", ..." * (len(names) > 8)
