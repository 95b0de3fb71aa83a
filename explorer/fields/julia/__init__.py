"""The Julia field: z^2 + c, moved by the music through a trained network or a hand-written mapping."""

from explorer.fields.julia.field import Julia

__all__ = ["Julia"]
