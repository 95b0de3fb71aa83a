"""The CPU kernel: vectors of pixels through the formulas of the visible families, mixed, dithered, stored."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.kernels.memory import load, store, store_rgb
from explorer.fields.kernels.simd import LANES, broadcast, compiled, fma, inlined, maximum, source_stamp
from explorer.fields.patterns import flowing, fractal, geometric, organic
from explorer.fields.patterns.colors import height_of, palette_color


@inlined
def shade(family, x, y, radius, angle, p, count, pixel):
    """The formula of a family by its index."""
    if family == 0:
        return fractal.shade(x, y, radius, angle, p, count, pixel)
    if family == 1:
        return organic.shade(x, y, radius, angle, p, count, pixel)
    if family == 2:
        return flowing.shade(x, y, radius, angle, p, count, pixel)
    return geometric.shade(x, y, radius, angle, p, count, pixel)


@inlined
def mixed(pixel_inputs, row, i, families, numbers, counts, kinds, palettes, shares, pixel):
    """Red, green, blue and light of a vector of pixels: the families in their shares."""
    x, y = load(pixel_inputs, i), load(pixel_inputs, row + i)
    radius, angle = load(pixel_inputs, 2 * row + i), load(pixel_inputs, 3 * row + i)
    red, green, blue, total = broadcast(0.0), broadcast(0.0), broadcast(0.0), broadcast(0.0)
    for n in range(families.size):
        position, light = shade(families[n], x, y, radius, angle, numbers[n], counts[n], pixel)
        r, g, b = palette_color(position, light, kinds[n], palettes[n])
        red, green, blue = fma(r, shares[n], red), fma(g, shares[n], green), fma(b, shares[n], blue)
        total = fma(light, shares[n], total)
    return red, green, blue, total


def _numbers_kernel(STAMP: str) -> Any:
    """Compiles `draw_numbers`."""

    def draw_numbers(pixel_inputs, families, numbers, counts, kinds, palettes, shares, pixel, planes):
        """As `draw`, into five flat planes of a surface; whole vectors."""
        STAMP  # noqa: B018
        points = planes.size // 5
        row = (pixel_inputs.size - points) // 4
        for i in range(0, points, LANES):
            red, green, blue, light = mixed(
                pixel_inputs, row, i, families, numbers, counts, kinds, palettes, shares, pixel
            )
            store(planes, i, height_of(light))
            store(planes, points + i, linear_light(maximum(red, 0.0)))
            store(planes, 2 * points + i, linear_light(maximum(green, 0.0)))
            store(planes, 3 * points + i, linear_light(maximum(blue, 0.0)))
            store(planes, 4 * points + i, broadcast(0.0))

    return compiled(draw_numbers)


def _kernel(STAMP: str) -> Any:
    """Compiles `draw`; STAMP names its sources in the key of numba's cache."""

    def draw(pixel_inputs, families, numbers, counts, kinds, palettes, shares, pixel, out):
        """Each row of `numbers` and `palettes` belongs to one of `families`, with its share in `shares`.

        pixel_inputs: five flat rows at equal distances; out (points, 3): a multiple of `LANES` points.
        """
        STAMP  # noqa: B018
        points = out.shape[0]
        row = (pixel_inputs.size - points) // 4
        for i in range(0, points, LANES):
            red, green, blue, _ = mixed(
                pixel_inputs, row, i, families, numbers, counts, kinds, palettes, shares, pixel
            )
            noise = load(pixel_inputs, 4 * row + i)
            store_rgb(out, i, fma(red, 255.0, noise), fma(green, 255.0, noise), fma(blue, 255.0, noise))

    return compiled(draw)


draw, draw_numbers = (make(source_stamp(Path(__file__).parent)) for make in (_kernel, _numbers_kernel))
