"""Every field that ships, and its presets by kind and name; newcomers see the first of each kind."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field

from explorer.errors import SettingsError
from explorer.fields.base import FieldSettings
from explorer.fields.cppn import CPPN
from explorer.fields.graph import GraphCPPN
from explorer.fields.julia import Julia
from explorer.fields.patterns import Patterns
from explorer.settings import did_you_mean

AnyField = Annotated[CPPN | Patterns | Julia | GraphCPPN, Field(discriminator="kind")]

KINDS: dict[str, type[FieldSettings]] = {
    "graph": GraphCPPN,
    "cppn": CPPN,
    "patterns": Patterns,
    "julia": Julia,
}
LOOKS: dict[str, dict[str, FieldSettings]] = {kind: {**field.presets()} for kind, field in KINDS.items()}
OFFERED: dict[str, tuple[str, ...]] = {kind: tuple(field.offered_presets()) for kind, field in KINDS.items()}


def look(name: str | None = None, kind: str | None = None) -> FieldSettings:
    """A preset by name, of any kind or of one; without a name the first. Raises SettingsError."""
    if kind is not None and kind not in LOOKS:
        raise SettingsError(f"no field '{kind}'{did_you_mean(kind, LOOKS)}")
    looks = {name: field for each in ([kind] if kind else LOOKS) for name, field in LOOKS[each].items()}
    if name is None:
        return KINDS[kind or next(iter(KINDS))].default_look()
    if name not in looks:
        of = f" of the field '{kind}'" if kind else ""
        raise SettingsError(f"no preset '{name}'{of}{did_you_mean(name, looks)}")
    return looks[name]


def look_of(settings: dict[str, Any]) -> str | None:
    """The name of the preset with these settings (as JSON), whatever the seed; None when there is none."""
    return _NAMES.get(_without_seed(settings))


def _without_seed(settings: dict[str, Any]) -> str:
    return json.dumps({**settings, "seed": None}, sort_keys=True)


_NAMES = {
    _without_seed(field.model_dump(mode="json")): name
    for looks in LOOKS.values()
    for name, field in looks.items()
}
