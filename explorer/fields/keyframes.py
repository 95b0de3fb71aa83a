"""Keyframes: settings that move along the track, and their values between keyframes.

A keyframe is a moment (seconds, or a musical one as in `bar 17`) with the values of some settings at
that moment; between two keyframes a setting is interpolated linearly. The field's own settings hold at the
start of the track.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64
from pydantic import model_validator

from explorer.audio import FeatureTrack
from explorer.audio.structure.moments import (
    Moment,
    missing_moments,
    moment_seconds,
    moment_text,
    parse_moment,
)
from explorer.errors import SettingsError, warn
from explorer.fields.controls import Controls
from explorer.fields.trained.driving import Driven, driven_settings
from explorer.settings import Knob, Settings, did_you_mean

TEXT_EXAMPLE = "20: audio_gain=3; section 1: audio_gain=1"  # every field can animate it
EXAMPLE = f'(20, {{"audio_gain": 3}}), ("section 1", {{"audio_gain": 1}}), or as text: {TEXT_EXAMPLE}'


class Keyframe(Settings):
    """The values of some settings at a moment: seconds, or a musical one (see `audio.structure.moments`)."""

    at: Moment
    settings: tuple[tuple[str, float], ...]

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        """Accept a pair (moment, settings by name), too; numbers may be text. Raises SettingsError."""
        if isinstance(value, cls):
            return value
        if isinstance(value, tuple | list) and len(value) == 2:
            value = {"at": value[0], "settings": value[1]}
        if not isinstance(value, dict) or value.keys() != {"at", "settings"}:
            raise SettingsError(f"keyframes: got {value!r}; give {EXAMPLE}")
        at, settings = parse_moment(value["at"], "keyframes"), value["settings"]
        pairs = tuple(settings.items() if isinstance(settings, dict) else settings)
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise SettingsError(f"keyframes: {moment_text(at)} names no setting; give {EXAMPLE}")
        names = [name for name, _ in pairs]
        if twice := [name for name in names if names.count(name) > 1]:
            raise SettingsError(f"keyframes: {moment_text(at)} sets {twice[0]} twice; set it once")
        return {"at": at, "settings": tuple((name, _parse_number(name, number)) for name, number in pairs)}

    def __str__(self) -> str:
        return f"{moment_text(self.at)}: " + " ".join(f"{name}={value:.10g}" for name, value in self.settings)

    def __repr__(self) -> str:
        return f"({self.at!r}, {dict(self.settings)!r})"


def _parse_number(name: str, value: Any) -> float:
    """The value of a setting. Raises SettingsError."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise SettingsError(f"keyframes: {name}: got {value!r}; give a number")
    return number


def parse(value: Any) -> Any:
    """Keyframes from text, `MOMENT: name=value name=value; ...`; any other value unchanged."""
    if value is None:
        return ()
    if not isinstance(value, str):
        return value
    keyframes = []
    for part in filter(None, map(str.strip, value.split(";"))):
        moment, _, settings = part.partition(":")
        pairs = [text.partition("=") for text in re.split(r"[\s,]+", settings.strip())]
        if not all(name and equals and number for name, equals, number in pairs):
            raise SettingsError(f"keyframes: got {part!r}; give {EXAMPLE}")
        numbers = tuple((name, number) for name, _, number in pairs)
        keyframes.append({"at": moment.strip(), "settings": numbers})
    return tuple(keyframes)


def check(keyframes: Iterable[Keyframe], movable: Iterable[str], knobs: Mapping[str, Knob]) -> None:
    """Raise SettingsError unless each sets animatable settings, within bounds, at a moment of its own."""
    moments = set()
    for keyframe in keyframes:
        if keyframe.at in moments:
            raise SettingsError(
                f"keyframes: {moment_text(keyframe.at)} is given twice; put its settings into one"
            )
        moments.add(keyframe.at)
        for name, value in keyframe.settings:
            if name not in movable:
                raise SettingsError(f"keyframes cannot move '{name}'{did_you_mean(name, movable)}")
            knob = knobs[name]
            if not knob.accepts(value) or (knob.is_integer and value % 1):
                raise SettingsError(f"keyframes: {name}: got {value:g}; allowed: {knob.allowed}")


def warn_after_end(keyframes: Iterable[Keyframe], track: FeatureTrack) -> None:
    """Warn once when keyframes are at a time after the end of the track."""
    late = [str(keyframe) for keyframe in keyframes if _is_after(keyframe, track.duration)]
    if late:
        text = f"{track.name} ends after {track.duration:.2f} s, before the keyframe{'s' * (len(late) > 1)} "
        warn(text + "; ".join(late))


def _is_after(keyframe: Keyframe, end: float) -> bool:
    return isinstance(keyframe.at, float) and keyframe.at > end


def existing(keyframes: Iterable[Keyframe], track: FeatureTrack) -> tuple[Keyframe, ...]:
    """The keyframes without those at moments that a track does not have; one warning names them."""
    every = tuple(keyframes)
    missing = missing_moments((keyframe.at for keyframe in every), track)
    if missing:
        warn(f"left out: the keyframes of {', '.join(map(str, missing))} ({next(iter(missing.values()))})")
    return tuple(keyframe for keyframe in every if keyframe.at not in missing)


@runtime_checkable
class Keyframed(Driven, Protocol):
    """What this module needs of a field."""

    @property
    def keyframes(self) -> tuple[Keyframe, ...]:
        """See `FieldSettings.keyframes`."""
        ...

    def rest_value(self, name: str) -> float:
        """See `FieldSettings.rest_value`."""
        ...


def animated_names(field: Keyframed) -> tuple[str, ...]:
    """The settings that keyframes name or a model moves, in alphabetical order."""
    names = {name for keyframe in field.keyframes for name, _ in keyframe.settings}
    return tuple(sorted({*names, *driven_settings(field)}))


def values(
    field: Keyframed, track: FeatureTrack, times: Float64[np.ndarray, " times"]
) -> dict[str, Float64[np.ndarray, " times"]]:
    """The animated settings at times in seconds, without `seed`: there are no values between two seeds."""
    return {
        name: np.interp(times, *knots(field, name, track)) for name in animated_names(field) if name != "seed"
    }


def knots(field: Keyframed, name: str, track: FeatureTrack) -> tuple[list[float], list[float]]:
    """Seconds and values of a setting: the field's own at the start, then those of its keyframes.

    Raises SettingsError for a moment that the track does not have.
    """
    moments = [(moment_seconds(keyframe.at, track), dict(keyframe.settings)) for keyframe in field.keyframes]
    moments.sort(key=lambda moment: moment[0])
    points = [(at, settings[name]) for at, settings in moments if name in settings]
    if not points or points[0][0] > 0:
        points.insert(0, (0.0, field.rest_value(name)))
    return [at for at, _ in points], [value for _, value in points]


class AnimatedSettings:
    """Settings at some moments: an array for each animated setting, the others unchanged."""

    def __init__(self, settings: Keyframed, values: dict[str, Float64[np.ndarray, " moments"]]) -> None:
        self._settings, self._values = settings, values

    @classmethod
    def from_controls(cls, settings: Keyframed, controls: Controls) -> Any:
        """From the columns of controls; the settings themselves where none is animated."""
        names = animated_names(settings)
        if not names:
            return settings
        columns = (controls.values[:, controls.names.index(name)].astype(np.float64) for name in names)
        return cls(settings, dict(zip(names, columns, strict=True)))

    def __getattr__(self, name: str) -> Any:
        return self._values[name] if name in self._values else getattr(self._settings, name)
