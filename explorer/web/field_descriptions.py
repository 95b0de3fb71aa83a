"""Fields by their settings, as the live page draws them: without what belongs to a track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.errors import SettingsError
from explorer.fields import CPPN, GraphCPPN, Patterns
from explorer.fields.sketch.field import KIND_MARK, class_of_settings
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


def is_sketch(settings: Mapping[str, Any]) -> bool:
    """Whether settings are those of a sketch, with its text."""
    kind, source = settings.get("kind"), settings.get("source")
    return isinstance(kind, str) and kind.startswith(KIND_MARK) and isinstance(source, str) and source != ""


def build_field(settings: dict[str, Any]) -> FieldDescription:
    """A field by its settings. Raises SettingsError if they are invalid, or the page cannot draw it.

    A trained model of the field is left out: its own hearing moves it.
    """
    settings = {name: value for name, value in settings.items() if name != "model"}  # reads no files
    kind = settings.get("kind", "cppn")
    if is_sketch(settings):
        field: ShaderField = class_of_settings(settings)(**settings)  # type: ignore[assignment]
    elif isinstance(kind, str) and kind in FIELDS:
        field = FIELDS[kind](**settings)
    else:
        raise SettingsError(
            "the page draws CPPNs, graph CPPNs, patterns, Julia sets and sketches with their text, "
            f"not {str(kind)[:40]!r}"
        )
    # these need a track
    field = field.without_animation.replace(**{"sections": False, "light.echoes": 0})
    if reason := limit_message(field):
        raise SettingsError(reason)
    description = describe(field)
    assert not isinstance(description, JuliaDescription)
    return description
