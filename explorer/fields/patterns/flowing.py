"""Flowing: curves like folded silk, from coordinates that waves push about again and again.

(u, v) <- (u + a sin(k v + phase), v + a' sin(k' u + phase'))      layer by layer
h = density (u + v),   the fold is floor(h), and a place in it h - floor(h)
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.fields.kernels.portable import cos, fading, floor, formula, greatest, least, sin, sqrt

if TYPE_CHECKING:
    from explorer.fields.patterns.audio_levels import Heard
    from explorer.fields.patterns.settings import Patterns

HEAD, LAYER = 6, 6  # numbers before the layers, and for each


def numbers(settings: Patterns, heard: Heard) -> list[np.ndarray]:
    """Bass pushes further, noise ruffles it, treble is sheen, hits are light, brightness shifts the hue."""
    draws, phase = np.random.default_rng([settings.seed, 2]), heard.phase
    density = settings.flowing_density * (1 + 0.10 * heard.mid + 0.08 * heard.rough)
    rows = [
        1.15 / settings.zoom + 0 * phase,
        density,
        0.38 * (0.55 + 0.65 * heard.treble),
        0.28 + 0.10 * np.sin(0.13 * phase) + heard.hue,
        0.92 + 0.22 * heard.onset,
        1.7 * density,
    ]
    for n in range(settings.flowing_layers):
        push = settings.flowing_push * (1 + 0.30 * (heard.bass - 0.3)) / (1 + 0.45 * n)
        across, along = (1.1 + 0.75 * n) * np.array([1.6, 1.4]) * draws.uniform(0.9, 1.1, 2)
        start, rate = draws.uniform(0, 2 * np.pi, 2), np.array([0.7 + 0.21 * n, -0.6 - 0.17 * n])
        first, second = (start[i] + rate[i] * phase for i in range(2))
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
def paint(x, y, radius, angle, p, layers, pixel):
    """Where on the palette, and how light."""
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
    place = height - floor(height)
    width = sqrt((u_x + v_x) * (u_x + v_x) + (u_y + v_y) * (u_y + v_y)) * (p[1] * pixel)
    silk = 0.5 - cos(place * 6.2831853) * 0.5
    off, end = (place - 0.68) * 7.0, least(place, 1.0 - place) * 16.0
    drawn = silk * 0.62 + fading(off * off) * p[2] - fading(end * end) * 0.22
    plain = 0.30 + p[2] * 0.25  # what folds finer than a pixel look like
    seen = fading(width * width * 4.0)
    light = (0.20 + plain) + (drawn - plain) * seen
    position = u * 0.16 - v * 0.10 + sin(height * 1.7) * 0.11 * seen + p[3]
    return position, greatest(light, 0.0) * p[4]
