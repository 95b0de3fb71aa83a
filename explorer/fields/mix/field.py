"""`Mix`: two fields in one picture, by a number, a feature of the sound, or the brightness of a third."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from jaxtyping import Float
from pydantic import field_validator, model_validator

from explorer.audio import FeatureTrack
from explorer.errors import SettingsError
from explorer.fields import keyframes
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF
from explorer.fields.mix.compound import CompoundField, check_part
from explorer.fields.prepared import Prepared
from explorer.fields.registry import AnyField
from explorer.settings import knob

PARTS = ("a", "b", "mask")


class Mix(CompoundField):
    """Two fields, mixed in linear light: `Mix(a, b, by="bass")`.

    `by` is a share of b from 0 to 1; the name of a feature, whose level is the share; or a field, whose
    brightness is the share at each point. They are held as `amount`, `feature` and `mask`, and together they
    multiply. Light and finish are those of the mixture: its surface is both surfaces mixed, and where none is
    given it takes those of a, else of b. Settings of the parts have paths, as in `vary={"a.gain": [1, 5]}`.
    """

    movable: ClassVar[tuple[str, ...]] = ("amount",)

    kind: Literal["mix"] = "mix"
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
        if part is not None:
            check_part(part)
        if part is None or not (part.light.on or part.finish.on):
            return part
        return part.replace(light=LIGHT_OFF, finish=FINISH_OFF)

    def _own_features(self) -> tuple[str, ...]:
        return (self.feature,) if self.feature else ()

    @property
    def parts(self) -> dict[str, FieldSettings]:
        """The fields inside, by name."""
        return {name: part for name in PARTS if (part := getattr(self, name)) is not None}

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """`time`, the share of b, and the columns of the parts under their names: `a.bass`."""
        moments = np.asarray(times, dtype=np.float64)
        track = self.routed(track)
        share = np.broadcast_to(
            keyframes.values(self, track, moments).get("amount", self.amount), len(moments)
        )
        if self.feature:
            share = share * (track.at(moments, (self.feature,))[:, 0] + 1) / 2
        return self.completed(self._side_by_side({"share": share}, track, moments), track, moments)

    def columns_of_sound(self, names: tuple[str, ...]) -> set[str]:
        """See `FieldSettings.columns_of_sound`: those of the parts, and the share where it is a feature's."""
        return super().columns_of_sound(names) | ({"share"} if self.feature else set())

    def prepare(self, controls: Controls) -> Prepared:
        """The parts, each prepared with its columns."""
        from explorer.fields.mix.drawing import PreparedMix

        return PreparedMix(self, controls)
