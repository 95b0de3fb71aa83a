"""The sRGB curve, OKLab and palettes as formulas: one text for torch, kernels and the page's shaders.

OKLab: Bjorn Ottosson, "A perceptual color space for image processing" (2020).
Cosine palettes: Inigo Quilez, "Palettes" (1999): a + b cos(2 pi (c t + d)).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.kernels.portable import cos, fma, formula, maximum, minimum, power, where_less
from explorer.fields.oklab import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.fields.srgb import ENCODED_LIMIT, EXPONENT, GAMMA, LINEAR_LIMIT, OFFSET, SCALE, SLOPE

TURN = 6.283185307179586

(L_0, L_1, L_2), (M_0, M_1, M_2), (S_0, S_1, S_2) = OKLAB_TO_LMS
(RED_L, RED_M, RED_S), (GREEN_L, GREEN_M, GREEN_S), (BLUE_L, BLUE_M, BLUE_S) = LMS_TO_LINEAR


@formula
def srgb(linear):
    """The sRGB curve of light in [0, 1]; see `explorer.fields.srgb`."""
    curve = fma(power(linear, EXPONENT), SCALE, -OFFSET)
    return where_less(linear, LINEAR_LIMIT, linear * SLOPE, curve)


@formula
def linear_light(encoded):
    """Linear light of sRGB in [0, 1]; the inverse of `srgb`."""
    curve = power((encoded + OFFSET) / SCALE, GAMMA)
    return where_less(encoded, ENCODED_LIMIT, encoded / SLOPE, curve)


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
    """OKLab to sRGB with one of the two sums: the frames of CPPNs have the bits of the fused one."""

    @formula
    def oklab_to_srgb(lightness, a, b):
        """Red, green and blue, clipped to [0, 1]."""
        cone_l = cube(weighted_sum(lightness, a, b, L_0, L_1, L_2))
        cone_m = cube(weighted_sum(lightness, a, b, M_0, M_1, M_2))
        cone_s = cube(weighted_sum(lightness, a, b, S_0, S_1, S_2))
        red = weighted_sum(cone_l, cone_m, cone_s, RED_L, RED_M, RED_S)
        green = weighted_sum(cone_l, cone_m, cone_s, GREEN_L, GREEN_M, GREEN_S)
        blue = weighted_sum(cone_l, cone_m, cone_s, BLUE_L, BLUE_M, BLUE_S)
        return clipped_srgb(red), clipped_srgb(green), clipped_srgb(blue)

    return oklab_to_srgb


oklab_to_srgb = _conversion(weighted_sum)
fused_oklab_to_srgb = _conversion(fused_weighted_sum)


@formula
def oklab_color(u, v, w, c):
    """sRGB of three numbers in [0, 1] through an OKLab palette; `c` is `OKLab.numbers`."""
    return fused_oklab_to_srgb(fma(u, c[1], c[0]), fma(v, c[4], c[2]), fma(w, c[4], c[3]))


@formula
def cosine_color(u, v, w, c):
    """sRGB, not clipped, through a cosine palette; `c` is `Cosine.numbers`."""
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
