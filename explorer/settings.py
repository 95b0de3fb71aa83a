"""The base of all settings, and `knob()`, which declares a setting once.

A knob carries default, valid range, slider range, step, unit, flag and help. Sliders, command-line
flags, sweep checks and error messages are all derived from it with `Settings.knobs()`.
"""

from __future__ import annotations

import copy
import dataclasses
import difflib
import inspect
import operator
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
)

from explorer.errors import SettingsError

LOG_SCALE_RATIO = 20  # a slider whose ends differ by this factor moves by factors, not by steps
DEFAULT_MUTATION, CHOICE_MUTATION = 0.12, 0.1  # of sliders, and of choices and switches


@dataclass(frozen=True)
class Knob:
    """One setting as shells see it; `low` to `high` is valid, `slider` is the range worth dragging.

    `mutation` is how far breeding moves it in a typical step, as a share of the slider; of a choice or switch
    how often it changes. 0: never.
    """

    name: str
    default: Any
    help: str
    types: tuple[type, ...]
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    slider: tuple[float, float] | None
    step: float | None
    unit: str
    flag: str
    group: str
    mutation: float

    def accepts(self, value: float) -> bool:
        """Whether a number lies within the bounds."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def is_integer(self) -> bool:
        """Whether only whole numbers are allowed."""
        return int in self.types and float not in self.types

    @property
    def is_logarithmic(self) -> bool:
        """Whether the slider moves by factors."""
        return bool(self.slider and self.slider[0] > 0 and self.slider[1] / self.slider[0] >= LOG_SCALE_RATIO)

    @property
    def allowed(self) -> str:
        """The valid values in words: `0.01 to 20`, `one of rgb, oklab`."""
        parts = [f"one of {', '.join(self.choices)}"] if self.choices else []
        if self.low is not None or self.high is not None:
            kind = "whole numbers " if self.is_integer else ""
            low = "any" if self.low is None else f"{self.low:.10g}"
            parts.append(kind + (f"{low} to {self.high:.10g}" if self.high is not None else f"{low} or more"))
        elif bool in self.types:
            parts.append("true or false")
        if type(None) in self.types:
            parts.append("none")
        return " or ".join(parts) or "text"


def knob(
    default: Any,
    *,
    help: str = "",
    low: float | None = None,
    high: float | None = None,
    slider: tuple[float, float] | None = None,
    step: float | None = None,
    unit: str = "",
    flag: str | None = None,
    group: str = "",
    mutation: float | None = None,
) -> Any:
    """Declare a setting of a `Settings` class. `flag` defaults to the name with dashes.

    `mutation` defaults to an eighth of the slider, and a chance of a tenth for choices; see `Knob`.
    """
    extra: Any = {
        "low": low,
        "high": high,
        "slider": slider,
        "step": step,
        "unit": unit,
        "flag": flag,
        "group": group,
        "mutation": mutation,
    }
    return Field(default, description=help, json_schema_extra={"knob": extra})


def knob_of(settings: type[Settings], name: str) -> Any:
    """The knob of another class, for a setting that both have."""
    return copy.copy(settings.model_fields[name])


class Settings(BaseModel):
    """Frozen, validated settings; unknown names, also `self`, are refused with the nearest valid one."""

    added_settings: ClassVar[tuple[str, ...]] = ()  # since version 0.1
    derived_settings: ClassVar[tuple[str, ...]] = ("kind", "source")  # they follow from the class

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: Any) -> dict[str, Any]:
        """What is new since version 0.1 is left out at its default: recipes and keys say what they said."""
        values: dict[str, Any] = handler(self)
        for name in self._names_left_out():
            if getattr(self, name) == type(self).model_fields[name].default:
                values.pop(name, None)
        return values

    def _names_left_out(self) -> tuple[str, ...]:
        """The settings that files do not hold at their default."""
        return self.added_settings

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """What a prompt shows: the settings that are not at their default, as they are typed in Python."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name not in self.derived_settings and value != field.default:
                yield name, value

    def __str__(self) -> str:
        return repr(self)

    if not TYPE_CHECKING:  # type checkers read the fields instead

        def __init__(self, /, **values: Any) -> None:
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise SettingsError(_explain(type(self), error)) from None

    @field_validator("*")
    @classmethod
    def _in_range(cls, value: Any, info: ValidationInfo) -> Any:
        """Bounds hold for numbers; a setting may take a word or none instead."""
        knob = cls.knobs().get(info.field_name or "")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if knob and is_number and not knob.accepts(value):
            raise ValueError(f"got {value!r}; allowed: {knob.allowed}")
        return value

    def replace(self, /, **changes: Any) -> Self:
        """A copy with some settings changed, validated like a new one; a path is inside a group."""
        values = {name: changes.pop(name, getattr(self, name)) for name in type(self).model_fields}
        inner: dict[str, dict[str, Any]] = {}
        for path in [path for path in changes if "." in path]:
            group, _, name = path.partition(".")
            if isinstance(values.get(group), Settings):
                inner.setdefault(group, {})[name] = changes.pop(path)
        values |= {group: values[group].replace(**settings) for group, settings in inner.items()}
        return type(self)(**values, **changes)

    def value(self, path: str) -> Any:
        """The value of a setting by name, or by path as in `light.relief`."""
        return operator.attrgetter(path)(self)

    def inner_settings(self) -> dict[str, Settings]:
        """The settings inside that belong to this object alone, by the name that their paths begin with."""
        values = {name: getattr(self, name) for name in type(self).model_fields if name not in self.groups()}
        return {name: value for name, value in values.items() if isinstance(value, Settings)}

    @classmethod
    @cache
    def groups(cls) -> dict[str, type[Settings]]:
        """The settings with a default that are groups of settings, by name."""
        defaults = {name: field.default for name, field in cls.model_fields.items()}
        return {name: type(group) for name, group in defaults.items() if isinstance(group, Settings)}

    def all_knobs(self) -> dict[str, Knob]:
        """`knobs`, and those of settings inside that belong to this object alone, by path: `a.gain`."""
        knobs = dict(type(self).knobs())
        for name, inner in self.inner_settings().items():
            for path, knob in inner.all_knobs().items():
                full, flag, group = f"{name}.{path}", f"{name}-{knob.flag}", f"{name}: {knob.group}"
                knobs[full] = dataclasses.replace(knob, name=full, flag=flag, group=group)
        return knobs

    @classmethod
    @cache
    def knobs(cls) -> dict[str, Knob]:
        """Every setting declared with `knob()`, by name, in order of declaration, inherited ones last.

        Those of a group of settings come at its end, by path: `light.relief`, with the flag `light-relief`.
        """
        knobs = {}
        order = [name for base in cls.__mro__ for name in inspect.get_annotations(base)]
        for name, field in sorted(cls.model_fields.items(), key=lambda pair: order.index(pair[0])):
            extra = field.json_schema_extra
            if not isinstance(extra, dict) or "knob" not in extra:
                continue
            values: dict[str, Any] = dict(cast(Any, extra["knob"]))
            types, choices = _types_and_choices(field.annotation)
            values["flag"] = values["flag"] or name.replace("_", "-")
            if values["mutation"] is None:
                is_choice = bool(choices) or types == (bool,)
                values["mutation"] = (
                    DEFAULT_MUTATION if values["slider"] else CHOICE_MUTATION if is_choice else 0.0
                )
            knobs[name] = Knob(name, field.default, field.description or "", types, choices, **values)
        for group, kind in cls.groups().items():
            start = cls.model_fields[group].default
            for name, knob in kind.knobs().items():
                flag = group if name == "on" else f"{group}-{knob.flag}"
                path = f"{group}.{name}"
                knobs[path] = dataclasses.replace(knob, name=path, flag=flag, default=getattr(start, name))
        return knobs


