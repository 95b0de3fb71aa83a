"""The sRGB curve, OKLab and palettes as formulas: one text for torch, kernels and the page's shaders.

OKLab: Bjorn Ottosson, "A perceptual color space for image processing" (2020).
Cosine palettes: Inigo Quilez, "Palettes" (1999): a + b cos(2 pi (c t + d)).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.kernels.portable import cos, fma, formula, maximum, minimum, power, where_less
from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.fields.srgb import EXPONENT, LINEAR_LIMIT, OFFSET, SCALE, SLOPE

TURN = 6.283185307179586


@formula
def srgb(linear):
    """The sRGB curve of light in [0, 1]; see `explorer.fields.srgb`."""
    curve = fma(power(linear, EXPONENT), SCALE, -OFFSET)
    return where_less(linear, LINEAR_LIMIT, linear * SLOPE, curve)


@formula
def weighted_sum(x, y, z, a, b, c):
    """x a + y b + z c."""
    return x * a + y * b + z * c


@formula
def fused_weighted_sum(x, y, z, a, b, c):
    """The same, rounded less often in kernels."""
    return fma(z, c, fma(y, b, x * a))


@formula
def cube(x):
    """x^3."""
    return x * x * x


@formula
def clipped_srgb(linear):
    """The sRGB curve of light that may lie outside [0, 1]."""
    return srgb(minimum(maximum(linear, 0.0), 1.0))


def _conversion(weighted_sum):
    """OKLab to sRGB with one of the two sums: frames of CPPNs are fused, all others are not, in every bit."""

    @formula
    def oklab_to_srgb(lightness, a, b):
        """Red, green and blue, clipped to [0, 1]."""
        long = cube(
            weighted_sum(lightness, a, b, OKLAB_TO_LMS[0][0], OKLAB_TO_LMS[0][1], OKLAB_TO_LMS[0][2])
        )
        medium = cube(
            weighted_sum(lightness, a, b, OKLAB_TO_LMS[1][0], OKLAB_TO_LMS[1][1], OKLAB_TO_LMS[1][2])
        )
        short = cube(
            weighted_sum(lightness, a, b, OKLAB_TO_LMS[2][0], OKLAB_TO_LMS[2][1], OKLAB_TO_LMS[2][2])
        )
        red = weighted_sum(long, medium, short, LMS_TO_LINEAR[0][0], LMS_TO_LINEAR[0][1], LMS_TO_LINEAR[0][2])
        green = weighted_sum(
            long, medium, short, LMS_TO_LINEAR[1][0], LMS_TO_LINEAR[1][1], LMS_TO_LINEAR[1][2]
        )
        blue = weighted_sum(
            long, medium, short, LMS_TO_LINEAR[2][0], LMS_TO_LINEAR[2][1], LMS_TO_LINEAR[2][2]
        )
        return clipped_srgb(red), clipped_srgb(green), clipped_srgb(blue)

    return oklab_to_srgb


oklab_to_srgb = _conversion(weighted_sum)
fused_oklab_to_srgb = _conversion(fused_weighted_sum)


@formula
def oklab_color(u, v, w, c):
    """sRGB of three numbers in [0, 1] through an OKLab palette; `c` from `kernels.color.palette_numbers`."""
    return fused_oklab_to_srgb(fma(u, c[1], c[0]), fma(v, c[4], c[2]), fma(w, c[4], c[3]))


@formula
def cosine_color(u, v, w, c):
    """sRGB, which may lie outside [0, 1], through a cosine palette; `c` from `kernels.color.palette_numbers`."""
    t = fma(u, c[1], v)
    light = fma(w, 1.0 - c[0], c[0])
    red = cosine_channel(t, light, c[2], c[3], c[4], c[5])
    green = cosine_channel(t, light, c[6], c[7], c[8], c[9])
    blue = cosine_channel(t, light, c[10], c[11], c[12], c[13])
    return red, green, blue


@formula
def cosine_channel(t, light, base, swing, cycles, phase):
    """(base + swing cos(2 pi (cycles t + phase))) light."""
    return fma(cos(fma(t, cycles, phase) * TURN), swing, base) * light
