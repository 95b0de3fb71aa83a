"""Fields: what is drawn, as settings. FeatureTrack -> controls -> colour."""

from explorer.fields.base import Controls, FieldSettings
from explorer.fields.cppn import CPPN
from explorer.fields.grid import Grid
from explorer.fields.prepared import Prepared

AnyField = CPPN  # becomes a union told apart by `kind` with the second field

__all__ = ["CPPN", "AnyField", "Controls", "FieldSettings", "Grid", "Prepared"]
