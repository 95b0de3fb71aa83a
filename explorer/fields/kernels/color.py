"""The end of every CPPN kernel: three numbers in [0, 1] -> palette -> bytes, for a vector of pixels.

A path of colors is looked up at the second number alone: its lightness is designed.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import numpy as np
from jaxtyping import Float32

from explorer.fields.kernels.color_formulas import cosine_color, oklab_color
from explorer.fields.kernels.memory import look_up, store_rgb
from explorer.fields.kernels.simd import fma, inlined, maximum, minimum
from explorer.fields.palette import Cosine, parse_palette
from explorer.fields.palette_stops import ColorPath
from explorer.fields.palette_table import TABLE_COLORS, srgb_table

RGB, OKLAB, COSINE, THREE_COLORS, TABLE = range(5)  # three colors: of patterns alone


def palette_numbers(name: str) -> tuple[int, Float32[np.ndarray, " numbers"]]:
    """Kind of a palette, and its coefficients in the order of the formulas; a table channel by channel."""
    palette = parse_palette(name)
    if palette is None:
        return RGB, np.zeros(1, np.float32)
    if isinstance(palette, ColorPath):
        return TABLE, np.ascontiguousarray(srgb_table(name).T).ravel()
    kind = COSINE if isinstance(palette, Cosine) else OKLAB
    return kind, np.array(palette.numbers, np.float32)


@inlined
def store_color(u, v, w, kind, palette, out, pixel):
    """Writes numbers in [0, 1] as the bytes of their palette colors to rows `pixel`, `pixel` + 1, ..."""
    if kind == OKLAB:
        u, v, w = oklab_color(u, v, w, palette)
    elif kind == COSINE:
        u, v, w = cosine_color(u, v, w, palette)
    elif kind == TABLE:
        position = v * (TABLE_COLORS - 1.0)
        u = look_up(palette, 0, TABLE_COLORS, position)
        v = look_up(palette, TABLE_COLORS, TABLE_COLORS, position)
        w = look_up(palette, 2 * TABLE_COLORS, TABLE_COLORS, position)
    store_rgb(out, pixel, _byte(u), _byte(v), _byte(w))


@inlined
def _byte(u):
    """floor(255 u + 0.5) before truncation; what is not a number becomes 0."""
    return fma(minimum(maximum(u, 0.0), 1.0), 255.0, 0.5)
