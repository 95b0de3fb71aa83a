"""Signed distances of shapes around the center: negative inside, 0 on the edge, positive outside.

Inigo Quilez, "2D distance functions" (2018); the star and the rhombus in other forms.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import math

from explorer.fields.sketch.library import library_function, operation
from explorer.fields.sketch.mathematics import (
    abs,
    angle,
    clamp,
    cos,
    divide,
    floor,
    inverse,
    length,
    max,
    min,
    mix,
    round,
    sin,
    sqrt,
    where,
)


@library_function
def circle(x, y, radius):
    """A disk."""
    return length(x, y) - radius


@library_function
def ring(x, y, radius, width):
    """A ring: a circle drawn with a pen of a width."""
    return abs(length(x, y) - radius) - width * 0.5


@library_function
def box(x, y, width, height):
    """A rectangle."""
    across, along = abs(x) - width * 0.5, abs(y) - height * 0.5
    return length(max(across, 0.0), max(along, 0.0)) + min(max(across, along), 0.0)


@library_function
def rounded_box(x, y, width, height, radius):
    """A rectangle with round corners."""
    return box(x, y, width - radius * 2.0, height - radius * 2.0) - radius


@library_function
def rhombus(x, y, width, height):
    """A square on its corner, stretched."""
    a, b = width * 0.5, height * 0.5
    x, y = abs(x), abs(y)
    share = clamp(divide((a - x) * a + y * b, a * a + b * b))
    distance = length(x - a * (1.0 - share), y - b * share)
    return where(operation("less", x * b + y * a, a * b), 0.0 - distance, distance)


@library_function
def segment(x, y, x0, y0, x1, y1, width=0.0):
    """A line between two points, drawn with a round pen of a width."""
    dx, dy = x1 - x0, y1 - y0
    share = clamp(divide((x - x0) * dx + (y - y0) * dy, dx * dx + dy * dy))
    return length(x - x0 - dx * share, y - y0 - dy * share) - width * 0.5


@library_function
def polygon(x, y, radius, sides):
    """A regular polygon with a corner above; the radius is that of its corners."""
    sector = divide(math.tau, sides)
    turn = angle(0.0 - y, x)
    turn = turn - sector * (floor(divide(turn, sector)) + 0.5)
    distance, half = length(x, y), sector * 0.5
    inner, side = radius * cos(half), radius * sin(half)
    along, across = distance * cos(turn), distance * sin(turn)
    beyond = max(abs(across) - side, 0.0)
    flat = along - inner
    return where(operation("less", flat, 0.0), flat, length(flat, beyond))


@library_function
def triangle(x, y, radius):
    """A triangle of equal sides with a corner above."""
    return polygon(x, y, radius, 3.0)


@library_function
def hexagon(x, y, radius):
    """A hexagon with a corner above."""
    return polygon(x, y, radius, 6.0)


@library_function
def star(x, y, radius, points, depth=0.5):
    """A star with a point above; its inner corners are at a share of the radius."""
    sector = divide(math.tau, points)
    turn = angle(0.0 - y, x)
    turn = abs(turn - sector * round(divide(turn, sector)))
    distance = length(x, y)
    along, across = distance * cos(turn), distance * sin(turn)
    end_x, end_y = radius * depth * cos(sector * 0.5), radius * depth * sin(sector * 0.5)
    dx, dy = end_x - radius, end_y
    share = clamp(divide((along - radius) * dx + across * dy, dx * dx + dy * dy))
    away = length(along - radius - dx * share, across - dy * share)
    return where(operation("less", (along - radius) * dy, across * dx), 0.0 - away, away)


@library_function
def cross(x, y, size, width):
    """A plus sign."""
    return min(box(x, y, size, width), box(x, y, width, size))


@library_function
def ellipse(x, y, width, height):
    """An ellipse; the distance is exact on its edge and close to it."""
    a, b = inverse(width * 0.5), inverse(height * 0.5)
    near = length(x * a, y * b)
    return divide(near * (near - 1.0), length(x * a * a, y * b * b))


@library_function
def moon(x, y, radius, offset):
    """A disk without another one of the same size that lies to its right."""
    return max(circle(x, y, radius), 0.0 - circle(x - offset, y, radius))


@library_function
def heart(x, y, size):
    """A heart, about as wide as its size."""
    scale = inverse(size) * 1.25
    x, y = abs(x) * scale, 0.5 - y * scale
    upper = length(x - 0.25, y - 0.75) - math.sqrt(2) / 4
    corner = max(x + y, 0.0) * 0.5
    lower = min(length(x, y - 1.0), length(x - corner, y - corner))
    signed = where(operation("less", x, y), 0.0 - lower, lower)
    return where(operation("less", 1.0, x + y), upper, signed) * inverse(scale)


@library_function
def union(a, b, smooth=0.0):
    """Both shapes together; with a smooth seam of a width."""
    return _smooth_min(a, b, smooth)


@library_function
def intersection(a, b, smooth=0.0):
    """What both shapes share."""
    return 0.0 - _smooth_min(0.0 - a, 0.0 - b, smooth)


@library_function
def difference(a, b, smooth=0.0):
    """The first shape without the second."""
    return 0.0 - _smooth_min(0.0 - a, b, smooth)


def _smooth_min(a, b, smooth):
    if isinstance(smooth, float) and smooth == 0.0:
        return min(a, b)
    share = clamp(0.5 + divide(b - a, smooth) * 0.5)
    return mix(b, a, share) - smooth * share * (1.0 - share)


@library_function
def repeat(x, period):
    """A coordinate that starts again in every period, from -period / 2 to period / 2."""
    return x - period * round(divide(x, period))


@library_function
def mirror_repeat(x, period):
    """The same, mirrored in every second period: there is no seam."""
    share = divide(x, period) - 0.5
    wave = abs(share - round(share * 0.5) * 2.0)
    return (0.5 - wave) * period


@library_function
def repeat_around(x, y, count):
    """The point in the first of equal sectors around the center, which points to the right."""
    sector, turn = divide(math.tau, count), angle(x, y)
    turn = turn - sector * round(divide(turn, sector))
    distance = length(x, y)
    return distance * cos(turn), distance * sin(turn)


@library_function
def glow(distance, size):
    """Light around a shape: 1 on its edge and inside, half at a distance of its size."""
    return divide(size, size + max(distance, 0.0))


@library_function
def outline(distance, width):
    """1 on the edge of a shape, 0 from half a width away; without steps."""
    return clamp(1.0 - abs(distance) * inverse(sqrt(width * width)) * 2.0)
