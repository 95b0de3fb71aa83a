"""Settings by name: which part of a recipe a name means, and its value there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from explorer.errors import SettingsError
from explorer.experiments.runs.recipe import Recipe
from explorer.settings import Knob, Settings, did_you_mean

PARTS = ("field", "analysis", "frames")
FIXED = ("kind",)  # another field has other settings: that is another sweep


@dataclass(frozen=True)
class Place:
    """Where a setting stands in a recipe. `name` is plain where one part has it, else dotted."""

    name: str
    part: str
    setting: str
    knob: Knob | None

    @property
    def dotted(self) -> str:
        return f"{self.part}.{self.setting}"

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return self.knob is not None and self.knob.is_integer

    def settings(self, recipe: Recipe) -> Settings:
        """The part of the recipe that holds this setting."""
        part: Settings = getattr(recipe, self.part)
        return part

    def value(self, recipe: Recipe) -> Any:
        """The value in a recipe, as JSON holds it."""
        return plain(getattr(self.settings(recipe), self.setting))

    def checked(self, recipe: Recipe, value: Any) -> Any:
        """The value as the setting takes it: `"3"` becomes 3 for a number. Raises SettingsError."""
        try:
            changed = self.settings(recipe).replace(**{self.setting: _of_python(value)})
        except SettingsError as error:
            raise SettingsError(f"{error}{self._close(value)}") from None
        return plain(getattr(changed, self.setting))

    def _close(self, value: Any) -> str:
        """`; did you mean 'ember'?` when a word is close to an allowed one."""
        choices = self.knob.choices if self.knob else ()
        close = difflib.get_close_matches(str(value), choices, n=1)
        return f"; did you mean '{close[0]}'?" if close else ""


def places(recipe: Recipe) -> dict[str, Place]:
    """Every setting of field, analysis and frames, by its name."""
    settings = {part: type(getattr(recipe, part)) for part in PARTS}
    pairs = [(part, name) for part, kind in settings.items() for name in kind.model_fields]
    found = {}
    for part, name in pairs:
        if name not in FIXED:
            shared = sum(name == other for _, other in pairs) > 1
            called = f"{part}.{name}" if shared else name
            found[called] = Place(called, part, name, settings[part].knobs().get(name))
    return found


def find(name: str, recipe: Recipe) -> Place:
    """The place of a setting by its plain name, dotted name or flag. Raises SettingsError."""
    known = places(recipe)
    if name in known:
        return known[name]
    spelled = name.replace("-", "_")
    sharing = [place.dotted for place in known.values() if place.setting == spelled]
    if len(sharing) > 1:
        raise SettingsError(f"'{name}' could be {' or '.join(sharing)}; say which")
    for place in known.values():
        if spelled in (place.name, place.dotted) or (place.knob and name == place.knob.flag):
            return place
    raise SettingsError(f"no setting '{name}' to vary{did_you_mean(spelled, known)}")


def changed(recipe: Recipe, params: Mapping[str, Any]) -> Recipe:
    """The recipe with some settings changed, each by its name. Raises SettingsError."""
    known = places(recipe)
    changes: dict[str, dict[str, Any]] = {}
    for name, value in params.items():
        place = known.get(name) or find(name, recipe)
        changes.setdefault(place.part, {})[place.setting] = value
    parts = {part: getattr(recipe, part).replace(**values) for part, values in changes.items()}
    return recipe.model_copy(update=parts)


def plain(value: Any) -> Any:
    """A validated value as JSON holds it, the same for equal settings."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    return list(value) if isinstance(value, tuple) else value


def caption(params: Mapping[str, Any]) -> str:
    """`gain 1, layers 2`: the parameters of a point in words."""
    return ", ".join(f"{name.rpartition('.')[2]} {said(value)}" for name, value in params.items())


def said(value: Any) -> str:
    """A value for people: four digits, `true`, `none`."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def distinct(values: Iterable[Any]) -> list[Any]:
    """The values without repetitions, in order; 1 and True differ, and lists may be among them."""
    found: dict[str, Any] = {}
    for value in values:
        found.setdefault(repr(value), value)
    return list(found.values())


def _of_python(value: Any) -> Any:
    """NumPy's numbers as Python's; lists as tuples, because settings are frozen."""
    if isinstance(value, np.generic):
        return value.item()
    return tuple(value) if isinstance(value, list) else value
