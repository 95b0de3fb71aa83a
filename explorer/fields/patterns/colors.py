"""A place on a palette and a light to sRGB, from the coefficients that all fields share.

A place may lie anywhere on the line, and a cosine palette shows other colours beyond [0, 1]. Three colours of
the user's are therefore mixed, there and back again, neighbours only:

dark max(w, 0)^2 + light min(w, 0)^2 + middle (1 - w^2),   w = cos(pi place)
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from explorer.fields.kernels.color import COSINE, OKLAB, palette_numbers
from explorer.fields.kernels.oklab import oklab_to_srgb
from explorer.fields.kernels.portable import cos, formula, greatest, least
from explorer.fields.palette import three_colours

TURN = 6.283185307179586
THREE = 3  # a kind besides those of `palette_numbers`: three colours, channel by channel


def numbers_of(name: str) -> tuple[int, Float32[np.ndarray, " numbers"]]:
    """Kind and coefficients of a palette, as `painted` takes them."""
    if colours := three_colours(name):
        return THREE, np.array(colours, np.float32).T.ravel()
    return palette_numbers(name)


@formula
def painted(position, light, kind, c):
    """Red, green and blue in [0, 1]; `kind` and `c` as `numbers_of` gives them."""
    light = least(greatest(light, 0.0), 1.0)
    if kind == COSINE:
        red, green, blue = _wave(position, c, 2), _wave(position, c, 6), _wave(position, c, 10)
        return red * light, green * light, blue * light
    if kind == OKLAB:
        return _oklab(position, light, c)
    if kind == THREE:
        wave = cos(position * (TURN / 2))
        red, green, blue = _mixed(wave, c, 0), _mixed(wave, c, 3), _mixed(wave, c, 6)
        return red * light, green * light, blue * light
    red, green = cos(position * TURN) * 0.5 + 0.5, cos((position + 1 / 3) * TURN) * 0.5 + 0.5
    blue = cos((position + 2 / 3) * TURN) * 0.5 + 0.5
    return red * light, green * light, blue * light


@formula
def _wave(position, c, k):
    wave = cos((position * c[k + 2] + c[k + 3]) * TURN) * c[k + 1] + c[k]
    return least(greatest(wave, 0.0), 1.0)


@formula
def _mixed(wave, c, k):
    dark, end = greatest(wave, 0.0), least(wave, 0.0)
    return dark * dark * c[k] + end * end * c[k + 2] + (1.0 - wave * wave) * c[k + 1]


@formula
def _oklab(position, light, c):
    """The ring of hues of an OKLab palette at its lightest, and darker towards black."""
    chroma = c[4] * 0.5
    lightness = light * (c[0] + c[1])
    a = (cos(position * TURN) * chroma + (c[2] + chroma)) * light
    b = (cos((position - 0.25) * TURN) * chroma + (c[3] + chroma)) * light
    return oklab_to_srgb(lightness, a, b)
