"""The presets of every field, by kind and name; the first of each kind is where newcomers start."""

from __future__ import annotations

import json
from typing import Any

from explorer.errors import SettingsError
from explorer.fields import cppn, julia, patterns
from explorer.fields.base import FieldSettings
from explorer.settings import did_you_mean

LOOKS: dict[str, dict[str, FieldSettings]] = {
    "cppn": {**cppn.PRESETS},
    "patterns": {**patterns.PRESETS},
    "julia": {**julia.PRESETS},
}


def look(name: str | None = None, kind: str | None = None) -> FieldSettings:
    """A preset by name, of any kind or of one; without a name the first. Raises SettingsError."""
    if kind is not None and kind not in LOOKS:
        raise SettingsError(f"no field '{kind}'{did_you_mean(kind, LOOKS)}")
    known = {name: field for each in ([kind] if kind else LOOKS) for name, field in LOOKS[each].items()}
    if name is None:
        return next(iter(known.values()))
    if name not in known:
        of = f" of the field '{kind}'" if kind else ""
        raise SettingsError(f"no preset '{name}'{of}{did_you_mean(name, known)}")
    return known[name]


def look_of(settings: dict[str, Any]) -> str | None:
    """The name of the preset that settings (as JSON) are, whatever the seed; None when they are none."""
    return _NAMES.get(_without_seed(settings))


def _without_seed(settings: dict[str, Any]) -> str:
    return json.dumps({**settings, "seed": None}, sort_keys=True)


_NAMES = {
    _without_seed(field.model_dump(mode="json")): name
    for looks in LOOKS.values()
    for name, field in looks.items()
}
