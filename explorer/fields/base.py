"""The base of all fields: settings that turn a track into controls, and controls into colors.

    track --controls()--> Controls --prepare()--> Prepared --colors() or draw()--> pixels

All history and smoothing is in the controls, so drawing one moment needs no other moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Float32
from pydantic import field_validator

from explorer.audio import AnalysisSettings, FeatureTrack, analyze
from explorer.audio.added.columns import check_plain
from explorer.audio.features import COLUMNS_HINT, EXTRAS, UNITS, extras_of
from explorer.audio.saved_edits import edits_of
from explorer.audio.structure.moments import Moment, missing_moments, moment_columns
from explorer.errors import SettingsError
from explorer.fields import keyframes, sections
from explorer.fields import routing as routing_rules
from explorer.fields.controls import Controls
from explorer.fields.keyframes import Keyframe
from explorer.fields.light import Finish, Light
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF
from explorer.fields.prepared import Prepared
from explorer.fields.sections import SECTIONS_OFF, Sections
from explorer.fields.trained import driving
from explorer.fields.trained.model import load_model
from explorer.progress import Progress, silent
from explorer.settings import Settings, did_you_mean, knob

PRESETS_HINT = "; explorer.load_look(NAME) knows those of all fields"


def feature_names(text: str) -> tuple[str, ...]:
    """The names in a text, with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def check_field(field: object) -> None:
    """Raise SettingsError, with what to do, unless this is a field."""
    if not isinstance(field, FieldSettings):
        raise SettingsError(f"field: got {field!r}; give a field, as in CPPN.preset('molten')")


def check_field_and_track(field: object, track: object) -> None:
    """Raise SettingsError, with what to do, unless these are a field and a track."""
    check_field(field)
    if not isinstance(track, FeatureTrack):
        raise SettingsError(f"track: got {track!r}; analyze the sound first: track = analyze('song.ogg')")


def track_for(field: FieldSettings, audio: str | Path | FeatureTrack) -> FeatureTrack:
    """The track that a field draws from: of a sound file, or a track with the features that it lacks.

    Raises SettingsError.
    """
    check_field(field)
    if isinstance(audio, str | Path):
        return field.analyze(audio)
    check_field_and_track(field, audio)
    field.check_columns(audio.names)
    if set(field.extras) <= set(audio.settings.extras) or audio.source is None:
        return audio
    return _with_extras(audio, field.extras)


@lru_cache(maxsize=4)  # many pictures of one track
def _with_extras(track: FeatureTrack, extras: tuple[str, ...]) -> FeatureTrack:
    """The track with these groups of features too, measured from its `source`."""
    assert track.source is not None
    complete = analyze(track.source, **track.settings.with_extras(extras).model_dump())
    return complete.with_added(track.added)


