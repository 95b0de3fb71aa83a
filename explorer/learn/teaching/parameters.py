"""What a field must offer to be taught: numbers that move its picture at once, each in a range.

A parameter is a column of the controls that depends on its own moment alone:

- a setting that keyframes may move (`FieldSettings.movable`), from its value by a factor of `FACTOR` or by
  `SHARE` of its slider to both sides;
- a feature that the field follows, from silence to full;
- `loud` and `hit` of its light.

Settings that act through sums over the past, such as a speed, are left out, and so are those that scale
other parameters. No field needs code of its own: `pictures` draws any values of these columns.
"""

from __future__ import annotations

import numpy as np

from explorer.audio import AnalysisSettings, FeatureTrack
from explorer.audio.features import UNITS
from explorer.audio.live import LIVE_FEATURES, LIVE_FPS
from explorer.errors import SettingsError
from explorer.fields import FieldSettings
from explorer.fields.julia.parameters import Parameter
from explorer.fields.trained.driving import NO_MODEL, UNTOUCHED, rest_level
from explorer.learn.dataset import LiveTrack
from explorer.settings import did_you_mean

FACTOR, SHARE = 1.6, 0.25
LEFT_OUT = ("audio_gain", "drift", "picture", "seed", "speed", "spin")
LIGHT_PARAMETERS = ("loud", "hit")


def plain_field(field: FieldSettings) -> FieldSettings:
    """The field as it is taught: without what belongs to a track, moved by nothing but its parameters."""
    return field.replace(keyframes=(), model=NO_MODEL, sections=False, routing=())


def field_parameters(field: FieldSettings) -> tuple[Parameter, ...]:
    """The parameters that a field offers. Raises SettingsError for one that offers none."""
    field = plain_field(field)
    silent, full, low = (_columns(field, level) for level in ("rest", "full", "low"))
    settings = [_setting(field, name) for name in field.movable if name not in LEFT_OUT]
    features = [
        Parameter(
            name, min(silent[name], low[name]), full[name], silent[name], "", "a feature that it follows"
        )
        for name in field.features
        if name in silent and full[name] > silent[name] and not _has_history(name, silent)
    ]
    light = [
        Parameter(name, 0.0, 1.0, 0.0, "", "of its light") for name in LIGHT_PARAMETERS if name in silent
    ]
    parameters = tuple(p for p in (*settings, *features, *light) if p.low < p.high)
    if not parameters:
        raise SettingsError(
            f"the field '{field.kind}' has nothing that a network could move; give one with movable settings "
            "or features, or switch on its light"
        )
    return parameters


def named_parameters(field: FieldSettings, names: tuple[str, ...]) -> tuple[Parameter, ...]:
    """Those of some names; all where none is given. Raises SettingsError for a name of nothing."""
    every = {parameter.name: parameter for parameter in field_parameters(field)}
    for name in names:
        if name not in every:
            raise SettingsError(f"moves: the field '{field.kind}' has no '{name}'{did_you_mean(name, every)}")
    return tuple(every[name] for name in dict.fromkeys(names)) or tuple(every.values())


def silent_track(field: FieldSettings, seconds: float, level: str = "rest") -> FeatureTrack:
    """A track of `seconds` with all columns that a field draws from: at rest, full, or as low as they go."""
    settings = AnalysisSettings(extras=tuple(dict.fromkeys((*field.extras, "live"))))
    names = (*settings.names, *(name for name in field.features if name not in UNITS))
    values = {
        "rest": [rest_level(name) for name in names],
        "full": [1.0] * len(names),
        "low": [-1.0] * len(names),
    }[level]
    rows = np.tile(np.array(values, np.float32), (round(seconds * LIVE_FPS) + 1, 1))
    return FeatureTrack(rows, rows, names, LIVE_FPS, seconds, "silence", "0" * 64, settings)


def sound_track(field: FieldSettings, track: LiveTrack, shift: int = 0) -> FeatureTrack:
    """A sound as a field with a model takes it: live features, all others at rest."""
    silent = silent_track(field, track.seconds)
    values = np.resize(silent.values[:1], (len(track.values), len(silent.names)))
    for place, name in enumerate(LIVE_FEATURES):
        values[:, silent.names.index(f"live_{name}")] = np.roll(track.values[:, place], shift)
    return FeatureTrack(
        values, values, silent.names, LIVE_FPS, track.seconds, track.name, track.sha256, silent.settings
    )


def _columns(field: FieldSettings, level: str) -> dict[str, float]:
    """The controls of a moment of a track at one level, by name."""
    controls = field.controls(silent_track(field, 2.0, level), np.array([1.0]))
    return dict(zip(controls.names, map(float, controls.values[0]), strict=True))


def _has_history(name: str, columns: dict[str, float]) -> bool:
    return name in UNTOUCHED or any(column.startswith(f"{name} ") for column in columns)


def _setting(field: FieldSettings, name: str) -> Parameter:
    knob, rest = field.all_knobs()[name], field.rest_value(name)
    first, last = knob.slider or (knob.low or 0.0, knob.high or 1.0)
    if first > 0 and rest > 0:
        low, high = rest / FACTOR, rest * FACTOR
    else:
        reach = SHARE * (last - first)
        low, high = rest - reach, rest + reach
    low, high = max(low, min(first, rest)), min(high, max(last, rest))
    return Parameter(name, float(low), float(high), float(rest), knob.unit, knob.help)
