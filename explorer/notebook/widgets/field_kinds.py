"""The kinds of fields that exist, read from their union: no field is named here."""

from __future__ import annotations

import typing

from explorer import fields
from explorer.fields import FieldSettings


def field_kinds() -> dict[str, type[FieldSettings]]:
    """Every class of fields by its kind: cppn, ..."""
    return {str(member.model_fields["kind"].default): member for member in _members(fields.AnyField)}


def _members(union: typing.Any) -> tuple[type[FieldSettings], ...]:
    """The classes of a union, however it is annotated; a single class is a union of one."""
    if isinstance(union, type):
        return (union,)
    parts = typing.get_args(union)
    if hasattr(union, "__metadata__"):  # Annotated[union, discriminator]
        return _members(parts[0])
    return tuple(member for part in parts for member in _members(part))
