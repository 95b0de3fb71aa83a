"""The fields that exist, told from the union of them: nothing here names one."""

from __future__ import annotations

import typing

from explorer import fields
from explorer.fields import FieldSettings


def field_kinds() -> dict[str, type[FieldSettings]]:
    """Every field by its kind: cppn, ..."""
    return {str(found.model_fields["kind"].default): found for found in _members(fields.AnyField)}


def _members(union: typing.Any) -> tuple[type[FieldSettings], ...]:
    """The classes of a union, however it is annotated; a single class is a union of one."""
    if isinstance(union, type):
        return (union,)
    parts = typing.get_args(union)
    if hasattr(union, "__metadata__"):  # Annotated[union, discriminator]
        return _members(parts[0])
    return tuple(found for part in parts for found in _members(part))
