"""Two fields in one picture."""

from explorer.fields.mix.field import Mix

__all__ = ["Mix"]
