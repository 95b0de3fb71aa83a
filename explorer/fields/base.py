"""What a field is: settings that turn a track into controls, and controls into colour.

    track --controls()--> Controls --prepare()--> Prepared --colors() or draw()--> pixels

All history and smoothing lives in the controls, so drawing one moment needs no other moment.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Float32
from pydantic import field_validator

from explorer.audio import AnalysisSettings, FeatureTrack, analyze
from explorer.audio.features import extras_of
from explorer.errors import SettingsError
from explorer.fields import keyframes
from explorer.fields.keyframes import Keyframe
from explorer.fields.prepared import Prepared
from explorer.progress import Progress, silent
from explorer.settings import Settings, did_you_mean, knob


@dataclass(frozen=True, eq=False)
class Controls:
    """The named columns a field draws from, one row per moment."""

    values: Float32[np.ndarray, "moments columns"]
    names: tuple[str, ...]


def check_field(field: object) -> None:
    """Raise SettingsError, with what to do, unless this is a field."""
    if not isinstance(field, FieldSettings):
        raise SettingsError(f"field: got {field!r}; give a field, as in CPPN.preset('molten')")


def check(field: object, track: object) -> None:
    """Raise SettingsError, with what to do, unless these are a field and a track."""
    check_field(field)
    if not isinstance(track, FeatureTrack):
        raise SettingsError(f"track: got {track!r}; analyse the sound first: track = analyze('song.ogg')")


class FieldSettings(Settings):
    """The base of `CPPN` and every other field."""

    frame_size: ClassVar[tuple[int, int]] = (1280, 720)  # of a render unless told otherwise, pixels

    kind: str
    features: tuple[str, ...]
    keyframes: tuple[Keyframe, ...] = knob(
        (), group="time", help=f"settings that move along the track, as in {keyframes.TYPED}"
    )

    movable: ClassVar[tuple[str, ...]] = ()  # settings that keyframes may name

    @field_validator("features")
    @classmethod
    def _once(cls, features: tuple[str, ...]) -> tuple[str, ...]:
        for name in features:
            if features.count(name) > 1:
                raise SettingsError(f"features: '{name}' is named twice; name it once")
        return features

    @field_validator("keyframes", mode="before")
    @classmethod
    def _typed_keyframes(cls, given: Any) -> Any:
        return keyframes.parse(given)

    @field_validator("keyframes")
    @classmethod
    def _movable(cls, given: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
        keyframes.check(given, cls.movable, cls.knobs())
        return given

    @classmethod
    def presets(cls) -> dict[str, Self]:
        """The ready-made variants that stand beside the field, by name; none where it has none."""
        return dict(getattr(importlib.import_module(cls.__module__.rpartition(".")[0]), "PRESETS", {}))

    @classmethod
    def preset(cls, name: str) -> Self:
        """A ready-made variant by name; `presets` lists them. Raises SettingsError for another name."""
        known = cls.presets()
        if name not in known:
            raise SettingsError(f"no preset '{name}'{did_you_mean(name, known)}")
        return known[name]

    @property
    def at_rest(self) -> Self:
        """The same with settings that do not move."""
        return self.replace(keyframes=()) if self.keyframes else self

    def resting(self, name: str) -> float:
        """What a setting that can move is without keyframes."""
        return float(getattr(self, name))

    @property
    def extras(self) -> tuple[str, ...]:
        """The groups of features that it needs besides the basic ones."""
        by_section = any(keyframe.section is not None for keyframe in self.keyframes)
        return extras_of((*self.features, *(["section"] if by_section else [])))

    def hear(
        self, audio: str | Path, *, progress: Progress = silent, cache: bool = True, **settings: Any
    ) -> FeatureTrack:
        """The track of a sound with all that this field draws from; see `analyze`."""
        chosen = AnalysisSettings(**settings).with_extras(self.extras)
        track = analyze(audio, progress=progress, cache=cache, **chosen.model_dump())
        keyframes.warn_of_the_end(self.keyframes, track)
        return track

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """The columns this field draws from, at any times in seconds. Row n depends on times[n] alone."""
        raise NotImplementedError

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """What a run's manifest should tell of this field on this track, as plain values."""
        return {}

    def place(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """What `draw` needs of each pixel at every moment; computed once per frame size."""
        raise NotImplementedError

    def prepare(self, controls: Controls) -> Prepared:
        """Per-moment work done once: see `Prepared`."""
        raise NotImplementedError
