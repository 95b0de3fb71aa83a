"""From one version of a user's class to the next: the settings that both have."""

from __future__ import annotations

from typing import Any

from explorer.errors import SettingsError
from explorer.fields import registry
from explorer.fields.base import FieldSettings
from explorer.settings import Knob


def with_newest_classes(field: FieldSettings) -> tuple[FieldSettings, list[str]]:
    """The field with the newest versions of the user's classes, inside of it too; and what could not stay."""
    cls = registry.custom_kinds().get(field.kind, type(field))
    if cls is not type(field):
        field, losses = carry_over(field, cls)
        return field, [f"{registry.kind_label(field.kind)}: {loss}" for loss in losses]
    inner = field.inner_settings()
    renewed = {name: with_newest_classes(f) for name, f in inner.items() if isinstance(f, FieldSettings)}
    parts = {name: part for name, (part, _) in renewed.items() if part != inner[name]}
    losses = [loss for _, lost in renewed.values() for loss in lost]
    return field.replace(**parts) if parts else field, losses


def carry_over(field: FieldSettings, cls: Any) -> tuple[FieldSettings, list[str]]:
    """The field as one of the new class, and in words what could not stay as it was.

    Settings go by name. One that was never changed follows the default of the new class.
    """
    values: dict[str, Any] = {}
    changes: list[str] = []
    for name, setting in type(field).model_fields.items():
        value = getattr(field, name)
        if name in cls.derived_settings or value == setting.default:
            continue
        if name not in cls.model_fields:
            changes.append(f"{name} is gone")
            continue
        value = _within(cls.knobs().get(name), value)
        try:
            cls(**{name: value})
        except SettingsError as error:
            changes.append(f"{error}; it is at its default")
            continue
        if value != getattr(field, name):
            changes.append(f"{name} was {getattr(field, name):g} and is {value:g}")
        values[name] = value
    try:
        return cls(**values), changes
    except SettingsError as error:  # settings that do not go together any more
        return cls(), [f"{error}; all settings are at their defaults"]


def _within(knob: Knob | None, value: Any) -> Any:
    """A number within the bounds of a knob; anything else as it is."""
    if knob is None or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    value = value if knob.low is None else max(value, knob.low)
    value = value if knob.high is None else min(value, knob.high)
    return round(value) if knob.is_integer else value
