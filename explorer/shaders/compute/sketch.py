"""Sketches as compute shaders: the formula at a pixel, and its color on the palette."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.light.tone import channels
from explorer.fields.palette_table import color_table, srgb_table
from explorer.fields.sketch.drawing import PreparedSketch
from explorer.fields.sketch.program import SketchProgram
from explorer.shaders.compute.program import Program, flat, group_points, pixel_code, surface_code
from explorer.shaders.field_shader import Uniform
from explorer.shaders.sketch_shader import colors
from explorer.shaders.wgsl import StoredTable, wgsl_function

LEVELS = """
fn levels_at(i: u32) -> vec3f {
  return clamp(point_at(row(0u, i), row(1u, i), p[0].x).rgb, vec3f(0.0), vec3f(1.0)) * 255.0 + row(2u, i);
}
"""
PLANES = "\nfn planes_at(i: u32) -> array<f32, 5> { return point_at(row(0u, i), row(1u, i), p[0].x); }\n"
HEADER = 4  # numbers before those of the moment: the size of a pixel
ARGUMENTS = ("x: f32", "y: f32", "pixel: f32")


def sketch_program(prepared: PreparedSketch, moment: int, pixel: float, lit: bool) -> Program:
    """The program of a moment."""
    header = np.zeros(HEADER, np.float32)
    header[0] = pixel
    numbers = flat(header, prepared.moment_numbers[moment])
    return Program(
        sketch_code(prepared.program, lit), group_points(lit), palette_table(prepared.palette, lit), numbers
    )


@lru_cache(maxsize=16)
def sketch_code(program: SketchProgram, lit: bool) -> str:
    rgb, height = colors(program.outputs_with(Uniform(HEADER)), StoredTable(0))
    if not lit:
        return pixel_code(wgsl_function("point_at", ARGUMENTS, [*rgb, height]) + LEVELS)
    light: Any = [linear_light(channel) for channel in rgb] if program.is_color else rgb
    return surface_code(wgsl_function("point_at", ARGUMENTS, [height, *light, Value.of(0)]) + PLANES)


@lru_cache(maxsize=32)
def palette_table(palette: str, lit: bool) -> Float32[np.ndarray, " numbers"]:
    return flat(channels((color_table if lit else srgb_table)(palette)))
