"""From one version of a user's class to the next: the settings that both have."""

from __future__ import annotations

from typing import Any

from explorer.errors import SettingsError
from explorer.fields.base import FieldSettings
from explorer.settings import Knob


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
