"""Moments of a track: seconds, or what musicians say: `bar 17`, `bar 17.3`, `beat 33`, `section 2`.

Beats and bars count from 1, as musicians do; the numbers of sections count from 0. Sections that return have
letters: `section B` is the first B, `section B 2` the second one. A section that somebody named is meant by
its name, too: `section chorus`, `section chorus 2`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from explorer.audio.edited_sections import names_in_words, sections_of
from explorer.audio.features import extras_of
from explorer.audio.structure.beat_times import bar_times, beat_times
from explorer.audio.track import FeatureTrack
from explorer.errors import SettingsError

Moment = float | str

SAME_MOMENT_SECONDS = 0.01  # a beat and the bar that it begins differ by less

SECTION_PATTERN = re.compile(r"section (\d+)")
LETTER_PATTERN = re.compile(r"section ([a-z]{1,2})( [1-9]\d*)?")
NAMED_SECTION_PATTERN = re.compile(r"section [^:;=]+")
OCCURRENCE_PATTERN = re.compile(r"(.+) ([1-9]\d*)")  # of a name: `chorus 2`
BEAT_PATTERN = re.compile(r"beat [1-9]\d*|bar [1-9]\d*(\.[1-9]\d*)?")
COLUMNS = {"section": ("section",), "beat": ("beat_phase",), "bar": ("beat_phase", "bar_phase")}
"""What tells where a moment is, by its first word."""
ALLOWED = (
    "seconds from the start, 0 or more, or a musical moment as in 'bar 17.3', 'beat 33', 'section 2', "
    "'section B', 'section chorus 2'"
)


def parse_moment(value: Any, what: str) -> Moment:
    """Seconds, or the text of a musical moment, from a number or text. Raises SettingsError about `what`."""
    if isinstance(value, str):
        text = " ".join(value.lower().split())
        if any(pattern.fullmatch(text) for pattern in (NAMED_SECTION_PATTERN, BEAT_PATTERN)):
            letter = LETTER_PATTERN.fullmatch(text)
            return f"section {letter[1].upper()}{letter[2] or ''}" if letter else text
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
    texts = [moment for moment in moments if isinstance(moment, str)]
    columns = [column for text in texts for column in COLUMNS[text.partition(" ")[0]]]
    columns += ["letter"] * any(LETTER_PATTERN.fullmatch(text.lower()) for text in texts)
    return tuple(dict.fromkeys(columns))


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
        if column not in track.names and not (column == "letter" and _is_named(moment, track)):
            groups = extras_of([column])
            raise SettingsError(
                f"{track.name} was analyzed without its {groups[0]}; ask for them: "
                f"analyze(path, extras={groups!r})"
            )
    kind, _, name = moment.partition(" ")
    if kind == "section":
        if name.isdigit():
            return _section_seconds(int(name), track)
        return _named_section_seconds(name.lower(), track)
    return _beat_seconds(int(name), track) if kind == "beat" else _bar_seconds(name, track)


def _is_named(moment: str, track: FeatureTrack) -> bool:
    """Whether somebody named a section as a letter is."""
    name = moment.partition(" ")[2].partition(" ")[0].lower()
    return any(section.name.lower() == name for section in sections_of(track))


def _section_seconds(number: int, track: FeatureTrack) -> float:
    numbers = track.raw[:, track.names.index("section")]
    frames = np.flatnonzero(numbers == number)
    if not len(frames):
        raise SettingsError(
            f"there is no section {number}; {track.name} has {int(numbers.max()) + 1}, counted from 0"
        )
    return float(frames[0] / track.fps)


def _named_section_seconds(name: str, track: FeatureTrack) -> float:
    """Where a section starts, by its name in lower case; `chorus 2` is the second chorus."""
    sections = sections_of(track)
    occurrence = OCCURRENCE_PATTERN.fullmatch(name)
    base, number = (occurrence[1], int(occurrence[2])) if occurrence else (name, 1)
    exact = [section.start for section in sections if section.name.lower() == name]
    named = exact or [section.start for section in sections if section.name.lower() == base]
    place = 0 if exact else number - 1
    if place < len(named):
        return named[place]
    if named:
        spelled = next(section.name for section in sections if section.name.lower() == base)
        raise SettingsError(
            f"there is no section '{spelled} {number}'; {track.name} has {len(named)} of '{spelled}'"
        )
    names = names_in_words(sections)
    problem = f"{track.name} has {names}" if names else f"the sections of {track.name} have no names"
    typed = name.upper() if LETTER_PATTERN.fullmatch(f"section {name}") else name
    raise SettingsError(f"there is no section '{typed}'; {problem}")


def _beat_seconds(number: int, track: FeatureTrack) -> float:
    beats = beat_times(track)
    if not len(beats):
        raise SettingsError(f"there is no beat {number}; {track.name} has no clear beat")
    if number > len(beats):
        raise SettingsError(f"there is no beat {number}; {track.name} has {len(beats)}")
    return float(beats[number - 1])


def _bar_seconds(name: str, track: FeatureTrack) -> float:
    """The start of a bar, or with a point after its number one of its beats."""
    number, _, beat = name.partition(".")
    bars = bar_times(track)
    if int(number) > len(bars):
        count = f"has {len(bars)}" if len(bars) else "has no clear beat"
        raise SettingsError(f"there is no bar {number}; {track.name} {count}")
    start = bars[int(number) - 1]
    end = bars[int(number)] if int(number) < len(bars) else np.inf
    beats = beat_times(track)
    beats = beats[(beats > start - SAME_MOMENT_SECONDS) & (beats < end - SAME_MOMENT_SECONDS)]
    if int(beat or 1) > max(1, len(beats)):
        raise SettingsError(f"there is no beat {beat} in bar {number}; in {track.name} it has {len(beats)}")
    return float(beats[int(beat) - 1] if beat else start)
