"""The patterns field: settings, presets, four families, and which of them suits the music."""

from explorer.fields.patterns.presets import DEFAULT_PRESET, PRESETS
from explorer.fields.patterns.settings import Patterns

__all__ = ["DEFAULT_PRESET", "PRESETS", "Patterns"]
