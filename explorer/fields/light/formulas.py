"""Shading and finish as formulas: one text for the torch reference, the kernels and the page's shaders.

The surface is z = height(x, y), lit by one light far away and seen from straight above. Its normal comes from
central differences of the height at the neighboring pixels. Steep slopes s are drawn as atan(s), so that a
ridge keeps its shape at any gain.

`n` holds the numbers of a moment in the order of `shading.NUMBERS`, `f` those of the finish in the order of
`finish.NUMBERS`.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.kernels.color_formulas import TURN, clipped_srgb
from explorer.fields.kernels.portable import (
    cos,
    exp_neg,
    floor,
    fma,
    formula,
    maximum,
    minimum,
    power,
    sqrt,
    tanh,
    where_less,
)

MAX_HEIGHT = 64.0  # heights are cut to +- this; what is not a number becomes -64
RED_SHARE, GREEN_SHARE, BLUE_SHARE = 0.2126, 0.7152, 0.0722
QUARTER_TURN = TURN / 4


@formula
def arctan(z):
    """atan z for z >= 0, within 1e-5 (Hastings 1955, in Abramowitz & Stegun 4.4.49)."""
    w = minimum(z, 1.0 / maximum(z, 1e-6))
    s = w * w
    p = fma(s, fma(s, fma(s, fma(s, 0.0208351, -0.0851330), 0.1801410), -0.3302995), 0.9998660) * w
    return where_less(z, 1.0, p, QUARTER_TURN - p)


@formula
def smooth_step(x):
    """1 / (1 + e^-x)."""
    return fma(tanh(x * 0.5), 0.5, 0.5)


@formula
def finite_height(height):
    """A height within its limits."""
    return minimum(maximum(height, -MAX_HEIGHT), MAX_HEIGHT)


@formula
def ring_height(ring, n):
    """How far a ring of a hit raises the surface."""
    return ring * n[17]


@formula
def ring_light(ring, height, n):
    """The light of a ring in the accent color; more on heights than in hollows."""
    return ring * sqrt(ring) * n[18] * fma(smooth_step(height * 2.0), 0.65, 0.35)


@formula
def ring_distance(distance, height):
    """The way that a ring has run to a place: it follows the form of the surface."""
    return maximum(fma(tanh(height), 0.25, distance), 0.0)


@formula
def fall_off(distance):
    """How much of a hit is left after half heights of distance."""
    return exp_neg(distance * 0.55)


@formula
def normal(across, down, n):
    """The unit normal of the surface, from differences of the height over two pixels."""
    x, y = across * n[0], down * n[0]
    steepness = sqrt(fma(x, x, y * y))
    share = arctan(steepness) / maximum(steepness, 1e-6)
    x, y = x * share, y * share
    length = sqrt(fma(x, x, fma(y, y, 1.0)))
    return x / length, y / length, 1.0 / length


@formula
def lit(nx, ny, nz, red, green, blue, n):
    """Diffuse light, highlight (Blinn), sheen and rim on a base color; linear light."""
    facing = maximum(fma(nx, n[1], fma(ny, n[2], nz * n[3])), 0.0)
    halfway = minimum(maximum(fma(nx, n[4], fma(ny, n[5], nz * n[6])), 0.0), 1.0)
    highlight = power(halfway, n[10]) * n[9]
    sheen = power(halfway, 8.0) * 0.1
    away = 1.0 - nz
    rim = away * away * n[11]
    light = fma(facing, n[8], n[7]) + sheen
    return (
        lit_channel(red, light, highlight, rim, n[12]),
        lit_channel(green, light, highlight, rim, n[13]),
        lit_channel(blue, light, highlight, rim, n[14]),
    )


@formula
def lit_channel(base, light, highlight, rim, accent):
    """base light + highlight + rim; both keep to what has a color, so that dark grounds stay dark."""
    shine = fma(minimum(base, 1.0), 0.85, 0.15)
    return fma(base, light, fma(highlight, shine, rim * accent * shine))


@formula
def film_color(nx, ny, nz, height, red, green, blue, base, n):
    """The colors of a thin film over a lit surface; `base` is its brightness without light."""
    away = minimum((1.0 - nz) * (1.0 - nz), 1.0)
    facing = maximum(fma(nx, n[1], fma(ny, n[2], nz * n[3])), 0.0)
    path = fma(tanh(height), 0.55, 1.1 + n[16]) * nz * 1.6
    strength = fma(away, 2.4, 0.1) * (facing + 0.3) * maximum(base, 0.15) * 1.6 * n[15]
    left = 1.0 - away * 0.5 * n[15]
    return (
        fma(red, left, film_wave(path) * strength),
        fma(green, left, film_wave(path * 1.22) * strength),
        fma(blue, left, film_wave(path * 1.48) * strength),
    )


@formula
def film_wave(path):
    """The interference of one wavelength, sharpened."""
    wave = fma(cos(path * TURN), 0.5, 0.5)
    return wave * sqrt(maximum(wave, 0.0))


@formula
def line_weight(height, across, down, n):
    """How much of a pixel a level line covers: a distance in pixels, |frac| / |grad|; dense lines vanish."""
    level = height * n[19]
    gradient = sqrt(fma(across, across, down * down)) * 0.5 * n[19] + 1e-5
    distance = (level - floor(level + 0.5)) / (gradient * n[20])
    room = minimum(maximum(1.2 - gradient * 2.0 * n[20], 0.0), 1.0)
    return exp_neg(minimum(distance * distance, 80.0)) * room


@formula
def lined_channel(color, line, accent):
    """A level line of the accent color on a color."""
    return fma(color, fma(line, -0.35, 1.0), line * accent * 0.5)


@formula
def echoed_channel(color, own, line, accent):
    """The line of an echo on a color: the color of the echo there, a quarter of the way to the accent."""
    return fma(fma(accent - own, 0.25, own) - color, minimum(line, 1.0), color)


@formula
def exposed(color, emission, accent, n):
    """A lit color and light of its own, at the exposure of the moment, not below 0.

    That light is mostly the surface's color made brighter: in the accent color alone it would be fog.
    """
    return maximum(fma(emission, fma(color, 1.2, accent * 0.2), color), 0.0) * n[21]


@formula
def tone_curve(x):
    """A filmic curve from [0, inf) to [0, 1): Narkowicz, "ACES filmic tone mapping curve" (2016)."""
    return (x * fma(x, 2.51, 0.03)) / fma(x, fma(x, 2.43, 0.59), 0.14)


@formula
def filmic(red, green, blue):
    """The tone curve of the largest channel, so that hue stays; very bright light turns white."""
    largest = maximum(maximum(red, maximum(green, blue)), 1e-6)
    level = tone_curve(largest)
    share = level / largest
    white = minimum(maximum((largest - 0.8) * 0.6666667, 0.0), 1.0) * 0.7
    keep = (1.0 - white) * share
    rest = white * level
    return fma(red, keep, rest), fma(green, keep, rest), fma(blue, keep, rest)


@formula
def darkened(x, y, f):
    """The vignette: the factor of light at a place whose coordinates run over [-1, 1] on both sides."""
    return maximum(1.0 - fma(x, x, y * y) * 0.5 * f[2], 0.1)


@formula
def encoded(red, green, blue, noise, f):
    """sRGB with grain; the grain is strongest on middle grays."""
    red, green, blue = clipped_srgb(red), clipped_srgb(green), clipped_srgb(blue)
    middle = fma(red + green + blue, 0.6666667, -1.0)
    grain = noise * fma(middle * middle, -0.6, 1.0) * f[3]
    return red + grain, green + grain, blue + grain
