"""The end of every kernel: three numbers in [0, 1] -> palette -> bytes, for a vector of pixels.

The same colours as `explorer.fields.palette_torch.paint`, from the same coefficients.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float32

from explorer.fields.kernels.fastmath import cos, srgb
from explorer.fields.kernels.memory import splat, store_rgb
from explorer.fields.kernels.simd import fma, greatest, inlined, least
from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS, Cosine, palette_of

RGB, OKLAB, COSINE = 0, 1, 2


def palette_numbers(name: str) -> tuple[int, Float32[np.ndarray, " numbers"]]:
    """Kind of a palette, and its coefficients in the order that the kernels read."""
    palette = palette_of(name)
    if palette is None:
        return RGB, np.zeros(1, np.float32)
    if isinstance(palette, Cosine):
        rows = zip(palette.base, palette.swing, palette.cycles, palette.phase, strict=True)
        numbers = [palette.shade, palette.drift, *[value for row in rows for value in row]]
        return COSINE, np.array(numbers, np.float32)
    span, chroma = palette.light - palette.dark, palette.chroma
    numbers = [palette.dark, span, palette.tint_a - chroma, palette.tint_b - chroma, 2 * chroma]
    return OKLAB, np.array(numbers, np.float32)


@inlined
def paint(u, v, w, kind, palette, out, pixel):
    """Numbers in [0, 1] to rows `pixel`, `pixel` + 1, ... of `out`."""
    if kind == OKLAB:
        u, v, w = _oklab(u, v, w, palette)
    elif kind == COSINE:
        light = fma(w, 1.0 - splat(palette, 0), splat(palette, 0))
        t = fma(u, splat(palette, 1), v)
        u, v, w = _cosine(t, light, palette, 2), _cosine(t, light, palette, 6), _cosine(t, light, palette, 10)
    store_rgb(out, pixel, _byte(u), _byte(v), _byte(w))


@inlined
def _byte(u):
    """floor(255 u + 0.5) before truncation; what is not a number becomes 0."""
    return fma(least(greatest(u, 0.0), 1.0), 255.0, 0.5)


@inlined
def _cosine(t, light, palette, k):
    """(a + b cos(2 pi (c t + d))) light for the channel whose a, b, c, d start at k."""
    turns = fma(t, splat(palette, k + 2), splat(palette, k + 3))
    wave = cos(turns * (2 * math.pi))
    return fma(wave, splat(palette, k + 1), splat(palette, k)) * light


@inlined
def _oklab(u, v, w, palette):
    lightness = fma(u, splat(palette, 1), splat(palette, 0))
    a = fma(v, splat(palette, 4), splat(palette, 2))
    b = fma(w, splat(palette, 4), splat(palette, 3))
    (l0, l1, l2), (m0, m1, m2), (s0, s1, s2) = OKLAB_TO_LMS
    long = _cube(_dot(lightness, a, b, l0, l1, l2))
    medium = _cube(_dot(lightness, a, b, m0, m1, m2))
    short = _cube(_dot(lightness, a, b, s0, s1, s2))
    (r0, r1, r2), (g0, g1, g2), (b0, b1, b2) = LMS_TO_LINEAR
    red = _dot(long, medium, short, r0, r1, r2)
    green = _dot(long, medium, short, g0, g1, g2)
    blue = _dot(long, medium, short, b0, b1, b2)
    return _curve(red), _curve(green), _curve(blue)


@inlined
def _dot(x, y, z, a, b, c):
    return fma(z, c, fma(y, b, x * a))


@inlined
def _cube(x):
    return x * x * x


@inlined
def _curve(linear):
    """sRGB of light that may lie outside [0, 1]."""
    return srgb(least(greatest(linear, 0.0), 1.0))
