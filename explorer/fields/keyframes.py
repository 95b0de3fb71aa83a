"""Settings that move along the track: keyframes, and the values between them.

A keyframe names a moment (seconds, or the beginning of a section of the music) and what some settings are
then; from one keyframe to the next they move in a straight line. A field's own settings are those of the
beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64
from pydantic import model_validator

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.settings import Settings

if TYPE_CHECKING:
    from explorer.fields.base import Controls, FieldSettings

EXAMPLE = '(20, {"zoom": 2}), ("section 2", {"zoom": 1}), or as text: 20: zoom=2; section 2: zoom=1'
SECTION = re.compile(r"section (\d+)")


class Keyframe(Settings):
    """What some settings are at a moment: seconds, or `section N` (from 0) for where a section begins."""

    at: float | str
    settings: tuple[tuple[str, float], ...]

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, given: Any) -> Any:
        """Also a pair (moment, settings by name)."""
        if isinstance(given, tuple | list) and len(given) == 2:
            given = {"at": given[0], "settings": given[1]}
        if isinstance(given, dict) and isinstance(given.get("settings"), dict):
            given = {**given, "settings": tuple(given["settings"].items())}
        return given

    @model_validator(mode="after")
    def _sensible(self) -> Keyframe:
        negative = isinstance(self.at, float) and self.at < 0
        if negative or (isinstance(self.at, str) and not SECTION.fullmatch(self.at)) or not self.settings:
            raise SettingsError(f"keyframes: got {(self.at, dict(self.settings))!r}; give {EXAMPLE}")
        return self

    @property
    def section(self) -> int | None:
        """The number of its section; None when it is at a time."""
        found = SECTION.fullmatch(self.at) if isinstance(self.at, str) else None
        return int(found[1]) if found else None

    def __str__(self) -> str:
        at = self.at if isinstance(self.at, str) else f"{self.at:g}"
        return f"{at}: " + " ".join(f"{name}={value:.10g}" for name, value in self.settings)

    def __repr__(self) -> str:
        return f"({self.at!r}, {dict(self.settings)!r})"


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
        try:
            at = moment.strip() if SECTION.fullmatch(moment.strip()) else float(moment)
            found.append({"at": at, "settings": tuple((name, float(value)) for name, _, value in pairs)})
        except ValueError:
            raise SettingsError(f"keyframes: got {part!r}; give {EXAMPLE}") from None
    return tuple(found)


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
