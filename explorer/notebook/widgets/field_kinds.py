"""The kinds of fields that exist, read from their union: no field is named here."""

from __future__ import annotations

import importlib
import typing

from explorer import fields
from explorer.fields import FieldSettings


def field_kinds() -> dict[str, type[FieldSettings]]:
    """Every class of fields by its kind: cppn, ..."""
    return {str(member.model_fields["kind"].default): member for member in _members(fields.AnyField)}


def first_look(kind: type[FieldSettings]) -> FieldSettings:
    """The first field of a kind that the panel shows: its default or first preset, else its defaults."""
    package = importlib.import_module(kind.__module__.rpartition(".")[0])
    presets = kind.presets()
    name = getattr(package, "DEFAULT_PRESET", next(iter(presets), None))
    return presets[name] if name in presets else kind.model_validate({})


def _members(union: typing.Any) -> tuple[type[FieldSettings], ...]:
    """The classes of a union, however it is annotated; a single class is a union of one."""
    if isinstance(union, type):
        return (union,)
    parts = typing.get_args(union)
    if hasattr(union, "__metadata__"):  # Annotated[union, discriminator]
        return _members(parts[0])
    return tuple(member for part in parts for member in _members(part))
