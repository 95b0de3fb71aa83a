"""The Julia field: z^2 + c, steered by the music through a small network or a mapping by hand."""

from explorer.fields.julia.presets import DEFAULT_PRESET, PRESETS
from explorer.fields.julia.settings import Julia

__all__ = ["DEFAULT_PRESET", "PRESETS", "Julia"]
