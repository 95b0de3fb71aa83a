"""What changes from one field to another, in words: each setting with its old and its new value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.fields import FieldSettings


@dataclass(frozen=True)
class Change:
    """A setting and its values before and after."""

    setting: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.setting} from {_value_text(self.before)} to {_value_text(self.after)}"


def changes_between(before: FieldSettings, after: FieldSettings) -> tuple[Change, ...]:
    """The settings in which two fields of one kind differ."""
    names = [name for name in type(before).model_fields if getattr(before, name) != getattr(after, name)]
    return tuple(Change(name, getattr(before, name), getattr(after, name)) for name in names)


def changes_text(changes: Sequence[Change]) -> str:
    """`gain from 1 to 3.2 and audio_gain from 3 to 4`."""
    *first, last = map(str, changes)
    return f"{', '.join(first)} and {last}" if first else last


def _value_text(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_value_text, value))
    return (
        f"{value:.4g}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value).lower()
    )
