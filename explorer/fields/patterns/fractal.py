"""Fractal: branches of branches, growing outwards from the center.

The plane is folded into one arm; then, level by level, a point is measured against the branch (0, 0) - (0, L)
and mapped back onto the arm: mirrored, moved by L, turned by the angle between branches, and enlarged.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from explorer.fields.kernels.portable import (
    abs,
    cos,
    exp_neg,
    floor,
    formula,
    maximum,
    minimum,
    sin,
    sqrt,
    tanh,
    where_less,
)
from explorer.fields.patterns.audio_levels import AudioLevels, Levels
from explorer.fields.patterns.settings import PatternSettings

HEAD, LEVEL = 8, 2


def numbers(settings: PatternSettings, levels: AudioLevels) -> list[Levels]:
    """Bass makes it grow, mids open its angles, hits thicken it, treble makes the tips sparkle."""
    phase = levels.phase
    start = np.random.default_rng([settings.seed, 0]).uniform(0, 2 * np.pi, 2)
    rows = [
        np.mod(start[0] + 0.04 * phase, 2 * np.pi),
        2 * np.pi / settings.fractal_arms + 0 * phase,
        settings.zoom * 0.34 * (1 + 0.12 * (levels.bass - 0.3)),
        settings.zoom * 0.016 * settings.fractal_width * (1 + 0.8 * levels.onset),
        1 / settings.fractal_ratio + 0 * phase,
        0.30 * (0.5 + 0.7 * levels.treble),
        0.38 + 0.10 * np.sin(0.09 * phase) + levels.hue,
        0.94 + 0.20 * levels.onset,
    ]
    spread = settings.fractal_angle + 0.16 * np.sin(0.31 * phase + start[1]) + 0.07 * (levels.mid - 0.4)
    for level in range(settings.fractal_depth):
        turn = spread + 0.05 * np.sin(0.9 * phase + level)
        rows += [np.cos(turn), np.sin(turn)]
    return rows


@formula
def shade(x, y, radius, angle, p, depth, pixel):
    """(position on the palette, light) of a pixel."""
    turned = angle + p[0]
    side = abs(turned - floor(turned / p[1] + 0.5) * p[1])
    u, v = radius * sin(side), radius * cos(side)
    nearest, level, glow = u * 0.0 + 9.0, u * 0.0, u * 0.0
    scale = u * 0.0 + 1.0  # size of this level on the picture
    for n in range(depth):
        along = minimum(maximum(v, 0.0), p[2])
        off = v - along
        far = sqrt(u * u + off * off)
        outside = (far - (1.3 - along * (0.35 / p[2])) * p[3]) * scale
        level = where_less(outside, nearest, along / p[2] + 1.0 * n, level)
        nearest = minimum(nearest, outside)
        glow = glow + exp_neg(far * scale * 26.0) * 0.6
        k = HEAD + LEVEL * n
        a, b = abs(u), v - p[2]
        u, v = (a * p[k] - b * p[k + 1]) * p[4], (a * p[k + 1] + b * p[k]) * p[4]
        scale = scale / p[4]
    share = minimum(maximum(nearest * (-0.7 / pixel) + 0.5, 0.0), 1.0)
    branch = share * share * (3.0 - share * 2.0)
    light = 0.06 + branch + tanh(glow * 0.9) * p[5]
    return level * 0.085 + p[6], light * p[7]
