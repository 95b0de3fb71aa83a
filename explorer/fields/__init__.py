"""Fields: what is drawn, as settings. FeatureTrack -> controls -> colour."""

from typing import Annotated

from pydantic import Field

from explorer.fields.base import Controls, FieldSettings
from explorer.fields.cppn import CPPN
from explorer.fields.grid import Grid
from explorer.fields.julia import Julia
from explorer.fields.patterns import Patterns
from explorer.fields.prepared import Prepared

AnyField = Annotated[CPPN | Patterns | Julia, Field(discriminator="kind")]  # every field there is

__all__ = ["CPPN", "AnyField", "Controls", "FieldSettings", "Grid", "Julia", "Patterns", "Prepared"]
