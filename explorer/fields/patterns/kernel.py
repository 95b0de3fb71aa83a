"""The CPU kernel: vectors of pixels through the formulas of the families seen, mixed, dithered, stored."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.fields.kernels.memory import load, store_rgb
from explorer.fields.kernels.simd import LANES, compiled, every, fma, inlined, source_stamp
from explorer.fields.patterns import flowing, fractal, geometric, organic
from explorer.fields.patterns.colors import painted


@inlined
def family(number, x, y, radius, angle, p, count, pixel):
    """The formula of a family by number."""
    if number == 0:
        return fractal.paint(x, y, radius, angle, p, count, pixel)
    if number == 1:
        return organic.paint(x, y, radius, angle, p, count, pixel)
    if number == 2:
        return flowing.paint(x, y, radius, angle, p, count, pixel)
    return geometric.paint(x, y, radius, angle, p, count, pixel)


def _kernel(STAMP: str) -> Any:
    """Compiles `draw`; STAMP names its sources in the key of numba's cache."""

    def draw(placed, families, numbers, counts, kinds, palettes, shares, pixel, out):
        """Each row of `numbers` and `palettes` belongs to one of `families`, of which `shares` is seen.

        placed: five flat rows at equal distances; out (points, 3): whole vectors of points.
        """
        STAMP  # noqa: B018
        points = out.shape[0]
        row = (placed.size - points) // 4
        for i in range(0, points, LANES):
            x, y = load(placed, i), load(placed, row + i)
            radius, angle = load(placed, 2 * row + i), load(placed, 3 * row + i)
            red, green, blue = every(0.0), every(0.0), every(0.0)
            for n in range(families.size):
                position, light = family(families[n], x, y, radius, angle, numbers[n], counts[n], pixel)
                r, g, b = painted(position, light, kinds[n], palettes[n])
                red, green, blue = fma(r, shares[n], red), fma(g, shares[n], green), fma(b, shares[n], blue)
            noise = load(placed, 4 * row + i)
            store_rgb(out, i, fma(red, 255.0, noise), fma(green, 255.0, noise), fma(blue, 255.0, noise))

    return compiled(draw)


draw = _kernel(source_stamp(Path(__file__).parent))
