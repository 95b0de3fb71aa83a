"""Sketches as compute shaders: the operations of the text at a pixel, then its palette."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, operations
from explorer.fields.kernels.color_formulas import linear_light, weighted_sum
from explorer.fields.light.tone import channels
from explorer.fields.palette_table import TABLE_COLORS, color_table, srgb_table
from explorer.fields.sketch.drawing import PreparedSketch
from explorer.fields.sketch.kernel import BLUE, GREEN, HIGH, LOW, RED
from explorer.fields.sketch.program import SketchProgram
from explorer.shaders.compute.program import Program, flat, group_points, pixel_code, surface_code
from explorer.shaders.field_shader import Uniform
from explorer.shaders.wgsl import StoredTable, wgsl_function

LEVELS = """fn levels_at(i: u32) -> vec3f {
  let c = clamp(values_at(row(0u, i), row(1u, i)), vec3f(0.0), vec3f(1.0));
  return c * 255.0 + row(2u, i);
}
"""
PLANES = """fn planes_at(i: u32) -> array<f32, 5> {
  return values_at(row(0u, i), row(1u, i));
}
"""


def sketch_program(prepared: PreparedSketch, moment: int, pixel: float, lit: bool) -> Program:
    """The program of a moment."""
    numbers = flat(np.array([pixel], np.float32), prepared.moment_numbers[moment])
    table = _table(prepared.palette, lit)
    return Program(_code(prepared.program, lit), group_points(lit), table, numbers)


@lru_cache(maxsize=32)
def _code(program: SketchProgram, lit: bool) -> str:
    outputs = _outputs(program)
    if program.is_color:
        values = _colored_surface(outputs) if lit else outputs
    else:
        position = (outputs[0] * 0.5 + 0.5) * (TABLE_COLORS - 1.0)
        colors = [StoredTable(0).look_up(position, n * TABLE_COLORS, TABLE_COLORS) for n in range(3)]
        values = [outputs[0], *colors, Value.of(0)] if lit else colors
    code = wgsl_function("values_at", ("x: f32", "y: f32"), values) + "\n"
    return surface_code(code + PLANES) if lit else pixel_code(code + LEVELS)


def _colored_surface(outputs: list[Any]) -> list[Value]:
    """The planes of red, green and blue: what is bright stands out."""
    rgb: list[Any] = [Value("min", Value("max", c, Value.of(0)), Value.of(1)) for c in outputs]
    height = weighted_sum(*rgb, RED, GREEN, BLUE) * (HIGH - LOW) + LOW
    return [height, *map(linear_light, rgb), Value.of(0)]


def _outputs(program: SketchProgram) -> list[Any]:
    """The outputs, with inputs as the shader knows them: the size of a pixel is before the other numbers."""
    nodes, results = operations(program.outputs)
    values: list[Value] = []
    for name, arguments in nodes:
        if name != "input":
            inner = arguments if name == "constant" else [values[n] for n in arguments]
            values.append(Value(name, *inner))
        elif arguments[0] in ("x", "y"):
            values.append(Value(name, *arguments))
        else:
            values.append(Uniform()[0 if arguments[0] == "pixel" else 1 + int(arguments[0])])
    return [values[n] for n in results]


@lru_cache(maxsize=32)
def _table(palette: str, lit: bool) -> Float32[np.ndarray, " numbers"]:
    return flat(channels((color_table if lit else srgb_table)(palette)))
