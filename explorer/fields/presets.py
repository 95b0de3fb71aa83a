"""Every field that ships, and its presets by kind and name; newcomers see the first of each kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from explorer.errors import SettingsError
from explorer.fields.base import FieldSettings
from explorer.fields.cppn import CPPN
from explorer.fields.graph import GraphCPPN
from explorer.fields.julia import Julia
from explorer.fields.mix import Mix
from explorer.fields.patterns import Patterns
from explorer.fields.registry import field_class, register
from explorer.fields.sequence import Sequence
from explorer.settings import did_you_mean

KINDS: dict[str, type[FieldSettings]] = {
    "graph": GraphCPPN,
    "cppn": CPPN,
    "patterns": Patterns,
    "julia": Julia,
}
for kind in KINDS:
    register(kind, KINDS[kind])
register("mix", Mix, compound=True)
register("sequence", Sequence, compound=True)

LOOKS: dict[str, dict[str, FieldSettings]] = {kind: {**field.presets()} for kind, field in KINDS.items()}
OFFERED: dict[str, tuple[str, ...]] = {kind: tuple(field.offered_presets()) for kind, field in KINDS.items()}


def look(name: str | None = None, kind: str | None = None) -> FieldSettings:
    """A preset by name, of any kind or of one; without a name the first. Raises SettingsError."""
    if name is None:
        return field_class(kind or next(iter(KINDS))).default_look()
    by_kind = {kind: field_class(kind).presets()} if kind else LOOKS
    looks = {name: field for each in by_kind.values() for name, field in each.items()}
    if name not in looks:
        of = f" of the field '{kind}'" if kind else ""
        raise SettingsError(f"no preset '{name}'{of}{did_you_mean(name, looks)}")
    return looks[name]


def look_of(settings: Mapping[str, Any]) -> str | None:
    """The name of the preset with these settings (as JSON), whatever the seed; None when there is none."""
    return _NAMES.get(without_seed(settings))


def without_seed(settings: Mapping[str, Any]) -> str:
    """Settings (as JSON) as a text that is the same for every seed."""
    return json.dumps({**settings, "seed": None}, sort_keys=True)


_NAMES = {
    without_seed(field.model_dump(mode="json")): name
    for looks in LOOKS.values()
    for name, field in looks.items()
}