def setting_from_text(text: str | bool) -> str | bool | None:
    """The value of typed text, or of a switch, for a setting: `none` is None."""
    return None if isinstance(text, str) and text.lower() == "none" else text


def did_you_mean(name: str, valid: Iterable[str], hint: str = "") -> str:
    """`; did you mean 'gain'?` when a valid name is close, else the list of valid names and a hint."""
    names = list(valid)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.65)  # below, the words have little in common
    return f"; did you mean '{close[0]}'?" if close else f"; valid: {', '.join(names)}{hint}"


def _types_and_choices(annotation: Any) -> tuple[tuple[type, ...], tuple[str, ...]]:
    """The plain types and the literal choices inside an annotation."""
    if typing.get_origin(annotation) is Literal:
        return (str,), tuple(map(str, typing.get_args(annotation)))
    arguments = typing.get_args(annotation)
    if not arguments or typing.get_origin(annotation) is tuple:
        return (annotation if isinstance(annotation, type) else tuple,), ()
    pairs = [_types_and_choices(argument) for argument in arguments]
    return tuple(t for types, _ in pairs for t in types), tuple(c for _, choices in pairs for c in choices)


def _explain(cls: type[Settings], error: ValidationError) -> str:
    """The first validation error in one line: the setting, what was given, what is allowed."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        return f"{cls.__name__} has no setting '{name}'{did_you_mean(name, cls.model_fields)}"
    if first["type"] == "missing" and len(first["loc"]) == 1:
        return f"{cls.__name__} needs '{name}'"
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":  # already one of our messages, at any depth
        return f"{name}: {reason}" if name and not reason.startswith(name) else reason
    knob = cls.knobs().get(name)
    if knob is None or tuple in knob.types:
        position = first["loc"][-1]
        if first["type"] == "missing" and isinstance(position, int):  # in a tuple of a fixed length
            reason = f"number {position + 1} is missing"
        reason = reason.replace("Input should be", "allowed:").partition(", unable")[0]
        reason = f"got {first['input']!r}; {reason[:1].lower()}{reason[1:]}"
        return f"{name}: {reason}" if name else reason
    return f"{name}: got {first['input']!r}; allowed: {knob.allowed}"
