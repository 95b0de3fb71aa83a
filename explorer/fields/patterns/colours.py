"""A place on a palette and a light to sRGB, from the coefficients that all fields share."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.kernels.colour import COSINE, OKLAB
from explorer.fields.kernels.either import cos, formula, greatest, least, srgb
from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS

TURN = 6.283185307179586


@formula
def painted(position, light, kind, c):
    """Red, green and blue in [0, 1]; `kind` and `c` as `palette_numbers` gives them."""
    light = least(greatest(light, 0.0), 1.0)
    if kind == COSINE:
        red, green, blue = _wave(position, c, 2), _wave(position, c, 6), _wave(position, c, 10)
        return red * light, green * light, blue * light
    if kind == OKLAB:
        return _oklab(position, light, c)
    red, green = cos(position * TURN) * 0.5 + 0.5, cos((position + 1 / 3) * TURN) * 0.5 + 0.5
    blue = cos((position + 2 / 3) * TURN) * 0.5 + 0.5
    return red * light, green * light, blue * light


@formula
def _wave(position, c, k):
    wave = cos((position * c[k + 2] + c[k + 3]) * TURN) * c[k + 1] + c[k]
    return least(greatest(wave, 0.0), 1.0)


@formula
def _oklab(position, light, c):
    """The ring of hues of an OKLab palette at its lightest, and darker towards black."""
    chroma = c[4] * 0.5
    lightness = light * (c[0] + c[1])
    a = (cos(position * TURN) * chroma + (c[2] + chroma)) * light
    b = (cos((position - 0.25) * TURN) * chroma + (c[3] + chroma)) * light
    long, medium, short = (
        _cube(_row(lightness, a, b, 0)),
        _cube(_row(lightness, a, b, 1)),
        _cube(_row(lightness, a, b, 2)),
    )
    return _curve(long, medium, short, 0), _curve(long, medium, short, 1), _curve(long, medium, short, 2)


@formula
def _row(lightness, a, b, k):
    return lightness * OKLAB_TO_LMS[k][0] + a * OKLAB_TO_LMS[k][1] + b * OKLAB_TO_LMS[k][2]


@formula
def _cube(x):
    return x * x * x


@formula
def _curve(long, medium, short, k):
    linear = long * LMS_TO_LINEAR[k][0] + medium * LMS_TO_LINEAR[k][1] + short * LMS_TO_LINEAR[k][2]
    return srgb(least(greatest(linear, 0.0), 1.0))
