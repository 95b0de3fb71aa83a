"""Which class draws a kind of field: the one place that knows them all, those that ship and the user's own.

A kind of the user is known once its class was defined or imported in this process. Nothing that is read from
a file imports one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, SerializeAsAny

from explorer.errors import SettingsError
from explorer.fields.base import FieldSettings, check_field
from explorer.settings import did_you_mean

CUSTOM_MARK = ":"  # in the kind of a user's class, `module:Class`, and in no other
IMPORT_HINT = "; one of your own comes with --import FILE.py or --sketch FILE.py"
MAIN = "__main__"  # the module of notebooks, prompts and scripts

_SHIPPED: dict[str, type[FieldSettings]] = {}
_COMPOUND: dict[str, type[FieldSettings]] = {}  # made of other fields, so no list offers them
_CUSTOM: dict[str, type[FieldSettings]] = {}
_MAKERS: dict[str, Callable[[Mapping[str, Any]], type[FieldSettings]]] = {}
_lock = threading.Lock()


def register(kind: str, field: type[FieldSettings], compound: bool = False) -> None:
    """Make a class the one of its kind; a user's class replaces an earlier version of itself."""
    with _lock:
        kinds = _CUSTOM if CUSTOM_MARK in kind else _COMPOUND if compound else _SHIPPED
        kinds[kind] = field


def register_maker(mark: str, maker: Callable[[Mapping[str, Any]], type[FieldSettings]]) -> None:
    """Say what makes the class of settings whose kind begins with a mark."""
    _MAKERS[mark] = maker


def custom_kinds() -> dict[str, type[FieldSettings]]:
    """The user's classes by kind, in the order in which they were first defined."""
    with _lock:
        return dict(_CUSTOM)


def field_kinds() -> dict[str, type[FieldSettings]]:
    """All classes of fields that lists offer by kind, the user's last."""
    return {**_SHIPPED, **custom_kinds()}


def kind_label(kind: str) -> str:
    """The name of a kind in lists: of a user's class that of the class alone."""
    return kind.rpartition(CUSTOM_MARK)[2]


def field_class(kind: str) -> type[FieldSettings]:
    """The class of a kind; of a user's class the plain name is enough. Raises SettingsError."""
    kinds = {**_COMPOUND, **field_kinds()}
    if kind in kinds:
        return kinds[kind]
    named = [own for own in custom_kinds() if own.partition(CUSTOM_MARK)[2] == kind]
    if not named:  # a script or notebook and a file may hold the same class: its source decides
        module, _, name = kind.partition(CUSTOM_MARK)
        alike = [own for own in custom_kinds() if own.partition(CUSTOM_MARK)[2] == name]
        named = [own for own in alike if MAIN in (module, own.partition(CUSTOM_MARK)[0])]
    if len(named) == 1:
        return kinds[named[0]]
    if named:
        raise SettingsError(f"the field '{kind}' could be {' or '.join(named)}; say which")
    if CUSTOM_MARK in kind:
        raise SettingsError(
            f"the field {kind!r:.100} is a class that was not imported here: give its file with --import "
            "FILE.py, import it in Python, or run the cell that defines it"
        )
    raise SettingsError(f"no field '{kind:.100}'{did_you_mean(kind, kinds, IMPORT_HINT)}")


def field_from(value: Any) -> Any:
    """A field from its settings, `kind` among them; what is a field already stays. Raises SettingsError."""
    if not isinstance(value, Mapping):
        check_field(value)
        return value
    kind = value.get("kind")
    if not isinstance(kind, str):
        raise SettingsError(f"field: it names no kind; valid: {', '.join(field_kinds())}")
    maker = next((maker for mark, maker in _MAKERS.items() if kind.startswith(mark)), None)
    return (maker(value) if maker else field_class(kind))(**value)


AnyField = Annotated[SerializeAsAny[FieldSettings], BeforeValidator(field_from)]
"""The type of a setting that holds a field of any kind."""
