"""Narrow CPPNs as portable GLSL: layers one after the other, four neurons a variable, weights in the text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields import CPPN
from explorer.fields.light.tone import tone
from explorer.fields.palette_table import TABLE_COLORS, color_table, srgb_table
from explorer.shaders.compute.palettes import palette_color
from explorer.shaders.export.portable_glsl import glsl_function, number, vector
from explorer.shaders.field_shader import HISTORY_ROW, TextureRow

ACTIVATIONS = {
    "sin": "sine_4({0})",
    "cos": "cosine_4({0})",
    "gaussian": "exp(-min({0} * {0}, 87.0))",
    "tanh": "hyperbolic_tangent_4({0})",
}
Weights = Float32[np.ndarray, "fan_out fan_in"]

SURFACE = """vec4 surface_at(vec2 xy, float pixel) {{
  vec3 o = network(pixel_inputs(xy.x, xy.y));
  return {value};
}}
"""
FLAT = "vec4(palette(1.0 / (1.0 + exp(-o.x)), 1.0 / (1.0 + exp(-o.y)), 1.0 / (1.0 + exp(-o.z))), 0.0)"


def network_code(
    look: CPPN, statistics: Any, features: Mapping[str, str], knobs: frozenset[str]
) -> tuple[str, int, Sequence[Float32[np.ndarray, "colors 3"]]]:
    """`void set_bias()` and `surface_at`, the groups of `p`, and the palettes in the state's rows.

    `features` are their texts by name; lit with `statistics`.
    """
    from explorer.fields.cppn.weights import network_of  # slow to load

    network = network_of(look)
    first, *others = network.weights
    scale = f"knob_gain / {number(look.gain)}" if "gain" in knobs else "1.0"
    lines = _first_layer(first[:, : network.pixel_inputs], scale)
    for name, weight in zip(network.activations, others, strict=True):
        width = len(lines.values)
        lines = lines.activated(name)
        factor = scale if weight is not others[-1] or look.output_gain is None else "1.0"
        lines = lines.layer(weight, width, factor)
    bias = _bias(first[:, network.pixel_inputs :], look, features, scale, knobs)
    body = "".join(f"  {line}\n" for line in lines.lines)
    palette, value, palettes = _colors(look, statistics)
    coordinates = Value("input", "knob_coord_scale") if "coord_scale" in knobs else Value.of(look.coord_scale)
    folding = glsl_function("pixel_inputs", ("float x", "float y"), pixel_inputs(look, coordinates)) + "\n"
    code = (
        f"{bias}vec3 network(vec3 inputs) {{\n{body}  return {lines.values[0]}.xyz;\n}}\n"
        f"{folding}{palette}{SURFACE.format(value=value)}"
    )
    return code, -(-len(first) // 4), palettes


class _Lines:
    """Statements so far, and the variables that hold the last layer."""

    def __init__(self, lines: list[str], values: list[str], depth: int = 0) -> None:
        self.lines, self.values, self._depth = lines, values, depth

    def activated(self, name: str) -> _Lines:
        """The same through an activation."""
        lines = [f"{value} = {ACTIVATIONS[name].format(value)};" for value in self.values]
        return _Lines([*self.lines, *lines], self.values, self._depth)

    def layer(self, weight: Weights, width: int, factor: str) -> _Lines:
        """The next layer, from `width` groups."""
        depth = self._depth + 1
        padded = np.pad(weight, ((0, -len(weight) % 4), (0, 4 * width - weight.shape[1])))
        lines, values = [], []
        for row in range(0, len(padded), 4):
            block = padded[row : row + 4]
            parts = [
                f"{vector(block[:, 4 * k : 4 * k + 4].T.ravel())} * {value}"
                for k, value in enumerate(self.values)
            ]
            values.append(f"z{depth}_{row // 4}")
            total = " + ".join(parts) if factor == "1.0" else f"({' + '.join(parts)}) * ({factor})"
            lines.append(f"vec4 {values[-1]} = {total};")
        return _Lines([*self.lines, *lines], values, depth)


def _first_layer(weight: Weights, scale: str) -> _Lines:
    padded = np.pad(weight, ((0, -len(weight) % 4), (0, 0)))
    lines, values = [], []
    for group in range(len(padded) // 4):
        rows = padded[4 * group : 4 * group + 4].T
        parts = [f"inputs.{name} * {vector(row)}" for name, row in zip("xyz", rows, strict=False)]
        values.append(f"z0_{group}")
        lines.append(f"vec4 z0_{group} = p[{group}] + ({' + '.join(parts)}) * ({scale});")
    return _Lines(lines, values)


def _bias(weight: Weights, look: CPPN, features: Mapping[str, str], scale: str, knobs: frozenset[str]) -> str:
    """Time and features of the moment, folded into the bias of the first layer."""
    from explorer.fields.cppn.weights import FEATURE_SCALE

    gain = "knob_audio_gain" if "audio_gain" in knobs else number(look.audio_gain)
    padded = np.pad(weight, ((0, -len(weight) % 4), (0, 0)))
    lines = [f"float gain = {number(FEATURE_SCALE)} * {gain};"]
    texts = ["in_time", *(f"gain * {features[name]}" for name in look.features)]
    for group in range(len(padded) // 4):
        rows = padded[4 * group : 4 * group + 4].T
        parts = [f"{text} * {vector(row)}" for text, row in zip(texts, rows, strict=True)]
        lines.append(f"p[{group}] = ({' + '.join(parts)}) * ({scale});")
    return "void set_bias() {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def pixel_inputs(look: CPPN, scale: Value) -> list[Value]:
    """The inputs x and y folded by the symmetry, and the radius; see `drawing.pixel_inputs`."""
    x, y = inputs("x", "y")
    radius = Value("hypot", x, y)
    if look.symmetry == 1:
        x = Value("abs", x)
    elif look.symmetry > 1:
        sector = 2 * math.pi / look.symmetry
        angle = Value("atan2", y, x) + sector / 2
        angle = Value("abs", angle - Value("floor", angle / sector) * sector - sector / 2)
        x, y = radius * Value("cos", angle), radius * Value("sin", angle)
    return [x * scale, y * scale, radius * scale if look.radius else Value.of(0)]


def _colors(look: CPPN, statistics: Any) -> tuple[str, str, Sequence[Float32[np.ndarray, "colors 3"]]]:
    """A function `palette`, the color and the height of outputs, and the tables of colors."""
    table = TextureRow(HISTORY_ROW + 1)
    if statistics is None:
        colors = palette_color(look.palette, table)
        code = glsl_function("palette", ("float u", "float v", "float w"), colors) + "\n"
        is_table = any(value.operation in "rgb" for value in colors)
        return code, FLAT, [srgb_table(look.palette)] if is_table else []
    (mean, scale), (hue,) = statistics, inputs("hue")
    position = tone((hue - float(mean[1])) * float(scale[1])) * (TABLE_COLORS - 1.0)
    colors = [table.look_up(position, n * TABLE_COLORS, TABLE_COLORS) for n in range(3)]
    code = glsl_function("palette", ("float hue",), [Value.of(color) for color in colors]) + "\n"
    height = f"(o.x - {number(float(mean[0]))}) * {number(float(scale[0]))}"
    return code, f"vec4(palette(o.y), {height})", [color_table(look.palette)]
