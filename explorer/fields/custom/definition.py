"""How a class of the user becomes a field: its knobs get types and sliders, and the registry gets the class.

A class is written as briefly as possible, so what it leaves out is filled in before pydantic sees it: the
type of a knob that has none is that of its default, and the slider of a number is its range.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import BaseModel, PydanticUserError
from pydantic.fields import FieldInfo

from explorer.errors import SettingsError
from explorer.fields import registry
from explorer.fields.base import FieldSettings
from explorer.fields.custom.source import TEXT_ATTRIBUTE, defining_text
from explorer.settings import Settings

Metaclass: Any = type(BaseModel)
KNOB_GROUP = "look"  # of knobs that name none
VALIDATED_DEFAULTS = ("features", "light", "finish", "sections", "routing")
PACKAGE = __name__.rpartition(".")[0]


class FieldDefinition(Metaclass):  # type: ignore[misc]
    """The metaclass of `Field`. Raises SettingsError where a class cannot be a field."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        is_written = "__qualname__" in namespace  # not so in the copies that workers receive
        if not is_written or str(namespace.get("__module__")).startswith(PACKAGE):
            return super().__new__(mcs, name, bases, namespace, **options)
        _check_names(name, bases, namespace)
        _fill_in(bases, namespace)
        text = defining_text(namespace["__module__"], namespace["__qualname__"])
        try:
            cls = super().__new__(mcs, name, bases, namespace | {TEXT_ATTRIBUTE: text}, **options)
        except PydanticUserError as error:
            raise _definition_error(name, error) from None
        _check_defaults(cls)
        if "movable" not in namespace:
            cls.movable = tuple(n for n, knob in cls.knobs().items() if _is_movable(n, knob))
        registry.register(kind_of(cls), cls)
        return cls


def kind_of(cls: type) -> str:
    """`module:Class`."""
    return f"{cls.__module__}{registry.CUSTOM_MARK}{cls.__qualname__}"


def wrap_method(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a method of `Field` that takes the place of the user's method of a name, and calls it."""

    def mark(wrapper: Callable[..., Any]) -> Callable[..., Any]:
        _WRAPPERS[name] = wrapper
        return wrapper

    return mark


_WRAPPERS: dict[str, Callable[..., Any]] = {}


def _check_names(name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
    """Refuse settings that take the place of a method."""
    settings = [
        *_annotations(namespace),
        *(n for n, value in namespace.items() if isinstance(value, FieldInfo)),
    ]
    base_fields = {n for base in bases if issubclass(base, Settings) for n in base.model_fields}
    for setting in settings:
        is_method = any(hasattr(base, setting) for base in bases) and setting not in base_fields
        if setting in ("kind", "source") or (is_method and isinstance(namespace.get(setting), FieldInfo)):
            raise SettingsError(
                f"{name}: the name '{setting}' is taken in fields; choose another for the setting"
            )


def _check_defaults(cls: type[Settings]) -> None:
    """Refuse a knob whose default is outside of its bounds."""
    for name, knob in cls.knobs().items():
        is_number = isinstance(knob.default, int | float) and not isinstance(knob.default, bool)
        if is_number and not knob.accepts(knob.default):
            raise SettingsError(
                f"{cls.__name__}: the default of {name} is {knob.default}; allowed: {knob.allowed}"
            )


def _definition_error(name: str, error: PydanticUserError) -> SettingsError:
    """What pydantic says about a class, as one line."""
    setting = re.search(r"attribute was detected: `(\w+) =", str(error))
    if not setting:
        return SettingsError(f"{name}: {str(error).splitlines()[0]}")
    return SettingsError(
        f"{name}: write {setting[1]} = knob(...) for a setting, or {setting[1].upper()} for a constant"
    )


def _fill_in(bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
    """Types of knobs and of settings of the base that are assigned alone, sliders, and wrapped methods."""
    annotations = _annotations(namespace)
    base_fields = {n: f for base in bases if issubclass(base, Settings) for n, f in base.model_fields.items()}
    for name, value in list(namespace.items()):
        if isinstance(value, FieldInfo):
            annotations.setdefault(name, type(value.default))
            _complete_knob(value)
        elif name in base_fields:
            annotations.setdefault(name, base_fields[name].annotation)
            if name in VALIDATED_DEFAULTS:  # as where a field is made: a text, True, a dictionary
                settings = FieldSettings(**{"kind": "", "features": (), name: value})
                namespace[name] = getattr(settings, name)
        elif name in _WRAPPERS and callable(value):
            namespace[name] = _wrapped(value, _WRAPPERS[name])
        elif name.isupper():
            annotations.setdefault(name, ClassVar[Any])
    namespace["__annotations__"] = annotations


def _wrapped(function: Callable[..., Any], wrapper: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def method(self: Any, *arguments: Any) -> Any:
        return wrapper(self, function, *arguments)

    return method


def _annotations(namespace: dict[str, Any]) -> dict[str, Any]:
    annotations: dict[str, Any] = namespace.get("__annotations__", {})
    return annotations


def _complete_knob(field: FieldInfo) -> None:
    """A slider for a number that has none, over its range or around its default; and a group."""
    extra: Any = field.json_schema_extra
    values = extra.get("knob") if isinstance(extra, dict) else None
    if values is None:
        return
    values["group"] = values["group"] or KNOB_GROUP
    default = field.default
    if values["slider"] is None and isinstance(default, int | float) and not isinstance(default, bool):
        low = min(0, 2 * default) if values["low"] is None else values["low"]
        high = max(1, 2 * default) if values["high"] is None else values["high"]
        values["slider"] = (low, high) if low < high else None


def _is_movable(name: str, knob: Any) -> bool:
    """Whether keyframes can move a setting: numbers that need not be whole, of the class itself."""
    return "." not in name and float in knob.types
