"""Moments of a track: seconds, or what musicians say: `bar 17`, `bar 17.3`, `beat 33`, `section 2`.

Beats and bars count from 1, as musicians do; the numbers of sections count from 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from explorer.audio.features import extras_of
from explorer.audio.structure.beat_times import beat_times
from explorer.audio.track import FeatureTrack
from explorer.errors import SettingsError

Moment = float | str

SECTION_PATTERN = re.compile(r"section (\d+)")
BEAT_PATTERN = re.compile(r"beat ([1-9]\d*)")
COLUMNS = {"section": "section", "beat": "beat_phase"}  # by the first word of a moment
ALLOWED = "seconds from the start, 0 or more, or a musical moment as in 'section 2' or 'beat 33'"


def parse_moment(value: Any, what: str) -> Moment:
    """Seconds, or the text of a musical moment, from a number or text. Raises SettingsError about `what`."""
    if isinstance(value, str):
        text = " ".join(value.lower().split())
        if SECTION_PATTERN.fullmatch(text) or BEAT_PATTERN.fullmatch(text):
            return text
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise SettingsError(f"{what}: got {value!r} for the moment; give {ALLOWED}")
    return seconds


def moment_text(moment: Moment) -> str:
    """A moment as it is typed."""
    return moment if isinstance(moment, str) else f"{moment:g}"


def section_number(moment: Moment) -> int | None:
    """The number of the section that a moment names; None of any other moment."""
    match = SECTION_PATTERN.fullmatch(moment) if isinstance(moment, str) else None
    return int(match[1]) if match else None


def moment_columns(moments: Iterable[Moment]) -> tuple[str, ...]:
    """The columns that tell where moments are."""
    kinds = dict.fromkeys(moment.partition(" ")[0] for moment in moments if isinstance(moment, str))
    return tuple(COLUMNS[kind] for kind in kinds)


def missing_moments(moments: Iterable[Moment], track: FeatureTrack) -> dict[Moment, str]:
    """The moments that a track does not have, and why in words."""
    reasons = {}
    for moment in moments:
        try:
            moment_seconds(moment, track)
        except SettingsError as error:
            reasons[moment] = str(error)
    return reasons


def moment_seconds(moment: Moment, track: FeatureTrack) -> float:
    """Where a moment is in a track. Raises SettingsError for what the track does not have."""
    if not isinstance(moment, str):
        return float(moment)
    for column in moment_columns([moment]):
        if column not in track.names:
            groups = extras_of([column])
            raise SettingsError(
                f"{track.name} was analyzed without its {groups[0]}; ask for them: "
                f"analyze(path, extras={groups!r})"
            )
    kind, _, name = moment.partition(" ")
    return _section_seconds(int(name), track) if kind == "section" else _beat_seconds(int(name), track)


def _section_seconds(number: int, track: FeatureTrack) -> float:
    numbers = track.raw[:, track.names.index("section")]
    frames = np.flatnonzero(numbers == number)
    if not len(frames):
        raise SettingsError(
            f"there is no section {number}; {track.name} has {int(numbers.max()) + 1}, counted from 0"
        )
    return float(frames[0] / track.fps)


def _beat_seconds(number: int, track: FeatureTrack) -> float:
    beats = beat_times(track)
    if number > len(beats):
        raise SettingsError(f"there is no beat {number}; {track.name} has {len(beats)}")
    return float(beats[number - 1])
