"""The looks around a field as points of a cube: what an atlas searches.

Every setting that breeding moves is one coordinate in [0, 1]: the position on its slider, or a choice. The
weights of a CPPN are a mixture of seeds with one coordinate for each coefficient, from -1 to 1 and then put
on the unit sphere. Of other fields with a seed, one coordinate picks a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from explorer.errors import SettingsError
from explorer.evolution.operators import SEEDS, bred_knobs
from explorer.evolution.steps import slider_position, value_at
from explorer.experiments.sweeps.parameter_paths import json_value
from explorer.fields import CPPN, FieldSettings, GraphCPPN
from explorer.fields.cppn.mixture import COEFFICIENT_DIGITS, MAX_TERMS, layer_count, normalized
from explorer.settings import Knob

SEED_COUNT = 256  # from which the coordinate of a seed picks
MIN_NORM = 1e-3  # of the coefficients: below, they have no direction and the field's own stay

Position = Float64[np.ndarray, " coordinates"]


@dataclass(frozen=True)
class Coordinate:
    """One setting: its position in the field, and its value at any position."""

    name: str
    start: float
    value_at: Callable[[float], Any]


class LookSpace:
    """The cube around a field; new seeds follow from `seed`."""

    def __init__(self, field: FieldSettings, seed: int = 0) -> None:
        self.field = field
        rng = np.random.RandomState([seed, 1])
        self._seeds = tuple(int(number) for number in rng.randint(SEEDS, size=SEED_COUNT))
        self._coordinates = _coordinates(field, self._seeds, "")
        self._mixture_seeds: tuple[int, ...] = ()
        self._shares = np.zeros((0, 1))  # (terms, layers), or one for all layers
        if isinstance(field, CPPN):
            others = self._seeds[: MAX_TERMS - len(field.terms)]
            self._mixture_seeds = (*(term.seed for term in field.terms), *others)
            self._shares = np.zeros((len(self._mixture_seeds), layer_count(field.terms)))
            for row, term in enumerate(field.terms):
                self._shares[row] = term.share

    @property
    def start(self) -> Position:
        """Where the field itself is; settings between two steps of their slider are beside it."""
        return np.array([*(each.start for each in self._coordinates), *(self._shares.ravel() + 1) / 2])

    def params(self, position: Position) -> dict[str, Any]:
        """The settings at a position, by name; those that do not go together with the others are left out."""
        count = len(self._coordinates)
        values = {
            each.name: each.value_at(float(share))
            for each, share in zip(self._coordinates, position[:count], strict=True)
        }
        if self._mixture_seeds:
            shares = np.round(2 * position[count:] - 1, COEFFICIENT_DIGITS).reshape(self._shares.shape)
            if np.linalg.norm(shares, axis=0).min() > MIN_NORM:
                pairs = zip(self._mixture_seeds, map(tuple, shares.tolist()), strict=True)
                values["seeds"] = normalized(pairs)
        return {name: json_value(value) for name, value in self._valid(values).items()}

    @property
    def extras(self) -> tuple[str, ...]:
        """What the analysis must measure for any look in the cube."""
        names = dict.fromkeys(self.field.extras)
        for each in self._coordinates:
            for share in (0.0, 1.0):
                params = self._valid({each.name: each.value_at(share)})
                names |= dict.fromkeys(self.field.replace(**params).extras)
        return tuple(names)

    def _valid(self, values: dict[str, Any]) -> dict[str, Any]:
        try:
            self.field.replace(**values)
            return values
        except SettingsError:
            field, valid = self.field, {}
        for name, value in values.items():
            try:
                field = field.replace(**{name: value})
                valid[name] = value
            except SettingsError:
                continue
        return valid


def _coordinates(field: FieldSettings, seeds: tuple[int, ...], prefix: str) -> list[Coordinate]:
    """The settings of a field, and of the fields inside of it."""
    coordinates = []
    for name, part in getattr(field, "parts", {}).items():
        coordinates += _coordinates(part, seeds, f"{prefix}{name}.")
    for knob in bred_knobs(field):
        if each := _coordinate(knob, field.value(knob.name), prefix):
            coordinates.append(each)
    has_free_seed = not (isinstance(field, GraphCPPN) and field.genome)
    if "seed" in type(field).knobs() and has_free_seed and (prefix or not isinstance(field, CPPN)):
        choices = (field.value("seed"), *seeds[1:])
        coordinates.append(_choice(f"{prefix}seed", choices, 0))
    return coordinates


def _coordinate(knob: Knob, value: Any, prefix: str) -> Coordinate | None:
    """The coordinate of a setting; None where it holds a word or none in the place of a number."""
    name = prefix + knob.name
    if knob.slider is None:
        choices = (False, True) if isinstance(value, bool) else knob.choices
        return _choice(name, choices, choices.index(value)) if value in choices else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    start = min(1.0, max(0.0, slider_position(knob, value)))
    return Coordinate(name, start, lambda share: value_at(knob, share))


def _choice(name: str, choices: tuple[Any, ...], index: int) -> Coordinate:
    """Equal parts of [0, 1], one for each choice."""
    last = len(choices) - 1
    return Coordinate(
        name, (index + 0.5) / len(choices), lambda share: choices[min(last, int(share * len(choices)))]
    )
