"""The CPU kernels of light: rows of a field's planes to linear light, and linear light to bytes.

A pixel's bits depend on its neighbors and the moment alone: not on how a frame is cut into bands.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from explorer.fields.kernels.memory import load, look_up, store, store_rgb
from explorer.fields.kernels.simd import (
    LANES,
    broadcast,
    compiled,
    fma,
    inlined,
    maximum,
    minimum,
    source_stamp,
)
from explorer.fields.light.formulas import (
    darkened,
    echoed_channel,
    encoded,
    exposed,
    fall_off,
    film_color,
    filmic,
    finite_height,
    line_weight,
    lined_channel,
    lit,
    normal,
    ring_distance,
    ring_height,
    ring_light,
)

HEIGHT, RED, GREEN, BLUE, EMISSION = range(5)


@inlined
def vector_start(i, width):
    """Where the vector that covers column i starts: the last one of a row overlaps the one before."""
    return min(i, width - LANES)


@inlined
def level(value, rounding):
    """A byte before truncation: 255 value + noise in [0, 1), cut to [0, 255]."""
    return minimum(maximum(fma(value, 255.0, rounding), 0.0), 255.0)


@inlined
def between(values, a, b, share):
    """From the vector at a to that at b."""
    start = load(values, a)
    return fma(load(values, b) - start, share, start)


def _add_rings(STAMP: str) -> Any:
    def add_rings(planes, plane, points, distance, first, history, delays, n):
        """Raises heights by the rings of hits, and adds their light to the emission.

        planes: flat, `plane` numbers each; distance: from the focus, that of the first point at `first`;
        history: the hits so many steps ago; delays: steps for half a height. Whole vectors of points.
        """
        STAMP  # noqa: B018
        for i in range(0, points, LANES):
            height = finite_height(load(planes, HEIGHT * plane + i))
            away = ring_distance(load(distance, first + i), height)
            ring = look_up(history, 0, history.size, away * delays) * fall_off(away)
            emission = load(planes, EMISSION * plane + i)
            store(planes, HEIGHT * plane + i, height + ring_height(ring, n))
            store(planes, EMISSION * plane + i, emission + ring_light(ring, height, n))

    return compiled(add_rings)


def _add_lines(STAMP: str) -> Any:
    def add_lines(planes, echo, plane, stride, points, n, strength):
        """Draws the level lines of an echo into the colors and the emission of `planes`.

        Rows are `stride` points long; those from the second on are drawn, `points` in all. Whole vectors.
        """
        STAMP  # noqa: B018
        for i in range(stride, stride + points, LANES):
            across = finite_height(load(echo, i + 1)) - finite_height(load(echo, i - 1))
            down = finite_height(load(echo, i + stride)) - finite_height(load(echo, i - stride))
            line = line_weight(finite_height(load(echo, i)), across, down, n) * strength
            for channel in range(RED, BLUE + 1):
                at = channel * plane + i
                store(planes, at, echoed_channel(load(planes, at), load(echo, at), line, n[11 + channel]))
            store(planes, EMISSION * plane + i, load(planes, EMISSION * plane + i) + line)

    return compiled(add_lines)


def _shade(STAMP: str) -> Any:
    def shade(planes, plane, rows, width, n, film, lines, out, out_plane, first):
        """Planes with a border of one pixel to three planes of linear light.

        rows, width: without the border; first: where the first row starts in a plane of `out`.
        """
        STAMP  # noqa: B018
        stride = width + 2
        for row in range(rows):
            for i in range(0, width, LANES):
                column = vector_start(i, width)
                at = (row + 1) * stride + 1 + column
                across = finite_height(load(planes, at + 1)) - finite_height(load(planes, at - 1))
                down = finite_height(load(planes, at + stride)) - finite_height(load(planes, at - stride))
                nx, ny, nz = normal(across, down, n)
                r, g = load(planes, RED * plane + at), load(planes, GREEN * plane + at)
                b = load(planes, BLUE * plane + at)
                red, green, blue = lit(nx, ny, nz, r, g, b, n)
                height = finite_height(load(planes, at))
                if film:
                    base = (r + g + b) * 0.33333333
                    red, green, blue = film_color(nx, ny, nz, height, red, green, blue, base, n)
                if lines:
                    line = line_weight(height, across, down, n)
                    red, green = lined_channel(red, line, n[12]), lined_channel(green, line, n[13])
                    blue = lined_channel(blue, line, n[14])
                emission = load(planes, EMISSION * plane + at)
                to = first + row * width + column
                store(out, to, exposed(red, emission, n[12], n))
                store(out, out_plane + to, exposed(green, emission, n[13], n))
                store(out, 2 * out_plane + to, exposed(blue, emission, n[14], n))

    return compiled(shade)


def _average(STAMP: str) -> Any:
    def average(fine, fine_plane, rows, width, samples, out, out_plane, first):
        """The mean of `samples` x `samples` points for each pixel of `rows` rows, in three planes."""
        STAMP  # noqa: B018
        share = np.float32(1 / (samples * samples))
        for channel in range(3):
            for row in range(rows):
                to = channel * out_plane + first + row * width
                out[to : to + width] = 0
                for across in range(samples):
                    for down in range(samples):
                        at = channel * fine_plane + (row * samples + down) * width * samples + across
                        for column in range(width):
                            out[to + column] += fine[at + column * samples] * share

    return compiled(average)


def _finish(STAMP: str) -> Any:
    def finish(
        light, plane, first, rows, width, xs, ys, glow, glow_plane, upper, share, noise, places, f, tone, out
    ):
        """`rows` rows of linear light, the first at `first` of each plane, to bytes.

        xs, ys: coordinates in [-1, 1]; glow: three planes of rows as wide as the frame, or empty; upper,
        share: between which of its rows each row lies; noise: uniform in [0, 1); places (rows, 3): where
        the noise of each row starts: two for grain, one for rounding.
        """
        STAMP  # noqa: B018
        for row in range(rows):
            y = broadcast(ys[row])
            over, under = upper[row] * width, min(upper[row] + 1, glow_plane // width - 1) * width
            for i in range(0, width, LANES):
                column = vector_start(i, width)
                own = row * width + column
                at = first + own
                red, green, blue = load(light, at), load(light, plane + at), load(light, 2 * plane + at)
                if glow.size:
                    a, b = over + column, under + column
                    red = red + between(glow, a, b, share[row])
                    green = green + between(glow, glow_plane + a, glow_plane + b, share[row])
                    blue = blue + between(glow, 2 * glow_plane + a, 2 * glow_plane + b, share[row])
                factor = darkened(load(xs, column), y, f) * f[0]
                red, green, blue = red * factor, green * factor, blue * factor
                if tone:
                    red, green, blue = filmic(red, green, blue)
                grain = load(noise, places[row, 0] + column) + load(noise, places[row, 1] + column) - 1.0
                red, green, blue = encoded(red, green, blue, grain, f)
                rounding = load(noise, places[row, 2] + column)
                store_rgb(out, own, level(red, rounding), level(green, rounding), level(blue, rounding))

    return compiled(finish)


def _glow_source(STAMP: str) -> Any:
    def glow_source(light, plane, rows, width, factor, threshold, first, count, out):
        """The light above a threshold, averaged over blocks of `factor` pixels: `count` rows from `first` on.

        out (3, rows, columns); blocks at the edges are smaller.
        """
        STAMP  # noqa: B018
        columns = out.shape[2]
        sums = np.empty(width, np.float32)
        for channel in range(3):
            for block in range(first, first + count):
                top, bottom = block * factor, min((block + 1) * factor, rows)
                for i in range(0, width, LANES):
                    column = vector_start(i, width)
                    above = broadcast(0.0)
                    for row in range(top, bottom):
                        light_of_row = load(light, channel * plane + row * width + column)
                        above = above + maximum(light_of_row - threshold, 0.0)
                    store(sums, column, above)
                for column in range(columns):
                    start, end = column * factor, min((column + 1) * factor, width)
                    total = np.float32(0)
                    for pixel in range(start, end):
                        total += sums[pixel]
                    out[channel, block, column] = total / np.float32((end - start) * (bottom - top))

    return compiled(glow_source)


_STAMP = source_stamp(Path(__file__).parent)
add_rings, add_lines = _add_rings(_STAMP), _add_lines(_STAMP)
shade, average = _shade(_STAMP), _average(_STAMP)
finish, glow_source = _finish(_STAMP), _glow_source(_STAMP)
