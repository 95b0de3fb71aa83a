"""The CPU kernels of sketches: one for each formula, and two for all that make colors of its values.

A formula is emitted straight into its kernel, so that numba has little to infer: ten lines compile in about a
second, and are kept in numba's cache on disk, by the text of the program.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,import-untyped,untyped-decorator,misc"

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from numba import types

from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.kernels.memory import INDEX, address, load, load_vector, look_up, store, store_rgb
from explorer.fields.kernels.simd import (
    FLOAT_VECTOR,
    LANES,
    broadcast,
    compiled,
    fma,
    inlined,
    intrinsic,
    maximum,
    minimum,
    source_stamp,
    to_vector,
)
from explorer.fields.sketch.emission import Emission

MAX_KERNELS = 64  # in memory
LOW, HIGH = -1.0, 1.4  # height of what is black and of what is white
RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722  # shares of luminance


@intrinsic(prefer_literal=True)
def run(typing, program, pixel_inputs, row, i, numbers, pixel, values, points):
    """Writes the outputs of a program at a vector of pixels to flat planes of `values`."""
    if not isinstance(program, types.StringLiteral):
        return None
    text = program.literal_value

    def codegen(context, builder, sig, args):
        _, inputs, row, i, numbers, pixel, values, points = args

        def vector_of(name):
            if name in ("x", "y"):
                place = i if name == "x" else builder.add(row, i)
                return load_vector(
                    builder, address(context, builder, sig.args[1], (inputs, place), FLOAT_VECTOR)
                )
            if name == "pixel":
                return to_vector(builder, pixel, types.float32)
            number = address(context, builder, sig.args[4], (numbers, INDEX(int(name))))
            return to_vector(builder, builder.load(number), types.float32)

        for n, vector in enumerate(Emission(context, builder, text, vector_of).outputs()):
            place = builder.add(builder.mul(points, INDEX(n)), i)
            builder.store(
                vector, address(context, builder, sig.args[6], (values, place), FLOAT_VECTOR), align=4
            )
        return context.get_dummy_value()

    arguments = (program, pixel_inputs, types.intp, types.intp, numbers, types.float32, values, types.intp)
    return types.void(*arguments), codegen


@inlined
def clipped(u):
    """u in [0, 1]; what is not a number becomes 0."""
    return minimum(maximum(u, 0.0), 1.0)


@lru_cache(MAX_KERNELS)
def formula_kernel(program: str) -> Any:
    """The compiled formula: `fill(pixel_inputs, numbers, pixel, values)`."""
    return _formula_kernel(source_stamp(Path(__file__).parent), program)


def _formula_kernel(STAMP: str, PROGRAM: str) -> Any:
    def fill(pixel_inputs, row, numbers, pixel, values, points):
        """pixel_inputs: flat rows at equal distances; values: a plane for each output. Whole vectors."""
        STAMP  # noqa: B018
        for i in range(0, points, LANES):
            run(PROGRAM, pixel_inputs, row, i, numbers, pixel, values, points)

    return compiled(fill)


def _paint_kernel(STAMP: str) -> Any:
    def paint(values, table, noise, out):
        """Bytes of one value on a palette (`table` holds flat channels), or of the three of a color."""
        STAMP  # noqa: B018
        points, entries = out.shape[0], table.size // 3
        for i in range(0, points, LANES):
            red = load(values, i)
            if values.size > points:
                green, blue = load(values, points + i), load(values, 2 * points + i)
            else:
                position = fma(red, 0.5, 0.5) * (entries - 1.0)
                red = look_up(table, 0, entries, position)
                green = look_up(table, entries, entries, position)
                blue = look_up(table, 2 * entries, entries, position)
            dither = load(noise, i)
            red, green, blue = clipped(red), clipped(green), clipped(blue)
            store_rgb(out, i, fma(red, 255.0, dither), fma(green, 255.0, dither), fma(blue, 255.0, dither))

    return compiled(paint)


def _surface_kernel(STAMP: str) -> Any:
    def surface(values, points, table, planes, row):
        """Height, color in linear light and no emission, into five flat planes, `row` numbers apart."""
        STAMP  # noqa: B018
        entries = table.size // 3
        for i in range(0, points, LANES):
            height = load(values, i)
            if values.size > points:
                red, green, blue = clipped(height), load(values, points + i), load(values, 2 * points + i)
                green, blue = clipped(green), clipped(blue)
                height = fma(fma(red, RED, fma(green, GREEN, blue * BLUE)), HIGH - LOW, LOW)
                red, green, blue = linear_light(red), linear_light(green), linear_light(blue)
            else:
                position = fma(height, 0.5, 0.5) * (entries - 1.0)
                red = look_up(table, 0, entries, position)
                green = look_up(table, entries, entries, position)
                blue = look_up(table, 2 * entries, entries, position)
            store(planes, i, height)
            store(planes, row + i, red)
            store(planes, 2 * row + i, green)
            store(planes, 3 * row + i, blue)
            store(planes, 4 * row + i, broadcast(0.0))

    return compiled(surface)


paint, surface = (make(source_stamp(Path(__file__).parent)) for make in (_paint_kernel, _surface_kernel))
