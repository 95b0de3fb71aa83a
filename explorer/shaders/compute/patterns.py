"""Patterns as compute shaders: the families that a moment shows, mixed in their shares."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields.kernels.color import TABLE
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.patterns.colors import height_of, pattern_palette_numbers
from explorer.fields.patterns.drawing import PreparedPatterns
from explorer.shaders.compute.program import Program, flat, group_points, pixel_code, surface_code
from explorer.shaders.field_shader import Uniform
from explorer.shaders.patterns_shader import ARGUMENTS, family_values
from explorer.shaders.wgsl import StoredTable, wgsl_function

HEADER = 8  # numbers before those of the families: four shares and the size of a pixel

MIXTURE = """fn mixed_at(i: u32) -> vec4f {{
  let x = row(0u, i);
  let y = row(1u, i);
  let radius = row(2u, i);
  let angle = row(3u, i);
  let pixel = p[1].x;
  return {sum};
}}
"""
LEVELS = "fn levels_at(i: u32) -> vec3f { return mixed_at(i).rgb * 255.0 + row(4u, i); }\n"
PLANES = """fn planes_at(i: u32) -> array<f32, 5> {
  let c = mixed_at(i);
  return planes(c.r, c.g, c.b, c.a);
}
"""

Families = tuple[tuple[int, int, int, str], ...]  # number, count, how many numbers, palette


def patterns_program(prepared: PreparedPatterns, moment: int, pixel: float, lit: bool) -> Program:
    """The program of a moment."""
    visible, numbers, counts, _, _, shares = prepared.visible_families(moment)
    families = tuple(
        (int(n), int(count), numbers.shape[1], prepared.palette_name(int(n)))
        for n, count in zip(visible, counts, strict=True)
    )
    header = np.zeros(HEADER, np.float32)
    header[: len(shares)], header[4] = shares, pixel
    return Program(
        patterns_code(families, lit), group_points(lit), palette_tables(families), flat(header, numbers)
    )


@lru_cache(maxsize=32)
def patterns_code(families: Families, lit: bool) -> str:
    functions, terms, first, table = [], [], HEADER, 0
    for place, (n, count, size, palette) in enumerate(families):
        kind, coefficients = pattern_palette_numbers(palette)
        colors: Any = coefficients.tolist()
        if kind == TABLE:
            colors, table = StoredTable(table), table + len(coefficients)
        values = family_values(n, count, Uniform(first), kind, colors)
        functions.append(wgsl_function(f"family_{n}", [f"{name}: f32" for name in ARGUMENTS], values))
        terms.append(f"p[0].{'xyzw'[place]} * family_{n}({', '.join(ARGUMENTS)})")
        first += size
    code = "\n".join((*functions, MIXTURE.format(sum=" + ".join(terms))))
    if not lit:
        return pixel_code(code + LEVELS)
    return surface_code(code + lit_code() + PLANES)


def lit_code() -> str:
    """`fn planes(r, g, b, light)`: a surface of a color and a light."""
    light: Any
    *rgb, light = inputs("r", "g", "b", "light")
    colors = [linear_light(Value("max", channel, Value.of(0))) for channel in rgb]
    arguments = [f"{name}: f32" for name in ("r", "g", "b", "light")]
    return wgsl_function("planes", arguments, [height_of(light), *colors, Value.of(0)]) + "\n"


@lru_cache(maxsize=32)
def palette_tables(families: Families) -> Float32[np.ndarray, " numbers"]:
    """The tables of palettes that are paths of colors."""
    palettes = [pattern_palette_numbers(palette) for *_, palette in families]
    return flat(*(numbers for kind, numbers in palettes if kind == TABLE))
