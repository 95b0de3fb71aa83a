"""Organic: soft blobs that meet and part, lit from the upper left.

f = sum of exp(-1.1 d^2 / R^2) over the blobs;  inside is where f exceeds a threshold
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np

from explorer.fields.kernels.portable import exp_neg, formula, maximum, minimum, sqrt
from explorer.fields.patterns.audio_levels import AudioLevels, Levels
from explorer.fields.patterns.settings import PatternSettings

HEAD, BLOB = 6, 4
MIN_EDGE_WIDTH = 0.012  # of the outline, in units of f: fine on any picture that is not tiny


def numbers(settings: PatternSettings, levels: AudioLevels) -> list[Levels]:
    """Bass makes blobs swell, hits make their rims flash, treble their gloss, brightness shifts the hue."""
    draws, phase, zoom = np.random.default_rng([settings.seed, 1]), levels.phase, settings.zoom
    rows = [
        settings.organic_threshold + 0 * phase,
        0.10 * np.sin(0.11 * phase) + levels.hue,
        0.30 + 0.50 * levels.treble - 0.10 * levels.rough,
        0.42 + 0.50 * levels.onset,
        0.95 + 0.12 * levels.onset,
        0 * phase,
    ]
    for n in range(settings.organic_blobs):
        around, first, second, swing = draws.uniform(0, 2 * np.pi, 4)
        orbit, rate = draws.uniform(0.12, 0.95), draws.uniform(0.2, 0.6) * (1 if n % 2 else -1)
        size = (
            draws.uniform(0.16, 0.34)
            * settings.organic_size
            * (1 + 0.40 * (levels.bass - 0.2) * np.cos(swing))
        )
        turn = around + rate * phase
        x = orbit * np.cos(turn) + 0.12 * np.sin(0.7 * phase + first)
        y = orbit * np.sin(turn) + 0.12 * np.cos(0.5 * phase + second)
        rows += [zoom * x, zoom * y, 1 / (zoom * size), n / settings.organic_blobs + 0 * phase]
    return rows


@formula
def shade(x, y, radius, angle, p, blobs, pixel):
    """(position on the palette, light) of a pixel."""
    field, hue = x * 0.0, x * 0.0
    slope_x, slope_y, steep_x, steep_y = x * 0.0, x * 0.0, x * 0.0, x * 0.0
    for n in range(blobs):
        k = HEAD + BLOB * n
        dx, dy = (x - p[k]) * p[k + 2], (y - p[k + 1]) * p[k + 2]
        near = exp_neg((dx * dx + dy * dy) * 1.1)
        field = field + near
        hue = hue + near * p[k + 3]
        slope_x, slope_y = slope_x + near * dx, slope_y + near * dy
        steep_x, steep_y = steep_x + near * dx * p[k + 2], steep_y + near * dy * p[k + 2]
    edge = field - p[0]
    soft = sqrt(steep_x * steep_x + steep_y * steep_y) * (1.1 * pixel) + MIN_EDGE_WIDTH
    share = minimum(maximum(edge / soft * 0.5 + 0.5, 0.0), 1.0)
    inside = share * share * (3.0 - share * 2.0)
    tilt_x, tilt_y = slope_x / (field + 0.15), slope_y / (field + 0.15)
    dome = sqrt(minimum(maximum(edge * 1.1, 0.0), 1.0))
    lit = minimum(maximum(0.62 - tilt_x * 0.45 - tilt_y * 0.55, 0.0), 1.0)
    gloss_x, gloss_y = tilt_x + 0.35, tilt_y + 0.45
    gloss = exp_neg((gloss_x * gloss_x + gloss_y * gloss_y) * 14.0) * p[2]
    rim = exp_neg(edge * edge * 49.0)
    body = 0.18 + lit * (dome * 0.43 + 0.29) + rim * p[3] + gloss
    around = 0.05 + exp_neg(edge * edge * 9.0) * 0.10
    position = hue / (field + 0.001) * 1.1 + p[1]
    return position, (around + (body - around) * inside) * p[4]
