"""A field that a trained network drives: its own hearing rests, the network fills columns of its controls.

    track -> live features -> network -> parameters, smoothed -> columns of the same names

A parameter is a setting that keyframes may move, a feature of the field, or `loud` and `hit` of its light.
All else that follows the sound is what it is in silence, so a picture moves as the network was trained.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows
from explorer.audio.features import EXTRAS, FEATURES, TIMBRES
from explorer.audio.live import LIVE_FPS
from explorer.errors import SettingsError
from explorer.fields.controls import Controls
from explorer.fields.trained.model import VisualModel, load_model, with_hash

NO_MODEL = "none"
MAX_NAME_CHARACTERS = 1024
SMOOTHING_SECONDS = 0.015  # of the parameters, centered: what networks are trained for
UNTOUCHED_GROUPS = ("live", "beats", "bars", "sections", "letters")  # what networks hear, and the structure
UNTOUCHED = frozenset(name for group in UNTOUCHED_GROUPS for name in EXTRAS[group])


@runtime_checkable
class Driven(Protocol):
    """What this module needs of a field."""

    @property
    def kind(self) -> str:
        """See `FieldSettings.kind`."""
        ...

    @property
    def model(self) -> str:
        """See `FieldSettings.model`."""
        ...

    @property
    def is_driven(self) -> bool:
        """See `FieldSettings.is_driven`."""
        ...

    @property
    def features(self) -> tuple[str, ...]:
        """See `FieldSettings.features`."""
        ...

    @property
    def movable(self) -> tuple[str, ...]:
        """See `FieldSettings.movable`."""
        ...


def check_name(name: str, allowed: str) -> None:
    """Raise ValueError, with what is allowed, for what can be no name or path of a model."""
    if not name or len(name) > MAX_NAME_CHARACTERS or "\0" in name:
        raise ValueError(f"got {name[:40]!r}; allowed: {allowed}, 1 to {MAX_NAME_CHARACTERS} characters")


def pinned_name(name: str, kind: str) -> str:
    """The name of a model with the hash of its weights. Raises SettingsError for one of another field."""
    name = with_hash(name)
    model = load_model(name)
    if model.kind != kind:
        raise SettingsError(f"model: {name[:200]} drives the field '{model.kind}', not '{kind}'")
    return name


def driven_settings(field: Driven) -> tuple[str, ...]:
    """The settings that a field's model moves, in alphabetical order."""
    if not field.is_driven:
        return ()
    return tuple(sorted(set(load_model(field.model).names) & {*field.movable}))


def resting_track(field: Driven, track: FeatureTrack) -> FeatureTrack:
    """The track in which all that the field itself would follow is silent; itself without a model."""
    return _resting_track(track, field.features) if field.is_driven else track


@lru_cache(maxsize=8)
def _resting_track(track: FeatureTrack, features: tuple[str, ...]) -> FeatureTrack:
    values = track.values.copy()
    for place, name in enumerate(track.names):
        if name in {*FEATURES, *features} - UNTOUCHED:
            values[:, place] = rest_level(name)
    return replace(track, values=values)


def rest_level(feature: str) -> float:
    """The value of a feature in silence."""
    return 0.0 if feature in TIMBRES else -1.0


def driven_controls(
    field: Driven, controls: Controls, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> Controls:
    """Controls with the parameters of the field's model in the columns of their names.

    Raises SettingsError for a model of a field with other columns.
    """
    model = load_model(field.model)
    if missing := [name for name in model.names if name not in controls.names]:
        raise SettingsError(
            f"model: it moves '{missing[0]}', which this field lacks; draw it with the features and light "
            "that it was trained with (run.field)"
        )
    rows = interpolate_rows(parameter_rows(model, track), times * LIVE_FPS)
    values = controls.values.copy()
    values[:, [controls.names.index(name) for name in model.names]] = rows
    return Controls(values, controls.names)


@lru_cache(maxsize=8)
def parameter_rows(model: VisualModel, track: FeatureTrack) -> Float64[np.ndarray, "frames parameters"]:
    """The smoothed parameters of a track, `LIVE_FPS` rows a second."""
    from scipy.ndimage import gaussian_filter1d  # slow to load

    rows = model.parameters_of_track(track)
    smooth: Float64[np.ndarray, "frames parameters"] = gaussian_filter1d(
        rows, SMOOTHING_SECONDS * LIVE_FPS, axis=0, mode="reflect"
    )
    return smooth


def model_notes(field: Driven) -> dict[str, Any]:
    """What a run's manifest says about the model of a field; empty without one."""
    if not field.is_driven:
        return {}
    model = load_model(field.model)
    return {"model": {"name": field.model, "sha256": model.sha256, "moves": list(model.names)}}
