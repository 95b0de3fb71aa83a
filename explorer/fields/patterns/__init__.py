"""The patterns field: settings, presets, four families, and which of them suits the music."""

from explorer.fields.patterns.field import Patterns

__all__ = ["Patterns"]
