"""The base of fields that are made of other fields: their features, columns and pixel inputs side by side."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float32, Float64
from pydantic import field_validator, model_validator

from explorer.audio import FeatureTrack
from explorer.audio.structure.moments import Moment
from explorer.errors import SettingsError
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.trained.driving import NO_MODEL

TIME = "time"


class CompoundField(FieldSettings):
    """A field made of others. Columns of its controls have the names of its parts: `a.bass`."""

    derived_settings: ClassVar[tuple[str, ...]] = ("kind", "features")

    features: tuple[str, ...] = ()  # those of the parts

    @property
    def parts(self) -> dict[str, FieldSettings]:
        """The fields inside, by name."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _with_features(self) -> Self:
        """All features that the parts draw from."""
        names = [name for part in self.parts.values() for name in part.features]
        names += self._own_features()
        object.__setattr__(self, "features", tuple(dict.fromkeys(names)))  # still being made
        return self

    @field_validator("model")
    @classmethod
    def _check_model(cls, model: str) -> str:
        if model != NO_MODEL:
            raise SettingsError("model: a field made of others is moved by the models of its parts")
        return model

    def _own_features(self) -> tuple[str, ...]:
        """The features that it draws from besides those of its parts."""
        return ()

    @property
    def extras(self) -> tuple[str, ...]:
        """See `FieldSettings.extras`; those of all parts."""
        every = [*super().extras, *(extra for part in self.parts.values() for extra in part.extras)]
        return tuple(dict.fromkeys(every))

    @property
    def moments(self) -> tuple[Moment, ...]:
        """See `FieldSettings.moments`; those of all parts."""
        return (*super().moments, *(moment for part in self.parts.values() for moment in part.moments))

    def with_moments_of(self, track: FeatureTrack) -> Self:
        """See `FieldSettings.with_moments_of`."""
        parts = {name: part.with_moments_of(track) for name, part in self.parts.items()}
        changed = {name: part for name, part in parts.items() if part is not self.parts[name]}
        field = super().with_moments_of(track)
        return field.replace(**changed) if changed else field

    @property
    def has_large_products(self) -> bool:
        """See `FieldSettings.has_large_products`."""
        return any(part.has_large_products for part in self.parts.values())

    @property
    def without_animation(self) -> Self:
        """See `FieldSettings.without_animation`; that of the parts too."""
        still = {name: part.without_animation for name, part in self.parts.items()}
        return self.replace(keyframes=(), **still)

    def columns_of_sound(self, names: tuple[str, ...]) -> set[str]:
        """See `FieldSettings.columns_of_sound`: those of the parts."""
        return self._columns_of_parts(names, lambda part, inner: part.columns_of_sound(inner))

    @property
    def driven_columns(self) -> set[str]:
        """See `FieldSettings.driven_columns`; those of the parts."""
        parts = self.parts.items()
        return {f"{name}.{column}" for name, part in parts for column in part.driven_columns}

    def _columns_of_parts(self, names: tuple[str, ...], choice: Any) -> set[str]:
        """The columns that `choice(part, its columns)` gives, by their names here."""
        names_here = set()
        for name, part in self.parts.items():
            inner = tuple(each.removeprefix(f"{name}.") for each in names if each.startswith(f"{name}."))
            names_here |= {f"{name}.{column}" for column in choice(part, inner)}
        return names_here

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: those of the parts."""
        return {name: notes for name, part in self.parts.items() if (notes := part.notes(track))}

    def _side_by_side(
        self,
        own: dict[str, Float64[np.ndarray, " moments"]],
        track: FeatureTrack,
        moments: Float64[np.ndarray, " moments"],
    ) -> Controls:
        """`time`, columns of its own, and the columns of the parts under their names."""
        columns, names = [moments[:, None], *(column[:, None] for column in own.values())], [TIME, *own]
        for name, part in self.parts.items():
            inner = part.controls(track, moments)
            columns.append(inner.values)
            names += [f"{name}.{column}" for column in inner.names]
        return Controls(np.hstack(columns).astype(np.float32), tuple(names))

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """The rows of all parts, one after the other."""
        from explorer.fields import section_change  # loads torch

        return np.vstack([section_change.pixel_inputs(part, xy) for part in self.parts.values()])


def check_part(part: FieldSettings) -> None:
    """Raise SettingsError for a field that cannot be inside of another."""
    if not part.is_mixable:
        raise SettingsError(
            f"a {part.kind} cannot be inside of another field, since each of its looks has its own light; "
            f"put the other field into its looks: Sequence([(0, Mix(look, other)), ...])"
        )


def columns_of_part(controls: Controls, name: str) -> Controls:
    """The columns of a part, by the names that it gave them."""
    places = [n for n, column in enumerate(controls.names) if column.startswith(f"{name}.")]
    names = tuple(controls.names[n].removeprefix(f"{name}.") for n in places)
    return Controls(np.ascontiguousarray(controls.values[:, places]), names)