class FieldSettings(Settings):
    """The base of `CPPN` and every other field."""

    frame_size: ClassVar[tuple[int, int]] = (1280, 720)  # default size of a render, pixels
    movable: ClassVar[tuple[str, ...]] = ()  # settings that keyframes may name
    usable_features: ClassVar[tuple[str, ...]] = ()  # that `features` may name; empty: any column
    sound_columns: ClassVar[
        tuple[str, ...]
    ] = ()  # of the controls, beside the features: they follow the sound
    angle_columns: ClassVar[tuple[str, ...]] = ()  # the same, in radians modulo a circle
    is_mixable: ClassVar[bool] = True  # whether it can be a part of another field
    preset_settings: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # of this class, not of its subclasses

    earlier_presets: ClassVar[frozenset[str]] = frozenset()  # still valid, but not offered to newcomers

    kind: str
    features: tuple[str, ...]
    keyframes: tuple[Keyframe, ...] = knob(
        (), group="time", help=f"settings that move along the track, as in {keyframes.TEXT_EXAMPLE}"
    )
    model: str = knob(
        driving.NO_MODEL, mutation=0, group="audio",
        help="a trained network that moves it in the place of its own hearing: none, or a train_... run or "
        "its folder",
    )  # fmt: skip
    routing: tuple[str, ...] = knob(
        (), group="audio",
        help="columns of your own that take the place of features, as in " + routing_rules.TEXT_EXAMPLE,
    )  # fmt: skip
    light: Light = LIGHT_OFF
    finish: Finish = FINISH_OFF
    sections: Sections = SECTIONS_OFF

    @field_validator("light", "finish", "sections", mode="before")
    @classmethod
    def _parse_group(cls, value: Any) -> Any:
        """Accept True, False and None: with the default settings, or not at all; and `change`, `off`."""
        if isinstance(value, str):
            value = {"change": True, "off": False}.get(value, value)
        if value is None or isinstance(value, bool):
            return {"on": bool(value)}
        return value

    def _names_left_out(self) -> tuple[str, ...]:
        return (*self.groups(), "routing", "model", *self.added_settings)

    @field_validator("model", mode="before")
    @classmethod
    def _parse_model(cls, model: Any) -> Any:
        return driving.NO_MODEL if model is None else model  # the text `none` is parsed as None

    @field_validator("model")
    @classmethod
    def _check_model(cls, model: str) -> str:
        """A model by name is stored with the hash of its weights. Raises SettingsError."""
        if model == driving.NO_MODEL:
            return model
        driving.check_name(model, "none, or a train_... run or its folder")
        return driving.pinned_name(model, str(cls.model_fields["kind"].default))

    @field_validator("features")
    @classmethod
    def _check_unique(cls, features: tuple[str, ...]) -> tuple[str, ...]:
        for name in features:
            check_plain(name, "a feature")
            if features.count(name) > 1:
                raise SettingsError(f"features: '{name}' is named twice; name it once")
            if cls.usable_features and name not in cls.usable_features:
                raise SettingsError(
                    f"the field '{cls.model_fields['kind'].default}' has no feature '{name}'"
                    f"{did_you_mean(name, cls.usable_features)}{routing_rules.ROUTING_HINT}"
                )
        return features

    @field_validator("routing", mode="before")
    @classmethod
    def _parse_routing(cls, value: Any) -> Any:
        return routing_rules.parse(value)

    @field_validator("routing")
    @classmethod
    def _check_routing(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        routing_rules.check(value)
        return value

    @property
    def track_columns(self) -> dict[str, str]:
        """The column of the track that each of the features is read from: itself unless it is routed."""
        return dict(zip(self.features, self.features, strict=True)) | {
            feature: column
            for feature, column in routing_rules.columns_by_feature(self.routing).items()
            if feature in self.features
        }

    def check_columns(self, added: Iterable[str] = ()) -> None:
        """Raise SettingsError for a feature or a routed column that neither ships nor is an added column."""
        names = [*UNITS, *added]
        own = ("time", "loud", "hit", *self.movable, *(self.sound_columns or ()), *self.angle_columns)
        for name in self.features:
            if name not in names:
                raise SettingsError(f"no feature '{name}'{did_you_mean(name, names, COLUMNS_HINT)}")
            if name not in UNITS and name in own:
                raise SettingsError(
                    f"the column '{name}' is named like a setting of this field; rename it, as in 'my_{name}'"
                )
        for name in routing_rules.columns_by_feature(self.routing).values():
            if name not in names:
                raise SettingsError(f"routing: no column '{name}'{did_you_mean(name, names, COLUMNS_HINT)}")

    def routed(self, track: FeatureTrack) -> FeatureTrack:
        """The track as this field reads it: with columns in the place of features, see `routing`.

        Where a model moves the field, all that it would follow itself is silent.
        """
        return driving.resting_track(self, routing_rules.routed_track(track, self.routing))

    @field_validator("features", mode="before")
    @classmethod
    def _parse_features(cls, value: Any) -> Any:
        """Names may be one text, as on the command line."""
        return feature_names(value) if isinstance(value, str) else value

    @field_validator("keyframes", mode="before")
    @classmethod
    def _parse_keyframes(cls, value: Any) -> Any:
        return keyframes.parse(value)

    @field_validator("keyframes")
    @classmethod
    def _check_keyframes(cls, value: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
        keyframes.check(value, cls.movable, cls.knobs())
        return value

    def replace(self, /, **changes: Any) -> Self:
        """See `Settings.replace`. A changed setting of light or finish switches it on."""
        for path, value in list(changes.items()):
            group, _, name = path.partition(".")
            is_switched = f"{group}.on" in self.knobs()
            if is_switched and path in self.knobs() and name != "on" and value != self.value(path):
                changes.setdefault(f"{group}.on", True)
        return super().replace(**changes)

    @classmethod
    def presets(cls) -> dict[str, Self]:
        """The ready-made variants of this field by name; empty where it has none."""
        own: Mapping[str, Mapping[str, Any]] = vars(cls).get("preset_settings", {})
        return {name: cls(**settings) for name, settings in own.items()}

    @classmethod
    def offered_presets(cls) -> dict[str, Self]:
        """The presets that lists show; `presets` has those of earlier versions, too."""
        return {name: look for name, look in cls.presets().items() if name not in cls.earlier_presets}

    @classmethod
    def preset(cls, name: str) -> Self:
        """A ready-made variant by name; `presets` lists them. Raises SettingsError for another name."""
        presets = cls.presets()
        if name not in presets:
            raise SettingsError(f"no preset '{name}'{did_you_mean(name, presets, PRESETS_HINT)}")
        return presets[name]

    @classmethod
    def default_look(cls) -> Self:
        """What newcomers see first: the first preset, or the default settings where there is none."""
        own: Any = cls  # type checkers see settings that a subclass may need
        return next(iter(cls.offered_presets().values()), None) or own()

    @property
    def has_large_products(self) -> bool:
        """Whether colors take matrix products large enough for torch to gain from several threads."""
        return False

    @property
    def without_animation(self) -> Self:
        """The same field with settings that do not change over time."""
        is_still = not self.keyframes and not self.is_driven
        return self if is_still else self.replace(keyframes=(), model=driving.NO_MODEL)

    @property
    def is_lit(self) -> bool:
        """Whether its colors become frames by light or finish."""
        return self.light.on or self.finish.on

    @property
    def echo_count(self) -> int:
        """How many echoes are drawn: none without light."""
        return self.light.echoes if self.light.on else 0

    def rest_value(self, name: str) -> float:
        """The value of an animatable setting without keyframes."""
        return float(getattr(self, name))

    def with_single_samples(self) -> Self:
        """The field with one sample a pixel, which has the same verdict in less time."""
        return self

    @property
    def extras(self) -> tuple[str, ...]:
        """The groups of features that the field needs besides the basic ones."""
        routed = chain(*routing_rules.columns_by_feature(self.routing).items())
        by_section = ["section"] if self.sections.on else []
        live = EXTRAS["live"] if self.is_driven else ()
        return extras_of((*self.features, *routed, *by_section, *live, *moment_columns(self.moments)))

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments that it names: of its keyframes."""
        return tuple(keyframe.at for keyframe in self.keyframes)

    def with_moments_of(self, track: FeatureTrack) -> Self:
        """The field without what is at moments that a track does not have; a warning names that."""
        existing = keyframes.existing(self.keyframes, track)
        return self if existing == self.keyframes else self.replace(keyframes=existing)

    def analyze(
        self,
        audio: str | Path | FeatureTrack,
        *,
        columns: Any = None,
        stems: Any = None,
        edits: Any = None,
        normalize: bool = True,
        progress: Progress = silent,
        cache: bool = True,
        **settings: Any,
    ) -> FeatureTrack:
        """The track of a sound with all columns that this field draws from; see `explorer.analyze`.

        A track gets the groups of features that it lacks; its added columns stay.
        """
        sources: dict[str, Any] = {"columns": columns, "stems": stems, "normalize": normalize}
        options: dict[str, Any] = {"progress": progress, "cache": cache}
        if isinstance(audio, FeatureTrack):
            if edits is not None:
                settings["edits"] = edits_of(edits, audio.name, audio.sha256)
            track = self._complete(audio, sources, options, settings)
        else:
            if columns is None and stems is None:
                self.check_columns()  # before the sound is analyzed
            analysis = AnalysisSettings(**settings).with_extras(self.extras)
            track = analyze(audio, edits=edits, **sources, **options, **analysis.model_dump())
        self.check_columns(track.names)
        keyframes.warn_after_end(self.keyframes, track)
        for reason in missing_moments(self.moments, track).values():
            raise SettingsError(reason)
        return track

    def _complete(
        self,
        track: FeatureTrack,
        sources: dict[str, Any],
        options: dict[str, Any],
        settings: dict[str, Any],
    ) -> FeatureTrack:
        """The track with all groups of features that this field draws from, and with more columns."""
        if sources["columns"] is not None or sources["stems"] is not None:
            raise SettingsError("a track has its columns already; add more with track.with_columns(...)")
        self.check_columns(track.names)
        analysis = track.settings.replace(**settings).with_extras(self.extras)
        if analysis == track.settings:
            return track
        if track.source is None:
            raise SettingsError(
                f"{track.name} was analyzed without {', '.join(self.extras)}, and its track does not say "
                "where the sound is; analyze the sound again"
            )
        complete = analyze(track.source, **options, **analysis.model_dump())
        return complete.with_added(track.added)

    def hear(self, audio: str | Path, **settings: Any) -> FeatureTrack:
        """An alias of `analyze`, its name in version 0.1."""
        return self.analyze(audio, **settings)

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """The columns this field draws from, at any times in seconds. Row n depends on times[n] alone."""
        raise NotImplementedError

    def completed(
        self, controls: Controls, track: FeatureTrack, times: Float[np.ndarray, " moments"]
    ) -> Controls:
        """Controls with the columns that light and sections need; for the end of `controls`."""
        moments = np.asarray(times, dtype=np.float64)
        values, names = [controls.values], list(controls.names)
        if self.light.on:
            from explorer.fields.light import columns

            values.append(columns.columns(track, moments))
            names += columns.NAMES
            if self.light.echoes:
                from explorer.fields.light.echo import echo_columns

                added, added_names = echo_columns(self, track, moments)
                values.append(added)
                names += added_names
        if self.sections.on:
            values.append(sections.columns(track, self.sections, moments))
            names += sections.NAMES
        if len(values) > 1:
            controls = Controls(np.hstack(values).astype(np.float32), tuple(names))
        if self.is_driven:
            controls = driving.driven_controls(self, controls, track, moments)
        return controls

    @property
    def is_driven(self) -> bool:
        """Whether a trained network fills columns of its controls."""
        return self.model != driving.NO_MODEL

    @property
    def driven_columns(self) -> set[str]:
        """The columns that its trained network fills."""
        return set(load_model(self.model).names) if self.is_driven else set()

    def columns_of_sound(self, names: tuple[str, ...]) -> set[str]:
        """Which of its own columns follow the sound: the flash limiter calms them."""
        return {*self.features, *self.sound_columns, *self.angle_columns}

    def part_of(self, column: str) -> tuple[str, str]:
        """The part with a light of its own that a column belongs to, and its name there.

        The part is empty for a field that is lit as one.
        """
        return "", column

    def columns_of_angles(self, names: tuple[str, ...]) -> set[str]:
        """Which of its own columns are in radians modulo a circle."""
        return {*self.angle_columns}

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """What a run's manifest records about this field on this track, as plain values."""
        return driving.model_notes(self)

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """What `Prepared.draw` needs of each pixel at every moment; computed once per frame size."""
        raise NotImplementedError

    def prepare(self, controls: Controls) -> Prepared:
        """The work that does not depend on the pixel, done once per moment: see `Prepared`."""
        raise NotImplementedError
