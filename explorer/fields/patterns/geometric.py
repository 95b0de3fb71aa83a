"""Geometric: nested angular polygons that turn against each other, crisp at any size.

d = max over the sides of (x, y) . n;   a band is where |frac(density d - phase) - 1/2| < 1/4
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from explorer.fields.kernels.portable import abs, exp_neg, floor, formula, maximum, minimum
from explorer.fields.patterns.audio_levels import AudioLevels, Levels
from explorer.fields.patterns.settings import PatternSettings

HEAD = 8
LINE = 0.014  # half the width of an outline, in bands


@formula
def inner_sides(sides):
    """Number of sides of the inner polygon."""
    return 4 if sides == 3 else 3


def numbers(settings: PatternSettings, levels: AudioLevels) -> list[Levels]:
    """Bass pulls it closer, hits, treble and noise light its lines, brightness shifts the hue."""
    phase = levels.phase
    near = (1 - 0.14 * (levels.bass - 0.2)) / settings.zoom
    rows = [
        2.6 * settings.geometric_density * near,
        1.7 * settings.geometric_density * near,
        np.mod(0.20 * phase, 1000.0),
        np.mod(0.13 * phase, 1000.0),
        settings.geometric_lines * (0.60 + 0.35 * levels.treble + 0.45 * levels.onset + 0.12 * levels.rough),
        0.10 * np.sin(0.11 * phase) + levels.hue,
        0.95 + 0.12 * levels.onset,
        0.06 * near,
    ]
    start = np.random.default_rng([settings.seed, 3]).uniform(0, 2 * np.pi, 2)
    inner = inner_sides(settings.geometric_sides)
    for sides, turn in (
        (settings.geometric_sides, start[0] + 0.17 * phase),
        (inner, start[1] - 0.11 * phase),
    ):
        for n in range(sides):
            rows += [np.cos(turn + 2 * np.pi * n / sides), np.sin(turn + 2 * np.pi * n / sides)]
    return rows


@formula
def distance(x, y, p, start, sides):
    """From the center to the polygon through a point, along a normal."""
    far = x * p[start] + y * p[start + 1]
    for n in range(1, sides):
        far = maximum(far, x * p[start + 2 * n] + y * p[start + 2 * n + 1])
    return far


@formula
def band(position, width):
    """1 inside a band, 0 outside, over so much width in between."""
    share = minimum(maximum((0.25 - abs(position - 0.5)) / width * 0.5 + 0.5, 0.0), 1.0)
    return share * share * (3.0 - share * 2.0)


@formula
def line(position, width):
    """1 where a band begins or ends; paler where it would be finer than a pixel."""
    broad = width * 1.2 + LINE
    off = abs(abs(position - 0.5) - 0.25) / broad
    return exp_neg(off * off) * (LINE / broad)


@formula
def smooth_ring(ring, position, width):
    """The number of the ring, with the step to the next one over so much width."""
    before = maximum(0.5 - position / width * 0.5, 0.0)
    after = maximum(0.5 - (1.0 - position) / width * 0.5, 0.0)
    return ring - before + after


@formula
def shade(x, y, radius, angle, p, sides, pixel):
    """(position on the palette, light) of a pixel."""
    outer = distance(x, y, p, HEAD, sides)
    inner = distance(x, y, p, HEAD + 2 * sides, inner_sides(sides))
    first, second = outer * p[0] - p[2], inner * p[1] + p[3]
    ring, other = floor(first), floor(second)
    a, b = first - ring, second - other
    width_a, width_b = p[0] * pixel, p[1] * pixel
    in_a, in_b = band(a, width_a), band(b, width_b)
    one = in_a + in_b - in_a * in_b * 2.0
    bright = maximum(line(a, width_a), line(b, width_b)) * p[4]
    shade_a, shade_b = abs(a - 0.5) * 2.0, abs(b - 0.5) * 2.0
    light = 0.12 + one * (shade_a * 0.42 + 0.30) + (1.0 - one) * shade_b * 0.14 + bright
    steps = smooth_ring(ring, a, width_a) * 0.10 + smooth_ring(other, b, width_b) * 0.17
    return steps + one * 0.22 + outer * p[7] + p[5], light * p[6]
