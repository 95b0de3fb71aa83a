"""`Sequence`: a look for each part of the music, each with its own light, and cross-fades between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, ClassVar, Literal, Self

import numpy as np
from jaxtyping import Float, Float64
from pydantic import field_validator, model_validator

from explorer.audio import FeatureTrack
from explorer.audio.structure.moments import (
    Moment,
    missing_moments,
    moment_seconds,
    moment_text,
    parse_moment,
)
from explorer.errors import SettingsError, warn
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.light.columns import LINE_COLUMN, NAMES
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF
from explorer.fields.mix.compound import CompoundField, check_part
from explorer.fields.registry import AnyField
from explorer.fields.sections import SECTIONS_OFF
from explorer.settings import knob

EXAMPLE = "Sequence([(0, look), ('section 1', other)], fade=2.0)"
MAX_LOOKS = 64


class Sequence(CompoundField):
    """Looks one after the other: `Sequence([(0, look), ("section 1", other), ("bar 17", third)], fade=2.0)`.

    Each look is any field, with its own light and finish, and begins at its moment, seconds or a musical one.
    The first is drawn from the start. Two looks cross-fade in linear light, half of `fade` before the moment
    and half after it, and less where the next moment is near. Settings of the looks have paths, as in
    `vary={"look1.gain": [1, 5]}`.
    """

    is_mixable: ClassVar[bool] = False

    kind: Literal["sequence"] = "sequence"
    at: tuple[Moment, ...]
    looks: tuple[AnyField, ...]
    fade: float = knob(
        2.0, low=0, high=60, slider=(0, 8), step=0.1, unit="s", mutation=0, group="sequence",
        help="length of the cross-fade from one look to the next; 0: a cut",
    )  # fmt: skip

    def __init__(self, pairs: Iterable[tuple[Any, Any]] | None = None, **values: Any) -> None:
        if pairs is not None:
            values = {**_unzipped(pairs), **values}
        elif not {"at", "looks"} <= {*values}:
            raise SettingsError(
                f"a sequence has looks at moments, as in {EXAMPLE}; commands draw a saved one: --look FILE"
            )
        super().__init__(**values)

    @field_validator("at", mode="before")
    @classmethod
    def _parse_moments(cls, value: Any) -> tuple[Moment, ...]:
        moments = tuple(parse_moment(each, "sequence") for each in value)
        if not 1 <= len(moments) <= MAX_LOOKS:
            raise SettingsError(f"sequence: got {len(moments)} looks; allowed: 1 to {MAX_LOOKS}")
        seconds = [moment for moment in moments if not isinstance(moment, str)]
        for earlier, later in pairwise(seconds):
            _check_order(earlier, earlier, later, later)
        return moments

    @field_validator("looks")
    @classmethod
    def _check_looks(cls, looks: tuple[FieldSettings, ...]) -> tuple[FieldSettings, ...]:
        for part in looks:
            check_part(part)
        return looks

    @model_validator(mode="after")
    def _check_groups(self) -> Self:
        if len(self.at) != len(self.looks):
            raise SettingsError(f"sequence: got {len(self.looks)} looks at {len(self.at)} moments")
        if (self.light, self.finish, self.sections) != (LIGHT_OFF, FINISH_OFF, SECTIONS_OFF):
            raise SettingsError("sequence: its looks have light, finish and sections; set those of each look")
        return self

    @property
    def parts(self) -> dict[str, FieldSettings]:
        """The looks by name: look1, look2, ..."""
        return {f"look{n}": part for n, part in enumerate(self.looks, 1)}

    def inner_settings(self) -> dict[str, Any]:
        """See `Settings.inner_settings`: the looks."""
        return {**self.parts}

    def value(self, path: str) -> Any:
        """See `Settings.value`; `look1.gain` is of the first look."""
        name, _, rest = path.partition(".")
        part = self.parts.get(name)
        if part is None:
            return super().value(path)
        return part.value(rest) if rest else part

    def replace(self, /, **changes: Any) -> Self:
        """See `FieldSettings.replace`; `look1` or `look1.gain` is of the first look."""
        looks = list(changes.pop("looks", self.looks))
        inner: dict[int, dict[str, Any]] = {}
        for path in list(changes):
            name, _, rest = path.partition(".")
            if name in self.parts:
                place, value = list(self.parts).index(name), changes.pop(path)
                if rest:
                    inner.setdefault(place, {})[rest] = value
                else:
                    looks[place] = value
        for place, settings in inner.items():
            looks[place] = looks[place].replace(**settings)
        return super().replace(looks=tuple(looks), **changes)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """See `FieldSettings.moments`."""
        return (*self.at, *super().moments)

    def with_moments_of(self, track: FeatureTrack) -> Self:
        """See `FieldSettings.with_moments_of`; the first look stays in any case."""
        missing = missing_moments(self.at, track)
        pairs = [(at, look) for at, look in zip(self.at, self.looks, strict=True) if at not in missing]
        if missing:
            warn(f"left out: the looks of {', '.join(map(str, missing))} ({next(iter(missing.values()))})")
            pairs = pairs or [(0.0, self.looks[0])]
        field = self.replace(**_unzipped(pairs)) if missing else self
        return super(Sequence, field).with_moments_of(track)

    @property
    def is_lit(self) -> bool:
        """See `FieldSettings.is_lit`."""
        return any(part.is_lit for part in self.looks)

    def starts(self, track: FeatureTrack) -> Float64[np.ndarray, " looks"]:
        """Where each look begins, in seconds. Raises SettingsError for looks out of order."""
        return _starts(self.at, track)

    def share_names(self) -> dict[str, str]:
        """The columns of shares by the names of the looks."""
        return {name: f"share of {name}" for name in self.parts}

    def shares(
        self, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> Float64[np.ndarray, "moments looks"]:
        """How much of each look is in the picture at times in seconds; at most two at once."""
        starts = self.starts(track)[1:]
        gaps = np.diff(np.concatenate([[0.0], starts, [np.inf]]))
        halves = np.minimum(self.fade, np.minimum(gaps[:-1], gaps[1:])) / 2  # fades never meet
        since = np.round(times[:, None] - starts, 9)
        steps = np.divide(since + halves, 2 * halves, out=(since >= 0) * 1.0, where=halves > 0).clip(0, 1)
        share_after = np.hstack([np.ones((len(times), 1)), steps * steps * (3 - 2 * steps)])
        following = np.hstack([share_after[:, 1:], np.zeros((len(times), 1))])
        return np.asarray(share_after * (1 - following))

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """`time`, the share of each look, and the columns of the looks under their names: `look1.bass`."""
        moments = np.asarray(times, dtype=np.float64)
        shares = dict(zip(self.share_names().values(), self.shares(track, moments).T, strict=True))
        return self._side_by_side(shares, self.routed(track), moments)

    def columns_of_sound(self, names: tuple[str, ...]) -> set[str]:
        """See `FieldSettings.columns_of_sound`: those of the looks, and of their light."""
        return self._columns_of_parts(
            names, lambda part, inner: part.columns_of_sound(inner) | ({*NAMES, LINE_COLUMN} & {*inner})
        )

    def part_of(self, column: str) -> tuple[str, str]:
        """See `FieldSettings.part_of`: its look."""
        look, _, name = column.partition(".")
        return look, name

    def columns_of_angles(self, names: tuple[str, ...]) -> set[str]:
        """See `FieldSettings.columns_of_angles`: those of the looks."""
        return self._columns_of_parts(names, lambda part, inner: part.columns_of_angles(inner) & {*inner})

    def prepare(self, controls: Controls) -> Any:
        """The looks at their moments, which draw whole frames."""
        from explorer.fields.sequence.drawing import LitSequence

        return LitSequence(self, controls)


def _unzipped(pairs: Any) -> dict[str, tuple[Any, ...]]:
    """`at` and `looks` from pairs. Raises SettingsError."""
    pairs = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise SettingsError(f"sequence: got {pair!r:.80}; give pairs of a moment and a look: {EXAMPLE}")
    return {"at": tuple(at for at, _ in pairs), "looks": tuple(look for _, look in pairs)}


def _check_order(earlier: Moment, start: float, later: Moment, end: float) -> None:
    if end <= start:
        raise SettingsError(
            f"sequence: the look of {moment_text(later)} ({end:.2f} s) follows that of "
            f"{moment_text(earlier)} ({start:.2f} s); put them in order"
        )


@lru_cache(maxsize=16)
def _starts(at: tuple[Moment, ...], track: FeatureTrack) -> Float64[np.ndarray, " looks"]:
    seconds = [moment_seconds(moment, track) for moment in at]
    for n, (start, end) in enumerate(pairwise(seconds)):
        _check_order(at[n], start, at[n + 1], end)
    return np.array(seconds)
