"""Settings that move along the track: keyframes, and the values between them.

A keyframe names a moment (seconds, or the beginning of a section of the music) and what some settings are
then; from one keyframe to the next they move in a straight line. A field's own settings are those of the
beginning.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64
from pydantic import model_validator

from explorer.audio import FeatureTrack
from explorer.errors import ExplorerWarning, SettingsError
from explorer.settings import Knob, Settings, did_you_mean

if TYPE_CHECKING:
    from explorer.fields.base import Controls, FieldSettings

TYPED = "20: audio_gain=3; section 1: audio_gain=1"  # every field can move it
EXAMPLE = f'(20, {{"audio_gain": 3}}), ("section 1", {{"audio_gain": 1}}), or as text: {TYPED}'
SECTION = re.compile(r"section (\d+)")


class Keyframe(Settings):
    """What some settings are at a moment: seconds, or `section N` (from 0) for where a section begins."""

    at: float | str
    settings: tuple[tuple[str, float], ...]

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, given: Any) -> Any:
        """Also a pair (moment, settings by name); numbers may be typed. Raises SettingsError."""
        if isinstance(given, cls):
            return given
        if isinstance(given, tuple | list) and len(given) == 2:
            given = {"at": given[0], "settings": given[1]}
        if not isinstance(given, dict) or given.keys() != {"at", "settings"}:
            raise SettingsError(f"keyframes: got {given!r}; give {EXAMPLE}")
        at, named = _moment(given["at"]), given["settings"]
        pairs = tuple(named.items() if isinstance(named, dict) else named)
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise SettingsError(f"keyframes: {_said(at)} names no setting; give {EXAMPLE}")
        names = [name for name, _ in pairs]
        if twice := [name for name in names if names.count(name) > 1]:
            raise SettingsError(f"keyframes: {_said(at)} says twice what {twice[0]} is; say it once")
        return {"at": at, "settings": tuple((name, _number(name, value)) for name, value in pairs)}

    @property
    def section(self) -> int | None:
        """The number of its section; None when it is at a time."""
        found = SECTION.fullmatch(self.at) if isinstance(self.at, str) else None
        return int(found[1]) if found else None

    def __str__(self) -> str:
        return f"{_said(self.at)}: " + " ".join(f"{name}={value:.10g}" for name, value in self.settings)

    def __repr__(self) -> str:
        return f"({self.at!r}, {dict(self.settings)!r})"


def _said(at: float | str) -> str:
    return at if isinstance(at, str) else f"{at:g}"


def _moment(given: Any) -> float | str:
    """Seconds or `section N`, typed or not. Raises SettingsError."""
    if isinstance(given, str) and SECTION.fullmatch(given.strip()):
        return given.strip()
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise SettingsError(
            f"keyframes: got {given!r} for the moment; give seconds from the beginning, 0 or more, or a "
            "section as in 'section 2'"
        )
    return seconds


def _number(name: str, given: Any) -> float:
    """A value. Raises SettingsError."""
    try:
        value = float(given)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise SettingsError(f"keyframes: {name}: got {given!r}; give a number")
    return value


def parse(given: Any) -> Any:
    """Keyframes from typed text, `MOMENT: name=value name=value; ...`; anything else as it is."""
    if given is None:
        return ()
    if not isinstance(given, str):
        return given
    found = []
    for part in filter(None, map(str.strip, given.split(";"))):
        moment, _, said = part.partition(":")
        pairs = [text.partition("=") for text in re.split(r"[\s,]+", said.strip())]
        if not all(name and equals and value for name, equals, value in pairs):
            raise SettingsError(f"keyframes: got {part!r}; give {EXAMPLE}")
        found.append({"at": moment.strip(), "settings": tuple((name, value) for name, _, value in pairs)})
    return tuple(found)


def check(keyframes: Iterable[Keyframe], movable: Iterable[str], knobs: Mapping[str, Knob]) -> None:
    """Raise SettingsError unless each names settings that can move, within bounds, at a moment of its own."""
    seen = set()
    for keyframe in keyframes:
        if keyframe.at in seen:
            raise SettingsError(f"keyframes: {_said(keyframe.at)} is given twice; put its settings into one")
        seen.add(keyframe.at)
        for name, value in keyframe.settings:
            if name not in movable:
                raise SettingsError(f"keyframes cannot move '{name}'{did_you_mean(name, movable)}")
            said = knobs[name]
            if not said.accepts(value) or (said.is_integer and value % 1):
                raise SettingsError(f"keyframes: {name}: got {value:g}; allowed: {said.allowed}")


def warn_of_the_end(keyframes: Iterable[Keyframe], track: FeatureTrack) -> None:
    """Say so, once, when keyframes lie where the track has ended."""
    late = [str(keyframe) for keyframe in keyframes if _after(keyframe, track.duration)]
    if late:
        told = f"{track.name} ends after {track.duration:.2f} s, before the keyframe{'s' * (len(late) > 1)} "
        warnings.warn(ExplorerWarning(told + "; ".join(late)), stacklevel=3)


def _after(keyframe: Keyframe, end: float) -> bool:
    return isinstance(keyframe.at, float) and keyframe.at > end


def moving(keyframes: Iterable[Keyframe]) -> tuple[str, ...]:
    """The settings that some keyframe names, in alphabetical order."""
    return tuple(sorted({name for keyframe in keyframes for name, _ in keyframe.settings}))


def moments(keyframes: Iterable[Keyframe], track: FeatureTrack) -> list[tuple[float, dict[str, float]]]:
    """Keyframes as (seconds, settings), in order of time. Raises SettingsError for a section there is not."""
    found = [(_seconds(keyframe, track), dict(keyframe.settings)) for keyframe in keyframes]
    return sorted(found, key=lambda each: each[0])


def values(
    field: FieldSettings, track: FeatureTrack, times: Float64[np.ndarray, " times"]
) -> dict[str, Float64[np.ndarray, " times"]]:
    """Each moving setting at times in seconds but `seed`, which has no values between."""
    return {
        name: np.interp(times, *knots(field, name, track))
        for name in moving(field.keyframes)
        if name != "seed"
    }


def knots(field: FieldSettings, name: str, track: FeatureTrack) -> tuple[list[float], list[float]]:
    """Seconds and values of a setting: its own at the beginning, then those of the keyframes that name it."""
    named = [(at, settings[name]) for at, settings in moments(field.keyframes, track) if name in settings]
    if named[0][0] > 0:
        named.insert(0, (0.0, field.resting(name)))
    return [at for at, _ in named], [value for _, value in named]


def _seconds(keyframe: Keyframe, track: FeatureTrack) -> float:
    if keyframe.section is None:
        return float(keyframe.at)
    if "section" not in track.names:
        raise SettingsError(
            f"{track.name} was analysed without its sections; ask for them: "
            "analyze(path, extras=('sections',))"
        )
    numbers = track.raw[:, track.names.index("section")]
    begins = np.flatnonzero(numbers == keyframe.section)
    if not len(begins):
        raise SettingsError(
            f"keyframes: there is no section {keyframe.section}; {track.name} has {int(numbers.max()) + 1}, "
            "counted from 0"
        )
    return float(begins[0] / track.fps)


class Moving:
    """Settings as they are at some moments: an array for each that moves, all others as they are."""

    def __init__(self, settings: FieldSettings, values: dict[str, Float64[np.ndarray, " moments"]]) -> None:
        self._settings, self._values = settings, values

    @classmethod
    def of(cls, settings: FieldSettings, controls: Controls) -> Any:
        """From the columns of controls; the settings themselves where none moves."""
        names = moving(settings.keyframes)
        if not names:
            return settings
        columns = (controls.values[:, controls.names.index(name)].astype(np.float64) for name in names)
        return cls(settings, dict(zip(names, columns, strict=True)))

    def __getattr__(self, name: str) -> Any:
        return self._values[name] if name in self._values else getattr(self._settings, name)
