"""Fields: what is drawn, as settings. FeatureTrack -> controls -> color."""

from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.cppn import CPPN
from explorer.fields.custom import Field
from explorer.fields.graph import GraphCPPN
from explorer.fields.grid import Grid
from explorer.fields.julia import Julia
from explorer.fields.light import Finish, Light
from explorer.fields.mix import Mix
from explorer.fields.patterns import Patterns
from explorer.fields.prepared import Prepared
from explorer.fields.presets import look
from explorer.fields.registry import AnyField, field_kinds
from explorer.fields.sequence import Sequence
from explorer.fields.sketch.field import Sketch

__all__ = [
    "CPPN", "AnyField", "Controls", "Field", "FieldSettings", "Finish", "GraphCPPN", "Grid", "Julia", "Light",
    "Mix", "Patterns", "Prepared", "Sequence", "Sketch", "field_kinds", "look",
]  # fmt: skip
