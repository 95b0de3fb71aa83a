"""A body before a ground, as formulas: one text for the torch reference and the kernel.

`g` holds the numbers of a moment in the order of `NUMBERS`. Everything follows from `border`, whose value is
positive inside the body: no pixel asks its neighbors.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from explorer.fields.graph.formulas import palette_color
from explorer.fields.kernels.color_formulas import clipped_srgb
from explorer.fields.kernels.portable import exp_neg, fma, formula, maximum, minimum, sigmoid, sqrt

NUMBERS = (
    "size", "rim_light", "glow_light", "shadow_x", "shadow_y", "edge", "rim", "contrast", "ground_contrast",
    "accent_red", "accent_green", "accent_blue",
)  # fmt: skip
STRETCH = 1 / 1.25  # the body is wider than high
FALL = 1.35  # of the border's value per unit of distance
MASK, RELIEF = 0.33, 0.22  # how far the outputs of the network bend the border
BEND_LIMIT = 2.5  # deviations: more would put islands everywhere
MAX_DECAY = 40.0  # exponents beyond it are 0
GROUND_TONE = -1.25  # moves hues of the ground to the dark end of the palette
GROUND_LIGHT, GROUND_RELIEF = 0.5, 0.3


@formula
def oval(x, y):
    """The elliptic distance from the center."""
    across = x * STRETCH
    return sqrt(fma(across, across, fma(y, y, 1e-6)))


@formula
def border(x, y, height, mask, g):
    """Positive inside the body, 0 at its border."""
    bend = minimum(maximum(mask, -BEND_LIMIT), BEND_LIMIT) * MASK
    bend = fma(minimum(maximum(height, -BEND_LIMIT), BEND_LIMIT), RELIEF, bend)
    return fma(oval(x, y), -FALL, bend) + g[0]


@formula
def decayed(distance, rate):
    """exp(-rate d) of a distance, 1 where that is negative."""
    return exp_neg(minimum(maximum(distance, 0.0) * rate, MAX_DECAY))


@formula
def bell(distance, inverse_width):
    """exp(-(d / width)^2)."""
    share = distance * inverse_width
    return exp_neg(minimum(share * share, MAX_DECAY))


@formula
def shadow(x, y, f, g):
    """How dark the body makes the ground, in [0, 1]: only its oval moves away from the light."""
    moved = fma(oval(x, y) - oval(x + g[3], y + g[4]), FALL, f)
    return decayed(moved * -1.0, 3.0) * 0.8


@formula
def mixed(a, b, share):
    """From a to b."""
    return fma(b - a, share, a)


@formula
def figure(x, y, height, hue, mask, ground_height, ground_hue, table, ground_table, g):
    """Height, red, green, blue and emission of a pixel; heights are 0 on the border, so it is no cliff."""
    f = border(x, y, height, mask, g)
    inside = sigmoid(minimum(maximum(f * g[5], -30.0), 30.0))
    thickness = 1.0 - decayed(f, 3.2)
    body = fma(height * 0.6, 1.0 - decayed(f, 9.0), thickness * 1.9)
    ground = ground_height * GROUND_RELIEF * (1.0 - decayed(f * -1.0, 4.0))
    near = palette_color(hue, g[7], table)
    far = palette_color(ground_hue + GROUND_TONE, g[8], ground_table)
    lit, dark = fma(thickness, 0.5, 0.5), (1.0 - shadow(x, y, f, g)) * GROUND_LIGHT
    rim, glow = bell(f, g[6]), decayed(f * -1.0, 5.0) * (1.0 - inside)
    tint = minimum(fma(glow, g[2] * 0.3, rim * 0.75), 1.0)
    red = mixed(mixed(far[0] * dark, near[0] * lit, inside), g[9], tint)
    green = mixed(mixed(far[1] * dark, near[1] * lit, inside), g[10], tint)
    blue = mixed(mixed(far[2] * dark, near[2] * lit, inside), g[11], tint)
    return mixed(ground, body, inside), red, green, blue, fma(rim, g[1], glow * g[2])


@formula
def flat(color, emission, accent):
    """sRGB of a color with light of its own, for pictures without light."""
    return clipped_srgb(fma(emission, accent * 0.3, color))
