"""Sketches: fields made of one formula in a small language. The names here are its functions and constants.

    from explorer.fields.sketch import angle, exp, length, sin

    @ex.sketch(palette="ember")
    def ripples(x, y, t, bass, onset, *, rings: float = ex.slider(6, 1, 20)):
        r = length(x, y)
        return sin(rings * r - 4 * t + angle(x, y)) * (0.6 + bass) + onset * exp(-8 * r)

In a sketch names are matched, not called. Called from Python they compute with numbers, arrays and tensors.
"""

from explorer.fields.sketch.colors import oklab, oklch, srgb
from explorer.fields.sketch.mathematics import (
    abs,
    angle,
    clamp,
    cos,
    e,
    exp,
    floor,
    fract,
    length,
    log,
    max,
    min,
    mix,
    mod,
    pi,
    pow,
    rotate,
    round,
    sign,
    sin,
    smoothstep,
    sqrt,
    step,
    tan,
    tau,
    where,
)
from explorer.fields.sketch.noise import fbm, random, ridges, simplex_noise, value_noise, worley
from explorer.fields.sketch.shapes import (
    box,
    circle,
    cross,
    difference,
    ellipse,
    glow,
    heart,
    hexagon,
    intersection,
    mirror_repeat,
    moon,
    outline,
    polygon,
    repeat,
    repeat_around,
    rhombus,
    ring,
    rounded_box,
    segment,
    star,
    triangle,
    union,
)

__all__ = [
    "abs", "angle", "box", "circle", "clamp", "cos", "cross", "difference", "e", "ellipse", "exp", "fbm",
    "floor", "fract", "glow", "heart", "hexagon", "intersection", "length", "log", "max", "min",
    "mirror_repeat", "mix", "mod", "moon", "oklab", "oklch", "outline", "pi", "polygon", "pow", "random",
    "repeat", "repeat_around", "rhombus", "ridges", "ring", "rotate", "round", "rounded_box", "segment",
    "sign", "simplex_noise", "sin", "smoothstep", "sqrt", "srgb", "star", "step", "tan", "tau", "triangle",
    "union", "value_noise", "where", "worley",
]  # fmt: skip
