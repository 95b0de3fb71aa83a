"""Palettes as tables of colors in linear light: paths through OKLCh, from dark to light, without a step.

Between stops, lightness, chroma and hue are monotone cubic polynomials (Pchip: Fritsch and Butland, "A method
for constructing local monotone piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5, 1984), so a path
whose stops grow lighter grows lighter everywhere. Hues take the shorter way around the circle. A color that
sRGB does not have gets the chroma that it does have; its lightness and hue stay.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, Float64

from explorer.fields.oklab import linear_to_oklab, oklab_to_linear, oklab_to_oklch, oklch_to_oklab
from explorer.fields.palette import Cosine, OKLab, parse_palette, three_color_codes
from explorer.fields.palette_stops import ColorPath, path_through
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear

TABLE_COLORS = 512
DARK, LIGHT = 0.10, 0.97  # lightness at the ends of a path that is extended
MIN_CHROMA = 0.01  # of a color that has a hue
END_CHROMA = 0.35  # of an end that is added, relative to its neighbor
END_ROOM = 0.2  # of the length of a path: where the neighbor of an added end lies
TURNS = 0.85  # of the circle of hues, along a palette of three free numbers
FREE_CHROMA = 0.12  # of plain RGB as a path
GAMUT_STEPS = 24  # of bisection
GAMUT_TOLERANCE = 1e-6

Table = Float32[np.ndarray, "colors 3"]
Path = Float64[np.ndarray, "colors 3"]  # lightness, chroma, hue in radians


@lru_cache(maxsize=64)
def color_table(name: str) -> Table:
    """Linear sRGB in [0, 1] at `TABLE_COLORS` equal steps of any palette; the array is not writable.

    Three colors and palettes of cosines become paths that reach from near black to near white. Plain RGB and
    OKLab, where color is free, become one turn around the hues. Raises SettingsError for another name.
    """
    palette = parse_palette(name)
    if codes := three_color_codes(name):
        path = _path(_extended(path_through(codes, [0.0, 0.5, 1.0])))
    elif isinstance(palette, ColorPath):
        path = _path(palette)
    elif isinstance(palette, Cosine):
        path = _cosine_path(palette)
    else:
        path = _turn_of_hues(palette)
    table = _into_gamut(path).astype(np.float32)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=64)
def srgb_table(name: str) -> Table:
    """The colors of `color_table` as sRGB."""
    table = linear_to_srgb(color_table(name).astype(np.float64)).astype(np.float32)
    table.setflags(write=False)
    return table


def _path(path: ColorPath) -> Path:
    from scipy.interpolate import PchipInterpolator  # slow to load

    position, lightness, chroma, hue = np.array(path.stops, np.float64).T
    hue = np.unwrap(_with_hues(np.radians(hue), chroma))
    x = np.linspace(0, 1, TABLE_COLORS)
    columns = [PchipInterpolator(position, values)(x) for values in (lightness, chroma, hue)]
    return np.column_stack(columns)


def _with_hues(hue: np.ndarray, chroma: np.ndarray) -> Float64[np.ndarray, " stops"]:
    """The hues, where a gray has that of the nearest stop with a color."""
    colorful = np.flatnonzero(chroma >= MIN_CHROMA)
    if not len(colorful):
        return np.zeros_like(hue)
    distance = np.abs(np.arange(len(hue))[:, None] - colorful)
    return np.asarray(hue[colorful[distance.argmin(axis=1)]])


def _extended(path: ColorPath) -> ColorPath:
    """From near black to near white: an end that lies far inside gets a darker or a lighter one beyond."""
    stops = path.stops
    lightness = [stop[1] for stop in stops]
    if any(b <= a for a, b in pairwise(lightness)):
        return path  # not from dark to light: as it was given
    (_, dark, *_), (middle, *_), (_, light, *_) = stops
    start, end = END_ROOM * (dark > DARK), 1 - END_ROOM * (light < LIGHT)
    inner = [(start, *stops[0][1:]), (middle, *stops[1][1:]), (end, *stops[2][1:])]
    if start:
        inner.insert(0, (0.0, DARK, END_CHROMA * stops[0][2], stops[0][3]))
    if end < 1:
        inner.append((1.0, LIGHT, END_CHROMA * stops[2][2], stops[2][3]))
    return ColorPath(tuple(inner))


def _cosine_path(palette: Cosine) -> Path:
    """The colors from the darkest to the lightest, the shorter way, with lightness stretched and monotone."""
    t = np.linspace(0, 1, 2 * TABLE_COLORS, endpoint=False) + palette.drift / 2
    waves = [
        base + swing * np.cos(2 * np.pi * (cycles * t + phase))
        for base, swing, cycles, phase in zip(
            palette.base, palette.swing, palette.cycles, palette.phase, strict=True
        )
    ]
    lab = linear_to_oklab(srgb_to_linear(np.column_stack(waves).clip(0, 1)))
    first, last, count = int(lab[:, 0].argmin()), int(lab[:, 0].argmax()), len(lab)
    whole = all(cycles == round(cycles) for cycles in palette.cycles)  # then the way may lead over the end
    forward, backward = (last - first) % count, (first - last) % count
    step = 1 if last > first else -1
    if whole:
        step = 1 if forward <= backward else -1
    length = forward if step == 1 else backward
    way = lab[(first + step * np.arange(length + 1)) % count]
    lightness = np.maximum.accumulate(way[:, 0])
    lightness = DARK + (LIGHT - DARK) * (lightness - lightness[0]) / max(lightness[-1] - lightness[0], 1e-9)
    x, places = np.linspace(0, 1, TABLE_COLORS), np.linspace(0, 1, length + 1)
    columns = [np.interp(x, places, values) for values in (lightness, way[:, 1], way[:, 2])]
    return oklab_to_oklch(np.column_stack(columns))


def _turn_of_hues(palette: OKLab | None) -> Path:
    """Most of a turn around the hues while it grows lighter: from blue over red and yellow to green."""
    x = np.linspace(0, 1, TABLE_COLORS)
    chroma = (palette.chroma if palette else FREE_CHROMA) * np.sin(np.pi * (0.1 + 0.8 * x))
    lightness, hue = DARK + (LIGHT - DARK) * x, np.radians(270 + 360 * TURNS * x)
    lab = oklch_to_oklab(np.column_stack((lightness, chroma, hue)))
    if palette:
        lab[:, 1:] += (palette.tint_a, palette.tint_b)
    return oklab_to_oklch(lab)


def _into_gamut(path: Path) -> Float64[np.ndarray, "colors 3"]:
    """Linear sRGB with as much of the chroma as it has."""
    inside, outside = np.zeros(len(path)), np.ones(len(path))
    fits = _fits(path)
    for _ in range(GAMUT_STEPS):
        share = (inside + outside) / 2
        good = _fits(path * np.column_stack((np.ones_like(share), share, np.ones_like(share))))
        inside, outside = np.where(good, share, inside), np.where(good, outside, share)
    path = path.copy()
    path[:, 1] *= np.where(fits, 1.0, inside)
    return oklab_to_linear(oklch_to_oklab(path)).clip(0, 1)


def _fits(path: Path) -> np.ndarray:
    linear = oklab_to_linear(oklch_to_oklab(path))
    return np.asarray(((linear >= -GAMUT_TOLERANCE) & (linear <= 1 + GAMUT_TOLERANCE)).all(axis=1))
