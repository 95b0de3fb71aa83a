"""The CPPN field: settings, network, presets and its kernels."""

from explorer.fields.cppn.presets import DEFAULT_PRESET, PRESETS
from explorer.fields.cppn.settings import CPPN

__all__ = ["CPPN", "DEFAULT_PRESET", "PRESETS"]
