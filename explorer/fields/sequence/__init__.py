"""Fields one after the other, along the music."""

from explorer.fields.sequence.field import Sequence

__all__ = ["Sequence"]
