"""The four families in the order of `selection.FAMILIES`: their numbers, formulas, counts and palettes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.fields.patterns import flowing, fractal, geometric, organic


@dataclass(frozen=True)
class Family:
    """One family: the numbers of each moment, and the formula that shades a pixel with them."""

    numbers: Callable[..., Any]
    shade: Callable[..., Any]
    count: str  # the setting with the number of turns of the formula's loop
    palette: str


FAMILY_FORMULAS = (
    Family(fractal.numbers, fractal.shade, "fractal_depth", "aurora"),
    Family(organic.numbers, organic.shade, "organic_blobs", "ember"),
    Family(flowing.numbers, flowing.shade, "flowing_layers", "lagoon"),
    Family(geometric.numbers, geometric.shade, "geometric_sides", "dusk"),
)
