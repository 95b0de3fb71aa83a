"""A second kind of field, in a union of two."""

from typing import Annotated, Literal

from pydantic import Field

from explorer.fields import CPPN
from explorer.settings import knob


class Other(CPPN):
    kind: Literal["other"] = "other"
    sparkle: float = knob(0.5, low=0, high=1, slider=(0, 1), step=0.1, group="look", help="more of it")


UNION_OF_TWO = Annotated[CPPN | Other, Field(discriminator="kind")]
