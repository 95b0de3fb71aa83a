"""The CPPN field: settings, network, presets and its kernels."""

from explorer.fields.cppn.field import CPPN

__all__ = ["CPPN"]
