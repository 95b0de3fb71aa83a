"""Paths of parameters: which setting of a recipe a name means, and its value there."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from explorer.errors import SettingsError
from explorer.experiments.runs.recipe import Recipe
from explorer.rendering.frames import file_flash_limit
from explorer.settings import Knob, Settings, did_you_mean

PARTS = ("field", "analysis", "frames")
FLASH_LIMIT = "frames.flash_limit"
FIXED = ("kind", "source", "looks")  # another field has other settings: that is another sweep


@dataclass(frozen=True)
class ParameterPath:
    """Where a setting is in a recipe. `name` is plain where one part has it, else dotted."""

    name: str
    part: str
    setting: str
    knob: Knob | None

    @property
    def dotted(self) -> str:
        return f"{self.part}.{self.setting}"

    @property
    def is_integer(self) -> bool:
        """Whether only whole numbers are allowed."""
        return self.knob is not None and self.knob.is_integer

    def settings(self, recipe: Recipe) -> Settings:
        """The part of the recipe that holds this setting."""
        part: Settings = getattr(recipe, self.part)
        return part

    def value(self, recipe: Recipe) -> Any:
        """The value in a recipe, as JSON holds it."""
        return self._json_value(self.settings(recipe))

    def validated(self, recipe: Recipe, value: Any) -> Any:
        """The value as the setting takes it: `"3"` becomes 3 for a number. Raises SettingsError."""
        try:
            settings = self.settings(recipe).replace(**{self.setting: _python_value(value)})
        except SettingsError as error:
            raise SettingsError(f"{error}{self._suggestion(value)}") from None
        return self._json_value(settings)

    def _json_value(self, settings: Settings) -> Any:
        value = settings.value(self.setting)
        return file_flash_limit(value) if self.dotted == FLASH_LIMIT else json_value(value)

    def _suggestion(self, value: Any) -> str:
        """`; did you mean 'ember'?` when a word is close to an allowed one."""
        choices = self.knob.choices if self.knob else ()
        close = difflib.get_close_matches(str(value), choices, n=1)
        return f"; did you mean '{close[0]}'?" if close else ""


def all_paths(recipe: Recipe) -> dict[str, ParameterPath]:
    """Every setting of field, analysis and frames, by its name."""
    settings = {part: getattr(recipe, part) for part in PARTS}
    knobs = {part: each.all_knobs() for part, each in settings.items()}
    pairs = [(part, name) for part, each in settings.items() for name in _setting_names(each)]
    counts = Counter(setting for _, setting in pairs)
    paths = {}
    for part, setting in pairs:
        if setting.rpartition(".")[2] not in FIXED:
            name = f"{part}.{setting}" if counts[setting] > 1 else setting
            paths[name] = ParameterPath(name, part, setting, knobs[part].get(setting))
    return paths


def _setting_names(settings: Settings) -> list[str]:
    """All settings; those of groups, and of fields inside of a field, by path."""
    inner = {name: getattr(settings, name) for name in settings.groups()} | settings.inner_settings()
    own = [name for name in type(settings).model_fields if name not in (*inner, *FIXED)]
    return own + [f"{name}.{each}" for name, value in inner.items() for each in _setting_names(value)]


def find_path(name: str, recipe: Recipe) -> ParameterPath:
    """The path of a setting by its plain name, dotted name or flag. Raises SettingsError."""
    paths = all_paths(recipe)
    if name in paths:
        return paths[name]
    spelled = name.replace("-", "_")
    sharing = [path.dotted for path in paths.values() if path.setting == spelled]
    if len(sharing) > 1:
        raise SettingsError(f"'{name}' could be {' or '.join(sharing)}; say which")
    for path in paths.values():
        if spelled in (path.name, path.dotted) or (path.knob and name == path.knob.flag):
            return path
    raise SettingsError(f"no setting '{name}' to vary{did_you_mean(spelled, paths)}")


def with_parameters(recipe: Recipe, params: Mapping[str, Any]) -> Recipe:
    """The recipe with some settings changed, each by its name. Raises SettingsError."""
    paths = all_paths(recipe)
    changes: dict[str, dict[str, Any]] = {}
    for name, value in params.items():
        path = paths.get(name) or find_path(name, recipe)
        changes.setdefault(path.part, {})[path.setting] = value
    parts = {part: getattr(recipe, part).replace(**values) for part, values in changes.items()}
    return recipe.replace(**parts)


def json_value(value: Any) -> Any:
    """A validated value as JSON holds it, the same for equal settings."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    return list(value) if isinstance(value, tuple) else value


def caption(params: Mapping[str, Any]) -> str:
    """`gain 1, layers 2`: the parameters of a point in words."""
    return ", ".join(f"{name.rpartition('.')[2]} {value_text(value)}" for name, value in params.items())


def value_text(value: Any) -> str:
    """A value in words: four digits, `true`, `none`."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def distinct(values: Iterable[Any]) -> list[Any]:
    """The values without repetitions, in order; 1 and True differ, and lists may be among them."""
    by_repr: dict[str, Any] = {}
    for value in values:
        by_repr.setdefault(repr(value), value)
    return list(by_repr.values())


def _python_value(value: Any) -> Any:
    """NumPy's numbers as Python's; lists as tuples, because settings are frozen."""
    if isinstance(value, np.generic):
        return value.item()
    return tuple(value) if isinstance(value, list) else value
