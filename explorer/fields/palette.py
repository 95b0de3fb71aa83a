"""Palettes, from three numbers u in [0, 1] to sRGB: unchanged, through OKLab, a cosine palette or a path.

The formulas are in `kernels.color_formulas`. A path of colors (`palette_stops`, `palette_table`) is looked up
in a table: u[1] is the position on it.

OKLab: Bjorn Ottosson, "A perceptual color space for image processing" (2020).
Cosine palettes: Inigo Quilez, "Palettes" (1999): a + b cos(2 pi (c t + d)).
"""

from __future__ import annotations

import cmath
import math
import re
from dataclasses import dataclass
from typing import Literal

from explorer.errors import SettingsError
from explorer.fields.palette_stops import DESIGNED_PATHS, EXAMPLE, ColorPath, parse_stops

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Cosine:
    """t = u[1] selects the color, u[2] the light from `shade` to 1, u[0] shifts t by up to `drift`."""

    base: Triple
    swing: Triple
    cycles: Triple
    phase: Triple
    shade: float = 0.6
    drift: float = 0.0

    @property
    def numbers(self) -> list[float]:
        """The coefficients in the order of `color_formulas.cosine_color`."""
        channels = zip(self.base, self.swing, self.cycles, self.phase, strict=True)
        return [self.shade, self.drift, *[value for channel in channels for value in channel]]


@dataclass(frozen=True)
class OKLab:
    """u[0] is lightness from `dark` to `light`, u[1] and u[2] the two color axes around a tint."""

    dark: float = 0.15
    light: float = 0.95
    chroma: float = 0.18
    tint_a: float = 0.0
    tint_b: float = 0.0

    @property
    def numbers(self) -> list[float]:
        """The coefficients in the order of `color_formulas.oklab_color`."""
        span, chroma = self.light - self.dark, self.chroma
        return [self.dark, span, self.tint_a - chroma, self.tint_b - chroma, 2 * chroma]


def cosine_through(start: Triple, middle: Triple, end: Triple, drift: float = 0.12) -> Cosine:
    """The half cosine wave through three colors at t = 0, 1/2 and 1 (with u[0] at its middle, 1/2)."""
    base = [(s + e) / 2 for s, e in zip(start, end, strict=True)]
    waves = [complex((s - e) / 2, b - m) for s, m, e, b in zip(start, middle, end, base, strict=True)]
    swing = [abs(wave) for wave in waves]
    phase = [cmath.phase(wave) / (2 * math.pi) - drift / 4 for wave in waves]
    return Cosine(_triple(base), _triple(swing), (0.5, 0.5, 0.5), _triple(phase), drift=drift)


def _triple(values: list[float]) -> Triple:
    red, green, blue = values
    return red, green, blue


PaletteName = Literal[
    "rgb", "oklab", "pastel", "copper", "ember", "lagoon", "aurora", "dusk", "ink",
    "lava", "abyss", "orchid", "verdigris", "gold", "nightfall", "glacier", "fern", "cinder",
]  # fmt: skip

Palette = Cosine | OKLab | ColorPath

PALETTES: dict[str, Palette | None] = {
    "rgb": None,
    "oklab": OKLab(),
    "pastel": OKLab(dark=0.55, light=0.97, chroma=0.10, tint_b=0.02),
    "copper": Cosine((0.52, 0.42, 0.40), (0.48, 0.42, 0.40), (1.0, 1.0, 1.0), (0.02, 0.14, 0.28)),
    "ember": cosine_through((0.04, 0.04, 0.15), (0.86, 0.33, 0.10), (1.00, 0.88, 0.64)),
    "lagoon": cosine_through((0.01, 0.08, 0.20), (0.05, 0.52, 0.58), (0.96, 0.94, 0.80)),
    "aurora": cosine_through((0.07, 0.02, 0.20), (0.08, 0.62, 0.56), (0.95, 0.74, 0.95)),
    "dusk": cosine_through((0.09, 0.05, 0.26), (0.80, 0.27, 0.44), (1.00, 0.82, 0.66)),
    "ink": cosine_through((0.05, 0.05, 0.08), (0.53, 0.51, 0.50), (0.98, 0.96, 0.92)),
    **DESIGNED_PATHS,
}

THREE_COLORS_PATTERN = re.compile(r"(#[0-9a-f]{6})-(#[0-9a-f]{6})-(#[0-9a-f]{6})", re.IGNORECASE)


def parse_palette(name: str) -> Palette | None:
    """The palette of a name, of three colors, `#101830-#c05a20-#ffe8a0`, or of stops; None for plain RGB.

    Raises SettingsError.
    """
    if name in PALETTES:
        return PALETTES[name]
    if colors := three_colors(name):
        return cosine_through(*colors)
    if path := parse_stops(name):
        return path
    raise SettingsError(
        f"palette: got {name!r}; allowed: one of {', '.join(PALETTES)}, or three colors from dark to "
        f"light as in #101830-#c05a20-#ffe8a0, or colors at positions as in {EXAMPLE}"
    )


def three_colors(name: str) -> tuple[Triple, Triple, Triple] | None:
    """The colors of `#101830-#c05a20-#ffe8a0`, each in [0, 1]; None for any other name."""
    if not (codes := three_color_codes(name)):
        return None
    dark, middle, light = (_triple([int(code[n : n + 2], 16) / 255 for n in (1, 3, 5)]) for code in codes)
    return dark, middle, light


def three_color_codes(name: str) -> list[str] | None:
    """The codes of `#101830-#c05a20-#ffe8a0`, one by one; None for any other name."""
    match = THREE_COLORS_PATTERN.fullmatch(name)
    return list(match.groups()) if match else None


def check_palette(name: str) -> str:
    """The name of a palette, unchanged. Raises SettingsError for another name."""
    parse_palette(name)
    return name


def check_palette_or_family(name: str) -> str:
    """The name of a palette, or `family`, unchanged. Raises SettingsError for another name."""
    return name if name == "family" else check_palette(name)
