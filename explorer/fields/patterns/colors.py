"""From a position on a palette and a light to sRGB, with the coefficients that all fields share.

A position is any number, and a cosine palette has other colors beyond [0, 1]. A palette of three colors is
therefore mixed from neighbors only, there and back again:

    dark max(w, 0)^2 + light min(w, 0)^2 + middle (1 - w^2),   w = cos(pi position)

A path of colors leads there and back again too: it is looked up at (1 - w) / 2.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from explorer.fields.kernels.color import COSINE, OKLAB, TABLE, THREE_COLORS, palette_numbers
from explorer.fields.kernels.color_formulas import TURN, oklab_to_srgb
from explorer.fields.kernels.portable import cos, formula, look_up, maximum, minimum
from explorer.fields.palette import three_colors
from explorer.fields.palette_table import TABLE_COLORS


def pattern_palette_numbers(name: str) -> tuple[int, Float32[np.ndarray, " numbers"]]:
    """Kind and coefficients of a palette, as `palette_color` takes them."""
    if colors := three_colors(name):
        return THREE_COLORS, np.array(colors, np.float32).T.ravel()
    return palette_numbers(name)


@formula
def palette_color(position, light, kind, c):
    """Red, green and blue in [0, 1]; `kind` and `c` from `pattern_palette_numbers`."""
    light = minimum(maximum(light, 0.0), 1.0)
    if kind == COSINE:
        red, green, blue = _wave(position, c, 2), _wave(position, c, 6), _wave(position, c, 10)
        return red * light, green * light, blue * light
    if kind == OKLAB:
        return _oklab(position, light, c)
    if kind == THREE_COLORS:
        wave = cos(position * (TURN / 2))
        red, green, blue = _mix(wave, c, 0), _mix(wave, c, 3), _mix(wave, c, 6)
        return red * light, green * light, blue * light
    if kind == TABLE:
        place = (0.5 - cos(position * (TURN / 2)) * 0.5) * (TABLE_COLORS - 1.0)
        red = look_up(place, c, 0, TABLE_COLORS) * light
        green = look_up(place, c, TABLE_COLORS, TABLE_COLORS) * light
        blue = look_up(place, c, 2 * TABLE_COLORS, TABLE_COLORS) * light
        return red, green, blue
    red, green = cos(position * TURN) * 0.5 + 0.5, cos((position + 1 / 3) * TURN) * 0.5 + 0.5
    blue = cos((position + 2 / 3) * TURN) * 0.5 + 0.5
    return red * light, green * light, blue * light


@formula
def height_of(light):
    """The height of a lit pattern: what is bright stands out."""
    return minimum(maximum(light, 0.0), 1.5) * 2.4 - 1.0


@formula
def _wave(position, c, k):
    wave = cos((position * c[k + 2] + c[k + 3]) * TURN) * c[k + 1] + c[k]
    return minimum(maximum(wave, 0.0), 1.0)


@formula
def _mix(wave, c, k):
    dark, end = maximum(wave, 0.0), minimum(wave, 0.0)
    return dark * dark * c[k] + end * end * c[k + 2] + (1.0 - wave * wave) * c[k + 1]


@formula
def _oklab(position, light, c):
    """The ring of hues of an OKLab palette at its lightest, and darker towards black."""
    chroma = c[4] * 0.5
    lightness = light * (c[0] + c[1])
    a = (cos(position * TURN) * chroma + (c[2] + chroma)) * light
    b = (cos((position - 0.25) * TURN) * chroma + (c[3] + chroma)) * light
    return oklab_to_srgb(lightness, a, b)
