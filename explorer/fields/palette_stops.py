"""Palettes as stops: colors at positions from 0 to 1, designed ones by name or typed as text.

    #0b0b20-#7a1f3d-#e8a060-#fff2d8       two or more colors at equal distances
    0:#08040f 0.4:#7a1f3d 1:#fff2d8       colors at positions

`palette_table` draws the path between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from explorer.errors import SettingsError
from explorer.fields.oklab import linear_to_oklab, oklab_to_oklch
from explorer.fields.srgb import srgb_to_linear

MAX_STOPS = 64

COLOR_PATTERN = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
EXAMPLE = "0:#08040f 0.4:#7a1f3d 1:#fff2d8"


@dataclass(frozen=True)
class ColorPath:
    """A path through OKLCh: each stop is a position in [0, 1], lightness, chroma and hue in degrees."""

    stops: tuple[tuple[float, float, float, float], ...]


DESIGNED_PATHS = {
    "lava": ColorPath((
        (0.0, 0.10, 0.03, 290), (0.25, 0.26, 0.10, 350), (0.5, 0.52, 0.19, 32), (0.75, 0.78, 0.15, 68),
        (1.0, 0.97, 0.05, 100),
    )),
    "abyss": ColorPath((
        (0.0, 0.08, 0.03, 270), (0.3, 0.26, 0.10, 265), (0.55, 0.50, 0.08, 215), (0.8, 0.80, 0.115, 175),
        (1.0, 0.98, 0.04, 110),
    )),
    "orchid": ColorPath((
        (0.0, 0.10, 0.05, 300), (0.3, 0.30, 0.145, 310), (0.55, 0.55, 0.21, 350), (0.8, 0.80, 0.105, 30),
        (1.0, 0.97, 0.03, 90),
    )),
    "verdigris": ColorPath((
        (0.0, 0.09, 0.015, 230), (0.3, 0.28, 0.045, 200), (0.55, 0.55, 0.10, 165), (0.75, 0.76, 0.13, 110),
        (1.0, 0.97, 0.04, 95),
    )),
    "gold": ColorPath((
        (0.0, 0.08, 0.02, 260), (0.35, 0.24, 0.06, 270), (0.6, 0.50, 0.11, 60), (0.85, 0.83, 0.15, 85),
        (1.0, 0.98, 0.04, 100),
    )),
    "nightfall": ColorPath((
        (0.0, 0.10, 0.05, 275), (0.3, 0.30, 0.14, 285), (0.55, 0.53, 0.18, 5), (0.8, 0.78, 0.13, 55),
        (1.0, 0.97, 0.035, 90),
    )),
    "glacier": ColorPath((
        (0.0, 0.08, 0.02, 265), (0.3, 0.29, 0.06, 255), (0.6, 0.60, 0.09, 235), (0.85, 0.87, 0.06, 210),
        (1.0, 0.98, 0.01, 200),
    )),
    "fern": ColorPath((
        (0.0, 0.09, 0.015, 190), (0.3, 0.29, 0.055, 165), (0.6, 0.57, 0.14, 142), (0.82, 0.82, 0.17, 120),
        (1.0, 0.98, 0.05, 105),
    )),
    "cinder": ColorPath((  # warm, and nowhere a saturated red, whose flashes are calmed first
        (0.0, 0.10, 0.03, 302), (0.28, 0.28, 0.11, 311), (0.5, 0.53, 0.155, 5), (0.7, 0.72, 0.155, 52),
        (0.86, 0.87, 0.125, 82), (1.0, 0.97, 0.035, 88),
    )),
}  # fmt: skip


def parse_stops(text: str) -> ColorPath | None:
    """The path through the stops of a text; None for a text that has none. Raises SettingsError."""
    if "#" not in text:
        return None
    positioned = ":" in text
    parts = text.split() if positioned else text.split("-")
    if not 2 <= len(parts) <= MAX_STOPS:
        raise SettingsError(f"palette: got {len(parts)} stops; allowed: 2 to {MAX_STOPS}")
    pairs = [part.partition(":")[::2] for part in parts] if positioned else [("", part) for part in parts]
    colors = [color for _, color in pairs]
    for color in colors:
        if not COLOR_PATTERN.fullmatch(color):
            raise SettingsError(
                f"palette: got the color {color[:40]!r}; allowed: six digits as in #e8a060, and "
                f"stops as in {EXAMPLE} or #0b0b20-#7a1f3d-#e8a060-#fff2d8"
            )
    positions = [_position(number) for number, _ in pairs] if positioned else np.linspace(0, 1, len(parts))
    if positions[0] != 0 or positions[-1] != 1 or not all(b > a for a, b in pairwise(positions)):
        raise SettingsError(
            f"palette: got stops at {', '.join(f'{p:g}' for p in positions)}; allowed: positions that rise "
            f"from 0 to 1, as in {EXAMPLE}"
        )
    return path_through(colors, positions)


def path_through(codes: list[str], positions: list[float] | np.ndarray) -> ColorPath:
    """The path through colors such as `#e8a060`."""
    srgb = np.array([[int(code[n : n + 2], 16) for n in (1, 3, 5)] for code in codes]) / 255
    lch = oklab_to_oklch(linear_to_oklab(srgb_to_linear(srgb)))
    return ColorPath(
        tuple(
            (float(position), float(lightness), float(chroma), float(np.degrees(hue)))
            for position, (lightness, chroma, hue) in zip(positions, lch, strict=True)
        )
    )


def _position(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SettingsError(
            f"palette: got the position {text[:40]!r}; allowed: numbers that rise from 0 to 1, as in "
            f"{EXAMPLE}"
        ) from None
