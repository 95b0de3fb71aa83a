"""A sequence of looks as text, `0=obsidian; bar 17=silk; section B=dahlia`, or as a JSON file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from explorer.audio.structure.moments import parse_moment
from explorer.errors import SettingsError
from explorer.experiments.library.look import Look
from explorer.fields.sequence import Sequence

TEXT_EXAMPLE = "0=obsidian; bar 17=silk; section 2=dahlia"
JSON_EXAMPLE = '{"fade": 2, "looks": {"0": "obsidian", "bar 17": "silk"}}'
SEQUENCE_NAME = "sequence"


def is_sequence_text(text: str) -> bool:
    """Whether a text begins as a sequence does: with a moment and `=`."""
    moment, equals, _ = text.partition("=")
    if not equals:
        return False
    try:
        parse_moment(moment.strip(), "sequence")
    except SettingsError:
        return False
    return True


def look_of_text(text: str, resolve: Callable[[str], Look]) -> Look:
    """The sequence that a text says; `resolve` finds each of its looks. Raises SettingsError."""
    pairs = []
    for part in filter(None, map(str.strip, text.split(";"))):
        moment, _, name = (piece.strip() for piece in part.partition("="))
        if not moment or not name:
            raise SettingsError(f"sequence: got {part[:80]!r}; give MOMENT=LOOK, as in {TEXT_EXAMPLE}")
        pairs.append((moment, name))
    if not pairs:
        raise SettingsError(f"sequence: got {text[:80]!r}; give looks at moments, as in {TEXT_EXAMPLE}")
    return _sequence(pairs, {}, resolve)


def look_of_values(values: Mapping[str, Any], source: str, resolve: Callable[[str], Look]) -> Look:
    """The sequence in the content of a JSON file. Raises SettingsError that names `source`."""
    looks = values.get("looks")
    if not isinstance(looks, dict) or not looks or not all(isinstance(each, str) for each in looks.values()):
        raise SettingsError(f"{source}: got no looks at moments; give {JSON_EXAMPLE}")
    if unknown := [*values.keys() - {"fade", "looks"}]:
        raise SettingsError(f"{source}: unknown '{unknown[0][:40]}'; give fade and looks: {JSON_EXAMPLE}")
    settings = {"fade": values["fade"]} if "fade" in values else {}
    return _sequence(list(looks.items()), settings, resolve)


def _sequence(pairs: list[tuple[str, str]], settings: dict[str, Any], resolve: Callable[[str], Look]) -> Look:
    fields = [(moment, resolve(name).field) for moment, name in pairs]
    return Look(name=SEQUENCE_NAME, field=Sequence(fields, **settings))
