"""A place on a palette and a light to sRGB, from the coefficients that all fields share."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.kernels.colour import COSINE, OKLAB
from explorer.fields.kernels.either import cos, formula, greatest, least
from explorer.fields.kernels.oklab import oklab_to_srgb

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
    return oklab_to_srgb(lightness, a, b)
