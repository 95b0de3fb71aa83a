"""Fields of the user's own: a class with knobs and colors, usable wherever the shipped fields are."""

from explorer.fields.custom.field import Field

__all__ = ["Field"]
