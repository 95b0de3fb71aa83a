"""Colors: OKLab and OKLCh become the sRGB that a sketch returns."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import math

from explorer.fields.oklab import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.fields.sketch.library import library_function, operation
from explorer.fields.sketch.mathematics import clamp, cos, exp, log, sin, where
from explorer.fields.srgb import EXPONENT, LINEAR_LIMIT, OFFSET, SCALE, SLOPE


@library_function
def srgb(light):
    """The sRGB value of linear light, both from 0 to 1."""
    light = clamp(light)
    curve = exp(log(light) * EXPONENT) * SCALE - OFFSET
    return where(operation("less", light, LINEAR_LIMIT), light * SLOPE, curve)


@library_function
def oklab(lightness, a, b):
    """Red, green and blue of a color in OKLab: lightness from 0 to 1, two color axes around 0 (to 0.3)."""
    cones = [_sum(row, (lightness, a, b)) for row in OKLAB_TO_LMS]
    cubes = [cone * cone * cone for cone in cones]
    red, green, blue = (srgb(_sum(row, cubes)) for row in LMS_TO_LINEAR)
    return red, green, blue


def _sum(row, values):
    x, y, z = (share * value for share, value in zip(row, values, strict=True))
    return x + y + z


@library_function
def oklch(lightness, chroma, hue):
    """Red, green and blue of lightness, chroma (0 is gray, 0.3 vivid) and hue in turns, from red at 0.08."""
    turn = hue * math.tau
    return oklab(lightness, chroma * cos(turn), chroma * sin(turn))
