"""Noise: smooth and random, the same on every machine.

Random numbers come from a permutation of 0 to 288, (34 n + 10) n modulo 289, in whole numbers that 32 bits
hold exactly; so noise repeats after 289 cells. Stefan Gustavson, Ian McEwan, "Tiling simplex noise and flow
noise in two and three dimensions", JCGT 11 (2022); Ken Perlin, "Improving noise" (2002); Steven Worley, "A
cellular texture basis function" (1996).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import math
from typing import Any

from explorer.fields.sketch.library import library_function, operation
from explorer.fields.sketch.mathematics import abs, cos, floor, inverse, max, min, mix, sin, sqrt, where

CELLS = 289.0  # after which everything repeats
SKEW, UNSKEW = (math.sqrt(3) - 1) / 2, (3 - math.sqrt(3)) / 6  # of a plane of triangles
PLANE_SCALE, SPACE_SCALE = 99.2, 107.0  # of simplex noise to [-1, 1]
GOLDEN_TURN = math.tau * (math.sqrt(5) - 1) / 2
MAX_OCTAVES = 10


def wrapped(n):
    """A whole number modulo 289; a half keeps the quotient away from whole numbers."""
    return n - floor((n + 0.5) * (1.0 / CELLS)) * CELLS


def permuted(n):
    """Another whole number from 0 to 288 for each."""
    return wrapped((n * 34.0 + 10.0) * n)


def cell_number(*cell):
    """A random whole number from 0 to 288 for a cell; its coordinates are whole, from 0 to 289."""
    number: Any = 0.0
    *first, last = cell
    for coordinate in first:
        number = permuted(number + coordinate)
    return permuted(wrapped(number + last))


@library_function
def random(i, j=0.0):
    """A random number from 0 to 1 for a cell of whole numbers; see `floor`."""
    return cell_number(wrapped(floor(i)), wrapped(floor(j))) * (1.0 / CELLS)


@library_function
def value_noise(x, y, z=None):
    """Random numbers at whole coordinates and a smooth curve between, from -1 to 1; z is often time."""
    axes = [x, y] if z is None else [x, y, z]
    cells = [floor(axis) for axis in axes]
    shares = [_fade(axis - cell) for axis, cell in zip(axes, cells, strict=True)]
    return _between([wrapped(cell) for cell in cells], shares, []) * (2.0 / (CELLS - 1.0)) - 1.0


def _fade(s):
    return s * s * s * (s * (s * 6.0 - 15.0) + 10.0)


def _between(cells, shares, corner) -> Any:
    """The mean of the corners of a cell, by shares: axis by axis, the first one last."""
    if len(corner) == len(cells):
        return cell_number(*(cell + offset for cell, offset in zip(cells, corner, strict=True)))
    low, high = (_between(cells, shares, [*corner, offset]) for offset in (0.0, 1.0))
    return mix(low, high, shares[len(corner)])


@library_function
def simplex_noise(x, y, z=None):
    """Smooth noise without directions, about -1 to 1; z is often time."""
    return _simplex_plane(x, y) if z is None else _simplex_space(x, y, z)


def _simplex_plane(x, y):
    skewed = (x + y) * SKEW
    i, j = floor(x + skewed), floor(y + skewed)
    back = (i + j) * UNSKEW
    x0, y0 = x - i + back, y - j + back
    right = where(operation("less", y0, x0), 1.0, 0.0)  # the middle corner is right, or below
    corners = ((0.0, 0.0), (right, 1.0 - right), (1.0, 1.0))
    columns, j = _numbers_of(wrapped(i)), wrapped(j)
    total: Any = 0.0
    for n, (di, dj) in enumerate(corners):
        dx, dy = x0 - di + n * UNSKEW, y0 - dj + n * UNSKEW
        turn = permuted(wrapped(_select(columns, di) + j + dj)) * (math.tau / CELLS)
        slope = cos(turn) * dx + sin(turn) * dy
        total = total + _weight(0.5 - dx * dx - dy * dy) * slope
    return total * PLANE_SCALE


def _numbers_of(i):
    """The random numbers of a cell and of the next one."""
    return permuted(i), permuted(i + 1.0)


def _select(numbers, offset):
    """The first where the offset is 0, the second where it is 1."""
    low, high = numbers
    if isinstance(offset, float):
        return high if offset else low
    return where(operation("less", offset, 0.5), low, high)


def _weight(fall):
    fall = max(fall, 0.0)
    square = fall * fall
    return square * square


def _simplex_space(x, y, z):
    skewed = (x + y + z) * (1.0 / 3.0)
    i, j, k = floor(x + skewed), floor(y + skewed), floor(z + skewed)
    back = (i + j + k) * (1.0 / 6.0)
    x0, y0, z0 = x - i + back, y - j + back, z - k + back
    x_y, y_z, z_x = _is_first(x0, y0), _is_first(y0, z0), 1.0 - _is_first(x0, z0)
    first = (min(x_y, 1.0 - z_x), min(y_z, 1.0 - x_y), min(z_x, 1.0 - y_z))
    second = (max(x_y, 1.0 - z_x), max(y_z, 1.0 - x_y), max(z_x, 1.0 - y_z))
    columns, j, k = _numbers_of(wrapped(i)), wrapped(j), wrapped(k)
    total: Any = 0.0
    for n, (di, dj, dk) in enumerate(((0.0,) * 3, first, second, (1.0,) * 3)):
        dx, dy, dz = (d0 - d + n / 6.0 for d0, d in ((x0, di), (y0, dj), (z0, dk)))
        number = permuted(wrapped(permuted(_select(columns, di) + j + dj) + k + dk))
        # directions on a sphere: heights in steps, angles by the golden ratio
        height = number * (2.0 / CELLS) + (1.0 / CELLS - 1.0)
        turn = number * GOLDEN_TURN
        flat = sqrt(1.0 - height * height)
        slope = (cos(turn) * dx + sin(turn) * dy) * flat + height * dz
        total = total + _weight(0.5 - dx * dx - dy * dy - dz * dz) * slope
    return total * SPACE_SCALE


def _is_first(a, b):
    """1 where a is at least b, else 0."""
    return where(operation("less", a, b), 0.0, 1.0)


@library_function
def fbm(x, y, z=None, octaves: int = 5, gain=0.5, lacunarity=2.0):
    """Layers of simplex noise, each finer and weaker than the one before, about -1 to 1."""
    total: Any = 0.0
    weight, weights = 1.0, 0.0
    for n in range(_octaves(octaves)):
        total = total + simplex_noise(x + 17.0 * n, y + 31.0 * n, z) * weight
        weights, weight = weight + weights, weight * gain
        x, y = (x * 0.8 - y * 0.6) * lacunarity, (x * 0.6 + y * 0.8) * lacunarity
    return total * inverse(weights)


def _octaves(octaves):
    return int(min(max(octaves, 1), MAX_OCTAVES))


@library_function
def worley(x, y, phase=None):
    """Distances to the nearest and to the second nearest of random points, one in each cell.

    With a phase (an angle, often time) the points circle in their cells.
    """
    i, j = floor(x), floor(y)
    x, y = x - i, y - j
    i, j = wrapped(i), wrapped(j)
    first: Any = 8.0
    second: Any = 8.0
    for dj in (-1.0, 0.0, 1.0):
        for di in (-1.0, 0.0, 1.0):
            number = cell_number(i + (di + 1.0), j + (dj + 1.0))
            at_x, at_y = number * (1.0 / CELLS), permuted(number) * (1.0 / CELLS)
            if phase is not None:
                at_x = 0.5 + 0.45 * sin(at_x * math.tau + phase)
                at_y = 0.5 + 0.45 * sin(at_y * math.tau + phase)
            dx, dy = at_x + (di - x), at_y + (dj - y)
            distance = dx * dx + dy * dy
            second = min(second, max(first, distance))
            first = min(first, distance)
    return sqrt(first), sqrt(second)


@library_function
def ridges(noise):
    """Ridges where noise crosses 0: 1 on them, falling to 0."""
    return 1.0 - abs(noise)
