"""The CPU kernel: a vector of pixels goes through its orbits together, and stops when all have escaped."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.fields.julia.formulas import colour, escape_time, seen_of, tone_of
from explorer.fields.julia.parameters import ESCAPE, TRAPPED
from explorer.fields.kernels.memory import load, store_rgb
from explorer.fields.kernels.simd import (
    LANES,
    any_less,
    compiled,
    every,
    fma,
    greatest,
    inlined,
    least,
    source_stamp,
    where_less,
)

LIMIT = ESCAPE * ESCAPE
PANEL = 2 * LANES  # pixels drawn together
CHECKED = 4  # steps between two looks at whether all have escaped


@inlined
def begun(x, y):
    """(x, y, x^2, y^2, |z|^2, |dz/dz0|^2, steps) of an orbit at z0."""
    xx, yy = x * x, y * y
    return x, y, xx, yy, xx + yy, every(1.0), every(0.0)


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
    trap_a, trap_b = every(LIMIT), every(LIMIT)
    trapped = min(TRAPPED, iterations)
    for _ in range(trapped):
        a, b = step(a, cx, cy), step(b, cx, cy)
        trap_a, trap_b = least(a[4], trap_a), least(b[4], trap_b)
    done = trapped
    while done < iterations and any_less(least(a[4], b[4]), LIMIT):
        for _ in range(min(CHECKED, iterations - done)):
            a, b = step(a, cx, cy), step(b, cx, cy)
        done += CHECKED
    return a, b, trap_a, trap_b


@inlined
def painted(state, trap, size, view, iterations):
    """Red, green and blue of points of the plane of z0, each of which stands for so much around it."""
    squared, slope, steps = state[4], state[5], state[6]
    far = greatest(squared, LIMIT + 1)
    nu = where_less(LIMIT, squared, escape_time(steps, far), iterations * 1.0)
    seen = where_less(LIMIT, squared, seen_of(far, slope, size), 0.0)
    return colour(nu, tone_of(nu), seen, trap, view[5], view[6], view[7])


@inlined
def place(placed, row, i, view):
    """Where pixels lie in the plane of z0."""
    x, y = load(placed, i), load(placed, row + i)
    return x * view[2] - y * view[3], x * view[3] + y * view[2]


@inlined
def added(one, other):
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


@inlined
def finish(total, share, noise, out, i):
    """The mean of the samples as dithered bytes."""
    level = share * 255.0
    store_rgb(out, i, fma(total[0], level, noise), fma(total[1], level, noise), fma(total[2], level, noise))


def _kernel(STAMP: str) -> Any:
    """Compiles `draw`; STAMP names its sources in the key of numba's cache."""

    def draw(placed, view, iterations, samples, out):
        """placed: three flat rows (x, y, dither) at equal distances; out (points, 3): whole vectors.

        view: c, the turn and scale from a pixel to z0 (cos, sin), size of a pixel there, hue, saturation,
        brightness. Each pixel is the mean of `samples` x `samples` points.
        """
        STAMP  # noqa: B018
        points = out.shape[0]
        row = (placed.size - points) // 2
        share = 1.0 / (samples * samples)
        for i in range(0, points, PANEL):
            ax, ay = place(placed, row, i, view)
            bx, by = place(placed, row, i + LANES, view)
            nothing = every(0.0)
            one, other = (nothing, nothing, nothing), (nothing, nothing, nothing)
            for n in range(samples * samples):
                across = ((n % samples + 0.5) / samples - 0.5) * view[4]
                down = ((n // samples + 0.5) / samples - 0.5) * view[4]
                a, b, trap_a, trap_b = orbits(
                    begun(ax + across, ay + down), begun(bx + across, by + down), view[0], view[1], iterations
                )
                one = added(one, painted(a, trap_a, view[4] / samples, view, iterations))
                other = added(other, painted(b, trap_b, view[4] / samples, view, iterations))
            finish(one, share, load(placed, 2 * row + i), out, i)
            finish(other, share, load(placed, 2 * row + i + LANES), out, i + LANES)

    return compiled(draw)


draw = _kernel(source_stamp(Path(__file__).parent))
