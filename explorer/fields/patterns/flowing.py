"""Flowing: curves like folded silk, from coordinates that waves displace again and again.

(u, v) <- (u + a sin(k v + phase), v + a' sin(k' u + phase'))      layer by layer
h = density (u + v),   the fold is floor(h), and the position within it h - floor(h)
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from explorer.fields.kernels.portable import cos, exp_neg, floor, formula, maximum, minimum, sin, sqrt
from explorer.fields.patterns.audio_levels import AudioLevels, Levels
from explorer.fields.patterns.settings import PatternSettings

HEAD, LAYER = 6, 6  # numbers before the layers, and per layer


def numbers(settings: PatternSettings, levels: AudioLevels) -> list[Levels]:
    """Bass displaces more, noise ruffles it, treble is sheen, hits are light, brightness shifts the hue."""
    draws, phase = np.random.default_rng([settings.seed, 2]), levels.phase
    density = settings.flowing_density * (1 + 0.10 * levels.mid + 0.08 * levels.rough)
    rows = [
        1.15 / settings.zoom + 0 * phase,
        density,
        0.38 * (0.55 + 0.65 * levels.treble),
        0.28 + 0.10 * np.sin(0.13 * phase) + levels.hue,
        0.92 + 0.22 * levels.onset,
        1.7 * density,
    ]
    for n in range(settings.flowing_layers):
        push = settings.flowing_push * (1 + 0.30 * (levels.bass - 0.3)) / (1 + 0.45 * n)
        across, along = (1.1 + 0.75 * n) * np.array([1.6, 1.4]) * draws.uniform(0.9, 1.1, 2)
        start, rates = draws.uniform(0, 2 * np.pi, 2), np.array([0.7 + 0.21 * n, -0.6 - 0.17 * n])
        first, second = (start[i] + rates[i] * phase for i in range(2))
        rows += [
            push,
            across + 0 * phase,
            along + 0 * phase,
            np.mod(first, 2 * np.pi),
            np.mod(second, 2 * np.pi),
            push,
        ]
    return rows


@formula
def shade(x, y, radius, angle, p, layers, pixel):
    """(position on the palette, light) of a pixel."""
    u, v = x * p[0], y * p[0]
    u_x, u_y, v_x, v_y = u * 0.0 + p[0], u * 0.0, u * 0.0, u * 0.0 + p[0]  # how fast u and v change
    for n in range(layers):
        k = HEAD + LAYER * n
        a, b = v * p[k + 1] + p[k + 3], u * p[k + 2] + p[k + 4]
        slope_a, slope_b = cos(a) * (p[k] * p[k + 1]), cos(b) * (p[k] * p[k + 2])
        u, v = u + sin(a) * p[k], v + sin(b) * p[k]
        u_x, u_y, v_x, v_y = (
            u_x + slope_a * v_x,
            u_y + slope_a * v_y,
            v_x + slope_b * u_x,
            v_y + slope_b * u_y,
        )
    height = (u + v) * p[1]
    within = height - floor(height)
    width = sqrt((u_x + v_x) * (u_x + v_x) + (u_y + v_y) * (u_y + v_y)) * (p[1] * pixel)
    silk = 0.5 - cos(within * 6.2831853) * 0.5
    off, end = (within - 0.68) * 7.0, minimum(within, 1.0 - within) * 16.0
    detailed = silk * 0.62 + exp_neg(off * off) * p[2] - exp_neg(end * end) * 0.22
    average = 0.30 + p[2] * 0.25  # the light of folds finer than a pixel
    resolved = exp_neg(width * width * 4.0)
    light = (0.20 + average) + (detailed - average) * resolved
    position = u * 0.16 - v * 0.10 + sin(height * 1.7) * 0.11 * resolved + p[3]
    return position, maximum(light, 0.0) * p[4]
