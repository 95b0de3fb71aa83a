"""What a graph CPPN computes at a pixel, as formulas: one text for the torch reference and the kernel.

`p` holds the numbers of a moment in the order of `NUMBERS`.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import math

from explorer.fields.kernels.portable import (
    abs,
    cos,
    exp_neg,
    floor,
    fma,
    formula,
    log2,
    look_up,
    maximum,
    minimum,
    sigmoid,
    sin,
    sqrt,
    tanh,
)
from explorer.fields.palette_table import TABLE_COLORS

OCTAVES = 3  # of the warp
OCTAVE = 5  # numbers of each: how far, and the frequency and phase of the waves along y and along x
FOURIER = 2 + OCTAVES * OCTAVE  # after cos and sin of the rotation, scaled
DELAY, TIME_CIRCLE = FOURIER + 4, FOURIER + 5
NUMBERS = TIME_CIRCLE + 2
CENTER_RADIUS = 0.02  # within it the angle fades out, since it is not defined at the center
LOG_SCALE = 0.8 * math.log(2)
VALUE_LIMIT = 8.0  # deviations from the mean that a node can show
TONE_SLOPE = 1.3


@formula
def warped(x, y, p):
    """A position after rotation, zoom and the waves that bend the plane."""
    x, y = fma(x, p[0], y * -p[1]), fma(x, p[1], y * p[0])
    for n in range(OCTAVES):
        k = 2 + OCTAVE * n
        a, b = sin(fma(y, p[k + 1], p[k + 2])), sin(fma(x, p[k + 3], p[k + 4]))
        x, y = fma(a, p[k], x), fma(b, p[k], y)
    return x, y


@formula
def folded(x, y, mirrors, count):
    """A position reflected into one sector; `mirrors` are the normals (x, y) of `count` lines, in turn."""
    for n in range(count):
        beyond = minimum(fma(x, mirrors[2 * n], y * mirrors[2 * n + 1]), 0.0) * -2.0
        x, y = fma(beyond, mirrors[2 * n], x), fma(beyond, mirrors[2 * n + 1], y)
    return x, y


@formula
def distance(x, y):
    """From the center, never 0."""
    return sqrt(fma(x, x, fma(y, y, CENTER_RADIUS * CENTER_RADIUS)))


@formula
def log_distance(radius):
    """0.8 ln r."""
    return log2(radius) * LOG_SCALE


@formula
def angle_waves(x, y, radius, sectors):
    """Cosine and sine of `sectors` times the angle, by powers of a complex number."""
    inverse = 1.0 / radius
    across, along = x * inverse, y * inverse
    c, s = across, along
    for _ in range(sectors - 1):
        c, s = fma(c, across, s * along * -1.0), fma(c, along, s * across)
    return c, s


@formula
def plane_wave(x, y, across, along):
    """One Fourier feature."""
    return sin(fma(x, across, y * along))


@formula
def weighted(a, b, c, d, w):
    """The argument of an activation: a weighted sum of four sources, a product of the first two, a bias."""
    total = fma(a, w[0], fma(b, w[1], fma(c, w[2], fma(d, w[3], w[5]))))
    return fma(a * b, w[4], total)


@formula
def standardized(value, w):
    """A value of an activation, less its mean, in deviations."""
    return minimum(maximum(fma(value, w[6], w[7]), -VALUE_LIMIT), VALUE_LIMIT)


@formula
def tone(hue, contrast):
    """The position on the palette, in [0, 1]."""
    return sigmoid(hue * (TONE_SLOPE * contrast))


@formula
def palette_color(hue, contrast, table):
    """The color at the tone of a hue; `table` holds all reds, all greens, all blues of a palette."""
    position = tone(hue, contrast) * (TABLE_COLORS - 1.0)
    red = look_up(position, table, 0, TABLE_COLORS)
    green = look_up(position, table, TABLE_COLORS, TABLE_COLORS)
    blue = look_up(position, table, 2 * TABLE_COLORS, TABLE_COLORS)
    return red, green, blue


@formula
def sine(z):
    """sin 1.6 z."""
    return sin(z * 1.6)


@formula
def cosine(z):
    """cos 1.6 z."""
    return cos(z * 1.6)


@formula
def gaussian(z):
    """exp(-z^2)."""
    return exp_neg(z * z)


@formula
def hyperbolic(z):
    """tanh 1.5 z."""
    return tanh(z * 1.5)


@formula
def ridge(z):
    """1 - |sin 1.3 z|: sharp crests."""
    return abs(sin(z * 1.3)) * -1.0 + 1.0


@formula
def step(z):
    """A soft step, 1 / (1 + exp(-4 z))."""
    return sigmoid(z * 4.0)


@formula
def absolute(z):
    """|z|: a fold."""
    return abs(z)


@formula
def triangle(z):
    """A triangle wave of period 2: the distance to the nearest even number."""
    half = z * 0.5
    return abs(z - floor(half + 0.5) * 2.0)


@formula
def wavelet(z):
    """z exp((1 - z^2) / 2), the derivative of a bell."""
    return z * exp_neg(z * z * 0.5) * 1.6487213


@formula
def identity(z):
    """z."""
    return z


ACTIVATIONS = (sine, cosine, gaussian, hyperbolic, ridge, step, absolute, triangle, wavelet, identity)
