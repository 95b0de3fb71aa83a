"""The fields that exist, told from the union of them: nothing here names one."""

from __future__ import annotations

import importlib
import typing

from explorer import fields
from explorer.fields import FieldSettings


def field_kinds() -> dict[str, type[FieldSettings]]:
    """Every field by its kind: cppn, ..."""
    return {str(found.model_fields["kind"].default): found for found in _members(fields.AnyField)}


def first_look(kind: type[FieldSettings]) -> FieldSettings:
    """What a newcomer to a field sees first: its default preset, else its first one, else its defaults."""
    package = importlib.import_module(kind.__module__.rpartition(".")[0])
    looks = kind.presets()
    name = getattr(package, "DEFAULT_PRESET", next(iter(looks), None))
    return looks[name] if name in looks else kind.model_validate({})


def _members(union: typing.Any) -> tuple[type[FieldSettings], ...]:
    """The classes of a union, however it is annotated; a single class is a union of one."""
    if isinstance(union, type):
        return (union,)
    parts = typing.get_args(union)
    if hasattr(union, "__metadata__"):  # Annotated[union, discriminator]
        return _members(parts[0])
    return tuple(found for part in parts for found in _members(part))
