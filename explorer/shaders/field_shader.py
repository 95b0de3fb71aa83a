"""A field as a shader: its formulas, what they need at each moment, and its palettes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields.keyframes import AnimatedSettings, animated_names
from explorer.fields.palette_table import TABLE_COLORS

HISTORY_ROW = 0  # of the texture: the sound of the last seconds; palettes follow it


@dataclass(frozen=True, eq=False)
class FieldShader:
    """`code` ends with `vec4 field_at(float x, float y, float pixel)`: color and height of a point.

    It reads the uniform `vec4 p[]`, which holds the results of `numbers` one after the other, and the rows of
    a texture through `look_up(row, entries, position)`. `numbers` and `accent` (the color of highlights, in
    linear light) are programs for the page; their inputs are clocks, shares and levels in [0, 1].
    """

    code: str
    numbers: Sequence[Value]
    accent: Sequence[Value]
    palettes: Sequence[Float32[np.ndarray, "colors 3"]]
    is_linear: bool  # colors are linear light, else sRGB


class Uniform:
    """The numbers of a moment for formulas: `p[k]` counts from `first` in the shader's groups of four.

    `base` is code before the number of a group, as in `base + `.
    """

    def __init__(self, first: int = 0, base: str = "") -> None:
        self._first, self._base = first, base

    def __getitem__(self, index: int) -> Value:
        n = self._first + index
        return Value("input", f"p[{self._base}{n // 4}].{'xyzw'[n % 4]}")


class TextureRow:
    """A palette for formulas: all reds, all greens, all blues, in a row of the shader's texture."""

    def __init__(self, row: int) -> None:
        self._row = row

    def look_up(self, position: Any, start: int, length: int) -> Value:
        """One channel at a position; see `portable.look_up`."""
        color = look_up(self._row, TABLE_COLORS, position)
        return color[start // length]


def look_up(row: int, entries: int, position: Any) -> list[Value]:
    """The three numbers at a position in the first entries of a row of the texture, linear between them."""
    color = Value("look_up", Value.of(row), Value.of(entries), Value.of(position))
    return [Value(channel, color) for channel in "rgb"]


def moving_settings(field: Any) -> Any:
    """The settings of a field, of which those that keyframes move are inputs by their names."""
    names = animated_names(field)
    moving: dict[str, Any] = dict(zip(names, inputs(*names), strict=True))
    return AnimatedSettings(field, moving) if names else field


def level(features: Sequence[str], name: str) -> Value:
    """A feature as an input of programs; 0 where the field does not use it."""
    return Value("input", name) if name in features else Value.of(0)
