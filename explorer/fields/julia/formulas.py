"""From an orbit to a color, written once for torch, for the kernel and, translated, for the page's shader.

z0 lies at the pixel, z_{n+1} = z_n^2 + c. Four numbers describe a pixel:

    nu        n - log2(ln |z_n| / ln 32), n the first step with |z_n| > 32: continuous escape time
              (Linas Vepstas, "Renormalizing the Mandelbrot escape", 1997); inside the number of iterations
    tone      1 - exp(-nu / 4): 0 far away, 1 on the set and inside
    exterior  1 where the detail around is wider than a pixel, 0 where it is finer and inside: anti-aliasing
    trap      the minimum of |z_n|^2 for n = 1 ... 16 (`TRAP_STEPS`), until it escapes: shades the inside

Colors are a path through OKLab: dim far away, a glow around the set, petals inside. What is finer than a
pixel takes the colors of the inside, which change slowly, so that nothing glitters.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.kernels.color_formulas import TURN, linear_light, oklab_to_srgb
from explorer.fields.kernels.portable import cos, exp_neg, formula, log2, maximum, minimum, sin, sqrt

LOG2_10 = 3.321928094887362  # ln |z| / ln 32 = log2(|z|^2) / 10
HALF_LN_2 = 0.34657359027997264  # ln |z| = log2(|z|^2) ln 2 / 2
LN_2 = 0.6931471805599453


@formula
def escape_time(steps, squared):
    """nu of a point that escaped after so many steps, with |z|^2 = `squared` > 1024 then; at least 0."""
    return maximum(steps + LOG2_10 - log2(log2(squared)), 0.0)


@formula
def tone_of(nu):
    """1 - exp(-nu / 4)."""
    return 1.0 - exp_neg(nu * 0.25)


@formula
def exterior_weight(squared, slope, pixel):
    """1 - exp(-(d / pixel)^2) of a point that escaped; d = |z| ln |z| / |dz/dz0|, its distance from the set.

    `squared` is |z|^2 > 1024, `slope` |dz/dz0|^2 (the product of 4 |z_n|^2 over all steps; it may be
    infinite), `pixel` the size of a pixel in the plane of z0. (Milnor, "Dynamics in one complex variable".)
    """
    log = log2(squared) * HALF_LN_2
    return 1.0 - exp_neg(squared * log * log / (slope * pixel * pixel))


@formula
def color(nu, tone, exterior, trap, hue, saturation, brightness):
    """Red, green and blue in [0, 1]; hue in turns, saturation and brightness in [0, 1]."""
    near = sqrt(maximum(1.0 - tone, 1e-6))
    cube = tone * tone * tone
    depth = log2(nu + 1.0)
    wave = cos(depth * 8.0) * cube
    outer = exterior * exp_neg(nu * nu * 0.0006)  # share of the glow around the set; the rest is inside
    around = near * (cube * 2.1 + tone * 0.22) + cube * cube * (wave * 0.08 + 0.34)
    inside = exp_neg(trap * 5.0) * 0.48
    light = inside + (around - inside) * outer + 0.10
    shift = (inside * 0.5 + 0.12) * (1.0 - outer) + (depth * 0.04 + wave * 0.02) * outer
    turned = (hue + tone * 0.24 + shift - 0.38) * TURN
    turned = turned + sin(turned - 2.1) * 0.45  # slow in blues and reds, fast through greens
    chroma = saturation * (light * (1.08 - light) * 0.54 + 0.03) * (tone * 0.5 + 0.5)
    shade = brightness * 0.65 + 0.35
    return oklab_to_srgb(light * shade, cos(turned) * chroma * shade, sin(turned) * chroma * shade)


@formula
def log_distance(squared, slope):
    """The natural logarithm of the distance from the set of a point that escaped; see `exterior_weight`."""
    return (log2(squared) - log2(maximum(slope, 1e-30))) * HALF_LN_2 + log2(log2(squared) * HALF_LN_2) * LN_2


@formula
def outer_height(distance):
    """The height of a lit set outside: it rises towards the set; `distance` is a logarithm."""
    return minimum(maximum(distance, -7.0), 1.0) * -0.55 - 1.6


@formula
def inner_height(trap):
    """The height inside: petals around the orbit trap."""
    return exp_neg(trap * 6.0) * 1.4 + 0.6


@formula
def glow_light(hue, saturation, brightness):
    """The color of the glow around the set, linear light: `color` at the escape time 6."""
    nu = hue * 0.0 + 6.0
    red, green, blue = color(nu, tone_of(nu), nu / 6.0, nu, hue, saturation, brightness)
    return linear_light(red), linear_light(green), linear_light(blue)
