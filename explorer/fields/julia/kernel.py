"""The CPU kernel: a vector of pixels goes through its orbits together, and stops when all have escaped."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.fields.julia.formulas import (
    color,
    escape_time,
    exterior_weight,
    inner_height,
    log_distance,
    outer_height,
    tone_of,
)
from explorer.fields.julia.parameters import ESCAPE_RADIUS, TRAP_STEPS
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.kernels.memory import load, store, store_rgb
from explorer.fields.kernels.simd import (
    LANES,
    any_less,
    broadcast,
    compiled,
    fma,
    inlined,
    maximum,
    minimum,
    source_stamp,
    where_less,
)

LIMIT = ESCAPE_RADIUS * ESCAPE_RADIUS
STRIP = 2 * LANES  # pixels drawn together
STEPS_PER_CHECK = 4  # between two checks whether all have escaped


@inlined
def orbit_start(x, y):
    """(x, y, x^2, y^2, |z|^2, |dz/dz0|^2, steps) of an orbit at z0."""
    xx, yy = x * x, y * y
    return x, y, xx, yy, xx + yy, broadcast(1.0), broadcast(0.0)


@inlined
def step(state, cx, cy):
    """One z^2 + c, unless it has escaped."""
    x, y, xx, yy, squared, slope, steps = state
    to_x, to_y = xx - yy + cx, (x + x) * y + cy
    slope = where_less(LIMIT, squared, slope, slope * (squared * 4.0))
    steps = where_less(LIMIT, squared, steps, steps + 1.0)
    x, y = where_less(LIMIT, squared, x, to_x), where_less(LIMIT, squared, y, to_y)
    xx, yy = x * x, y * y
    return x, y, xx, yy, xx + yy, slope, steps


@inlined
def orbits(a, b, cx, cy, iterations):
    """Two orbits at once, since each step waits for the one before; and the trap of both."""
    trap_a, trap_b = broadcast(LIMIT), broadcast(LIMIT)
    trap_steps = min(TRAP_STEPS, iterations)
    for _ in range(trap_steps):
        a, b = step(a, cx, cy), step(b, cx, cy)
        trap_a, trap_b = minimum(a[4], trap_a), minimum(b[4], trap_b)
    done = trap_steps
    while done < iterations and any_less(minimum(a[4], b[4]), LIMIT):
        for _ in range(min(STEPS_PER_CHECK, iterations - done)):
            a, b = step(a, cx, cy), step(b, cx, cy)
        done += STEPS_PER_CHECK
    return a, b, trap_a, trap_b


@inlined
def sample_color(state, trap, size, view, iterations):
    """Red, green and blue of points of the plane of z0; `size` is the distance between two samples."""
    squared, slope, steps = state[4], state[5], state[6]
    far = maximum(squared, LIMIT + 1)
    nu = where_less(LIMIT, squared, escape_time(steps, far), iterations * 1.0)
    exterior = where_less(LIMIT, squared, exterior_weight(far, slope, size), 0.0)
    return color(nu, tone_of(nu), exterior, trap, view[5], view[6], view[7])


@inlined
def height(state, trap):
    """The height of points as a surface."""
    squared, slope = state[4], state[5]
    outside = outer_height(log_distance(maximum(squared, LIMIT + 1), slope))
    return where_less(LIMIT, squared, outside, inner_height(trap))


@inlined
def store_numbers(state, trap, view, iterations, planes, points, i):
    """The planes of a surface: height and linear light."""
    red, green, blue = sample_color(state, trap, view[4], view, iterations)
    store(planes, i, height(state, trap))
    store(planes, points + i, linear_light(maximum(red, 0.0)))
    store(planes, 2 * points + i, linear_light(maximum(green, 0.0)))
    store(planes, 3 * points + i, linear_light(maximum(blue, 0.0)))
    store(planes, 4 * points + i, broadcast(0.0))


@inlined
def plane_points(pixel_inputs, row, i, view):
    """The positions of pixels in the plane of z0."""
    x, y = load(pixel_inputs, i), load(pixel_inputs, row + i)
    return x * view[2] - y * view[3], x * view[3] + y * view[2]


@inlined
def add(one, other):
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


@inlined
def store_mean(total, share, noise, out, i):
    """The mean of the samples as dithered bytes."""
    level = share * 255.0
    store_rgb(out, i, fma(total[0], level, noise), fma(total[1], level, noise), fma(total[2], level, noise))


def _numbers_kernel(STAMP: str) -> Any:
    """Compiles `draw_numbers`."""

    def draw_numbers(pixel_inputs, view, iterations, planes):
        """As `draw` with one sample, into five flat planes of a surface; whole strips."""
        STAMP  # noqa: B018
        points = planes.size // 5
        row = (pixel_inputs.size - points) // 2
        for i in range(0, points, STRIP):
            ax, ay = plane_points(pixel_inputs, row, i, view)
            bx, by = plane_points(pixel_inputs, row, i + LANES, view)
            a, b, trap_a, trap_b = orbits(
                orbit_start(ax, ay), orbit_start(bx, by), view[0], view[1], iterations
            )
            store_numbers(a, trap_a, view, iterations, planes, points, i)
            store_numbers(b, trap_b, view, iterations, planes, points, i + LANES)

    return compiled(draw_numbers)


def _kernel(STAMP: str) -> Any:
    """Compiles `draw`; STAMP names its sources in the key of numba's cache."""

    def draw(pixel_inputs, view, iterations, samples, out):
        """pixel_inputs: three flat rows (x, y, dither) at equal distances; out (points, 3): whole strips.

        view: c, the rotation and scale from a pixel to z0 (cos, sin), size of a pixel there, hue, saturation,
        brightness. Each pixel is the mean of `samples` x `samples` points.
        """
        STAMP  # noqa: B018
        points = out.shape[0]
        row = (pixel_inputs.size - points) // 2
        share = 1.0 / (samples * samples)
        for i in range(0, points, STRIP):
            ax, ay = plane_points(pixel_inputs, row, i, view)
            bx, by = plane_points(pixel_inputs, row, i + LANES, view)
            zero = broadcast(0.0)
            one, other = (zero, zero, zero), (zero, zero, zero)
            for n in range(samples * samples):
                across = ((n % samples + 0.5) / samples - 0.5) * view[4]
                down = ((n // samples + 0.5) / samples - 0.5) * view[4]
                start_a, start_b = (
                    orbit_start(ax + across, ay + down),
                    orbit_start(bx + across, by + down),
                )
                a, b, trap_a, trap_b = orbits(start_a, start_b, view[0], view[1], iterations)
                one = add(one, sample_color(a, trap_a, view[4] / samples, view, iterations))
                other = add(other, sample_color(b, trap_b, view[4] / samples, view, iterations))
            store_mean(one, share, load(pixel_inputs, 2 * row + i), out, i)
            store_mean(other, share, load(pixel_inputs, 2 * row + i + LANES), out, i + LANES)

    return compiled(draw)


draw, draw_numbers = (make(source_stamp(Path(__file__).parent)) for make in (_kernel, _numbers_kernel))
