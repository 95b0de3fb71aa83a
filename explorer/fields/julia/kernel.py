"""The CPU kernel: a vector of pixels goes through its orbits together, and stops when all have escaped."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.fields.julia.formulas import colour, escape_time, seen_of, tone_of
from explorer.fields.julia.parameters import ESCAPE, TRAPPED
from explorer.fields.kernels.lanes import (
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
from explorer.fields.kernels.memory import load, store_rgb

LIMIT = ESCAPE * ESCAPE
CHECKED = 4  # steps between two looks at whether all have escaped


@inlined
def step(x, y, squared, slope, steps, cx, cy):
    """One z^2 + c, unless it has escaped."""
    to_x, to_y = x * x - y * y + cx, (x + x) * y + cy
    slope = where_less(LIMIT, squared, slope, slope * (squared * 4.0))
    steps = where_less(LIMIT, squared, steps, steps + 1.0)
    x, y = where_less(LIMIT, squared, x, to_x), where_less(LIMIT, squared, y, to_y)
    return x, y, x * x + y * y, slope, steps


@inlined
def orbit(x, y, cx, cy, iterations):
    """(steps, |z|^2, |dz/dz0|^2, trap) at the end; see `formulas`."""
    squared, slope, steps = x * x + y * y, every(1.0), every(0.0)
    trap = every(LIMIT)
    trapped = min(TRAPPED, iterations)
    for _ in range(trapped):
        x, y, squared, slope, steps = step(x, y, squared, slope, steps, cx, cy)
        trap = least(squared, trap)
    done = trapped
    while done < iterations and any_less(squared, LIMIT):
        for _ in range(min(CHECKED, iterations - done)):
            x, y, squared, slope, steps = step(x, y, squared, slope, steps, cx, cy)
        done += CHECKED
    return steps, squared, slope, trap


@inlined
def painted(x, y, view, iterations):
    """Red, green and blue of points of the plane of z0."""
    steps, squared, slope, trap = orbit(x, y, view[0], view[1], iterations)
    far = greatest(squared, LIMIT + 1)
    nu = where_less(LIMIT, squared, escape_time(steps, far), iterations * 1.0)
    seen = where_less(LIMIT, squared, seen_of(far, slope, view[4]), 0.0)
    return colour(nu, tone_of(nu), seen, trap, view[5], view[6], view[7])


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
        for i in range(0, points, LANES):
            px, py = load(placed, i), load(placed, row + i)
            red, green, blue = every(0.0), every(0.0), every(0.0)
            x0, y0 = px * view[2] - py * view[3], px * view[3] + py * view[2]
            for n in range(samples * samples):
                across = (n % samples + 0.5) / samples - 0.5
                down = (n // samples + 0.5) / samples - 0.5
                r, g, b = painted(x0 + across * view[4], y0 + down * view[4], view, iterations)
                red, green, blue = red + r, green + g, blue + b
            noise = load(placed, 2 * row + i)
            level = share * 255.0
            store_rgb(out, i, fma(red, level, noise), fma(green, level, noise), fma(blue, level, noise))

    return compiled(draw)


draw = _kernel(source_stamp(Path(__file__).parent))
