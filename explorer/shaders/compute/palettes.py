"""Palettes as WGSL: a function from three numbers to a color, with the table that it may need."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields.kernels.color import COSINE, OKLAB, TABLE, palette_numbers
from explorer.fields.kernels.color_formulas import cosine_color, oklab_color
from explorer.fields.palette_table import TABLE_COLORS
from explorer.shaders.wgsl import StoredTable, wgsl_function


def palette_code(name: str, first: int) -> tuple[str, Float32[np.ndarray, " numbers"]]:
    """`fn palette(u: f32, v: f32, w: f32) -> vec3f`, and a table for the constants from `first` on."""
    kind, numbers = palette_numbers(name)
    color = palette_color(name, StoredTable(first))
    code = wgsl_function("palette", ("u: f32", "v: f32", "w: f32"), color)
    return code + "\n", numbers if kind == TABLE else numbers[:0]


def palette_color(name: str, table: Any) -> list[Value]:
    """sRGB of the inputs u, v and w in [0, 1]; `table` looks up the colors of a path of them."""
    kind, numbers = palette_numbers(name)
    u, v, w = inputs("u", "v", "w")
    if kind == OKLAB:
        return list(oklab_color(u, v, w, numbers.tolist()))
    if kind == COSINE:
        return list(cosine_color(u, v, w, numbers.tolist()))
    if kind == TABLE:
        position = v * (TABLE_COLORS - 1.0)
        return [table.look_up(position, n * TABLE_COLORS, TABLE_COLORS) for n in range(3)]
    return [u, v, w]
