"""The four families in the order of `selection.FAMILIES`: their numbers, formulas, counts and palettes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.fields.patterns import flowing, fractal, geometric, organic


@dataclass(frozen=True)
class Member:
    """One family: what is worked out for each moment, and what draws a pixel with it."""

    numbers: Callable[..., Any]
    paint: Callable[..., Any]
    count: str  # the setting that says how often its loop runs
    palette: str


MEMBERS = (
    Member(fractal.numbers, fractal.paint, "fractal_depth", "aurora"),
    Member(organic.numbers, organic.paint, "organic_blobs", "ember"),
    Member(flowing.numbers, flowing.paint, "flowing_layers", "lagoon"),
    Member(geometric.numbers, geometric.paint, "geometric_sides", "dusk"),
)
