"""`Mix`: two fields in one picture, by a number, a feature of the sound, or the brightness of a third."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from jaxtyping import Float, Float32
from pydantic import field_validator, model_validator

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.fields import keyframes
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF
from explorer.fields.prepared import Prepared
from explorer.fields.registry import AnyField
from explorer.settings import knob

TIME = "time"
PARTS = ("a", "b", "mask")


class Mix(FieldSettings):
    """Two fields, mixed in linear light: `Mix(a, b, by="bass")`.

    `by` is a share of b from 0 to 1; the name of a feature, whose level is the share; or a field, whose
    brightness is the share at each point. They are held as `amount`, `feature` and `mask`, and together they
    multiply. Light and finish are those of the mixture: its surface is both surfaces mixed, and where none is
    given it takes those of a, else of b. Settings of the parts have paths, as in `vary={"a.gain": [1, 5]}`.
    """

    movable: ClassVar[tuple[str, ...]] = ("amount",)
    derived_settings: ClassVar[tuple[str, ...]] = ("kind", "features")

    kind: Literal["mix"] = "mix"
    features: tuple[str, ...] = ()  # those of the parts
    a: AnyField
    b: AnyField
    amount: float = knob(
        0.5, low=0, high=1, slider=(0, 1), step=0.02, group="look", help="share of the second field"
    )
    feature: str | None = None
    mask: AnyField | None = None

    def __init__(self, *fields: Any, **values: Any) -> None:
        settings = dict(zip(("a", "b", "by"), fields, strict=False)) | values
        if not {"a", "b"} <= {*settings} or len(fields) > 3:
            raise SettingsError(
                "a mixture has two fields, as in Mix(a, b, by='bass'); commands draw a saved one: --look FILE"
            )
        super().__init__(**settings)

    @model_validator(mode="before")
    @classmethod
    def _parse_by(cls, values: Any) -> Any:
        """What `by` says, and light and finish of the parts. Raises SettingsError."""
        values = dict(values)
        by = values.pop("by", None)
        if isinstance(by, str):
            values = {"amount": 1.0, "feature": by, **values}
        elif isinstance(by, FieldSettings):
            values = {"amount": 1.0, "mask": by, **values}
        elif isinstance(by, int | float) and not isinstance(by, bool):
            values = {"amount": by, **values}
        elif by is not None:
            raise SettingsError(f"by: got {by!r}; allowed: a number from 0 to 1, a feature, or a field")
        for name in ("light", "finish"):
            groups = [getattr(values.get(part), name, None) for part in ("a", "b")]
            lit = [group for group in groups if group is not None and group.on]
            if name not in values and lit:
                values[name] = lit[0]
        return values

    @field_validator("a", "b", "mask")
    @classmethod
    def _without_light(cls, part: FieldSettings | None) -> FieldSettings | None:
        """Light and finish are the mixture's."""
        if part is None or not (part.light.on or part.finish.on):
            return part
        return part.replace(light=LIGHT_OFF, finish=FINISH_OFF)

    @model_validator(mode="after")
    def _with_features(self) -> Self:
        """All features that the parts draw from."""
        names = [name for part in self.parts.values() for name in part.features]
        names += [self.feature] if self.feature else []
        object.__setattr__(self, "features", tuple(dict.fromkeys(names)))  # still being made
        return self

    @property
    def parts(self) -> dict[str, FieldSettings]:
        """The fields inside, by name."""
        return {name: part for name in PARTS if (part := getattr(self, name)) is not None}

    @property
    def extras(self) -> tuple[str, ...]:
        """See `FieldSettings.extras`; those of all parts."""
        every = [*super().extras, *(extra for part in self.parts.values() for extra in part.extras)]
        return tuple(dict.fromkeys(every))

    @property
    def has_large_products(self) -> bool:
        """See `FieldSettings.has_large_products`."""
        return any(part.has_large_products for part in self.parts.values())

    @property
    def without_animation(self) -> Self:
        """See `FieldSettings.without_animation`; that of the parts too."""
        still = {name: part.without_animation for name, part in self.parts.items()}
        return self.replace(keyframes=(), **still)

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """`time`, the share of b, and the columns of the parts under their names: `a.bass`."""
        moments = np.asarray(times, dtype=np.float64)
        track = self.routed(track)
        share = np.broadcast_to(
            keyframes.values(self, track, moments).get("amount", self.amount), len(moments)
        )
        if self.feature:
            share = share * (track.at(moments, (self.feature,))[:, 0] + 1) / 2
        columns, names = [moments[:, None], share[:, None]], [TIME, "share"]
        for name, part in self.parts.items():
            inner = part.controls(track, moments)
            columns.append(inner.values)
            names += [f"{name}.{column}" for column in inner.names]
        values = np.hstack(columns).astype(np.float32)
        return self.completed(Controls(values, tuple(names)), track, moments)

    def columns_of_sound(self, names: tuple[str, ...]) -> set[str]:
        """See `FieldSettings.columns_of_sound`: those of the parts, and the share where it is a feature's."""
        follows = {"share"} if self.feature else set()
        for name, part in self.parts.items():
            inner = tuple(each.removeprefix(f"{name}.") for each in names if each.startswith(f"{name}."))
            follows |= {f"{name}.{column}" for column in part.columns_of_sound(inner)}
        return follows

    def notes(self, track: FeatureTrack) -> dict[str, Any]:
        """See `FieldSettings.notes`: those of the parts."""
        return {name: notes for name, part in self.parts.items() if (notes := part.notes(track))}

    def pixel_inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """The rows of all parts, one after the other."""
        from explorer.fields import section_change  # loads torch

        return np.vstack([section_change.pixel_inputs(part, xy) for part in self.parts.values()])

    def prepare(self, controls: Controls) -> Prepared:
        """The parts, each prepared with its columns."""
        from explorer.fields.mix.drawing import PreparedMix

        return PreparedMix(self, controls)
