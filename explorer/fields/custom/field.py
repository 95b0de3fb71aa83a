"""`Field`: the base of a field of one's own."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from jaxtyping import Float, Float32
from pydantic import Field as Setting
from pydantic import field_validator

from explorer.audio import FeatureTrack
from explorer.audio.features import TIMBRES
from explorer.errors import SettingsError
from explorer.fields import keyframes, sections
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.custom.definition import FieldDefinition, kind_of, wrap_method
from explorer.fields.custom.source import source_hash, source_text
from explorer.fields.prepared import Prepared
from explorer.fields.registry import CUSTOM_MARK

TIME = "time"  # the column of seconds


class Field(FieldSettings, metaclass=FieldDefinition):
    """The base of a field of your own: knobs, the features that it follows, and a formula of color.

        class Ripples(ex.Field):
            features = ("bass", "onset")
            rings = ex.knob(12.0, low=1, high=40, help="rings from the center to the edge")

            def colors(self, controls, xy, pixel):
                radius = np.hypot(xy[:, 0], xy[:, 1])
                wave = np.sin(self.rings * radius - 4 * controls.time - 3 * controls.bass)
                return wave * 0.5 + 0.5, radius / 2, 0.3 + 0.2 * controls.onset

    Settings declared with `knob` are checked, saved in recipes, and become sliders, flags and axes of sweeps;
    those with fractions can have keyframes. `features` are the names of columns of the track. Class
    attributes say more: `frame_size` (pixels of a render), `preset_settings` (presets by name), `accent` (the
    color of rims and rings), `arrays` ("torch" or "numpy", what `colors` computes with; by itself torch where
    the class uses it), `sound_columns` (columns of `controls` that follow the sound; by itself all but time).

    A recipe names the class as `module:Class` with the hash of its source, and is repeated only where that
    very class was defined or imported.
    """

    kind: str = Setting("", validate_default=True)
    source: str = Setting("", validate_default=True)  # SHA-256 of the class, see `source`
    features: tuple[str, ...] = ("bass", "mid", "treble", "onset")

    arrays: ClassVar[Literal["auto", "numpy", "torch"]] = "auto"
    accent: ClassVar[tuple[float, float, float]] = (1.0, 0.86, 0.66)  # sRGB in [0, 1]
    sound_columns: ClassVar[tuple[str, ...] | None] = None  # type: ignore[assignment]

    @field_validator("kind", mode="before")
    @classmethod
    def _own_kind(cls, value: Any) -> str:
        if cls is Field:
            raise SettingsError("Field is a base: define a class of your own, as in class Ripples(ex.Field)")
        own = kind_of(cls)
        if value and str(value).partition(CUSTOM_MARK)[2] != cls.__qualname__:
            raise ValueError(f"got {value!r}; allowed: {own}")
        return own

    @field_validator("source", mode="before")
    @classmethod
    def _own_source(cls, value: Any) -> str:
        """The hash of the class as it is. Raises SettingsError for that of another version."""
        own = source_hash(cls)
        if value and value != own:
            raise SettingsError(
                f"the source of {kind_of(cls)} is not the one that was saved ({own[:8]}, saved: "
                f"{str(value)[:8]}); import that version (its text is in the run's manifest.json), or "
                f"draw anew with {cls.__name__}(...) as it is now"
            )
        return own

    def colors(
        self, controls: Any, xy: Float32[np.ndarray, "points 2"], pixel: float
    ) -> Float[np.ndarray, "moments points 3"]:
        """sRGB in [0, 1] at points `xy`, for every moment of `controls`; to be written by the class.

        `controls.bass` (moments, 1) is a feature at each moment, `controls.time` seconds. `xy` spans [-1, 1]
        on the shorter side of the frame; y grows downward. `pixel` is the size of a pixel. A tuple (red,
        green, blue) is as good as an array; each may have any shape that spreads to (moments, points). Blocks
        of points are evaluated one by one, so a color must depend on its own point alone.
        """
        raise NotImplementedError

    def height(
        self, controls: Any, xy: Float32[np.ndarray, "points 2"], pixel: float
    ) -> Float[np.ndarray, "moments points"]:
        """The relief that light shades, about -1 to 1; where a class has none, what is bright stands out."""
        raise NotImplementedError

    def numbers(
        self, controls: Any, xy: Float32[np.ndarray, "points 2"], pixel: float
    ) -> Float[np.ndarray, "moments 5 points"]:
        """In place of `colors` and `height`: height; red, green, blue in linear light; emission."""
        raise NotImplementedError

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Any:
        """Columns to draw from, by name: a class that needs more than time and features returns them here.

        A row must depend on its time alone: sums along the track are computed on `track.times` first.
        """
        return self._controls(lambda *_: {}, track, times)

    @wrap_method("controls")
    def _controls(self, written: Any, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """All columns: time, features, those of the class's own `controls`, settings that move, light.

        A feature that the class names and the field leaves out is at rest.
        """
        track = self.routed(track)
        moments = np.asarray(times, dtype=np.float64)
        unused = set(type(self).model_fields["features"].default) - {*self.features}
        columns = {TIME: moments} | {
            name: np.full(len(moments), 0.0 if name in TIMBRES else -1.0) for name in unused
        }
        columns |= dict(zip(self.features, track.at(moments, self.features).T, strict=True))
        more = written(self, track, moments)
        if isinstance(more, Controls):
            more = dict(zip(more.names, more.values.T, strict=True))
        for name, column in dict(more).items():
            columns[name] = self._checked_column(name, column, moments)
        columns |= keyframes.values(self, track, moments)
        values = np.column_stack(list(columns.values())).astype(np.float32)
        return self.completed(Controls(values, tuple(columns)), track, moments)

    def _checked_column(self, name: str, column: Any, moments: np.ndarray) -> np.ndarray:
        try:
            values = np.broadcast_to(np.asarray(column, np.float64), moments.shape)
        except (ValueError, TypeError):
            raise SettingsError(
                f"{type(self).__name__}.controls: {name!r} has shape {np.shape(column)}; expected one number "
                f"for each of {len(moments)} times"
            ) from None
        if not np.isfinite(values).all():
            raise SettingsError(f"{type(self).__name__}.controls: {name!r} is not finite at some times")
        return values

    def columns_of_sound(self, names: tuple[str, ...]) -> set[str]:
        """See `FieldSettings.columns_of_sound`: all but time and settings where the class names none."""
        if self.sound_columns is not None:
            return super().columns_of_sound(names)
        return set(names) - {TIME, *sections.NAMES, *keyframes.animated_names(self)}

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: the source of the class, to be read."""
        return {"source": source_text(type(self)), **super().notes(track)}

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """Rows x, y, and a fixed noise in [0, 1) for rounding to 8 bits (dither)."""
        from explorer.fields.custom.drawing import pixel_inputs

        return pixel_inputs(xy)

    def prepare(self, controls: Controls) -> Prepared:
        """The class's own methods as a field ready to draw."""
        from explorer.fields.custom.drawing import PreparedCustomField

        if not self.defines("colors") and not self.defines("numbers"):
            raise SettingsError(f"{type(self).__name__} draws nothing: write its method colors, as in Field")
        return PreparedCustomField(self, controls)

    @classmethod
    def defines(cls, method: str) -> bool:
        """Whether the class has its own method of this name."""
        return getattr(cls, method) is not getattr(Field, method)
