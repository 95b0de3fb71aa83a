"""Fields by their settings, as the live page draws them: without what belongs to a track."""

from __future__ import annotations

from typing import Any

from explorer.errors import SettingsError
from explorer.fields import CPPN, GraphCPPN, Patterns
from explorer.shaders.descriptions import (
    FieldDescription,
    JuliaDescription,
    ShaderField,
    describe,
    limit_message,
)

FIELDS: dict[str, type[CPPN] | type[GraphCPPN] | type[Patterns]] = {
    "cppn": CPPN,
    "graph": GraphCPPN,
    "patterns": Patterns,
}


def build_field(settings: dict[str, Any]) -> FieldDescription:
    """A field by its settings. Raises SettingsError if they are invalid, or the page cannot draw it."""
    kind = settings.get("kind", "cppn")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise SettingsError(
            f"the page draws CPPNs, graph CPPNs, patterns and Julia sets, not {str(kind)[:40]!r}"
        )
    field: ShaderField = FIELDS[kind](**settings).without_animation
    field = field.replace(**{"sections": False, "light.echoes": 0})  # these need a track
    if reason := limit_message(field):
        raise SettingsError(reason)
    description = describe(field)
    assert not isinstance(description, JuliaDescription)
    return description
