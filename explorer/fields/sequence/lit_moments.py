"""A field of any kind at some moments, with its light."""

from __future__ import annotations

from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.light.lit import LitField
from explorer.fields.sequence.drawing import LitSequence
from explorer.fields.sequence.field import Sequence


def lit_moments(field: FieldSettings, controls: Controls) -> LitField | LitSequence:
    """What draws the moments of a field."""
    return LitSequence(field, controls) if isinstance(field, Sequence) else LitField(field, controls)
