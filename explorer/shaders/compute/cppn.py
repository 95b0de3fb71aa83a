"""CPPNs as compute shaders: what both ways to evaluate them share.

Narrow networks run whole in each invocation (`narrow_network`), wide ones layer by layer for a tile of pixels
in the memory of a workgroup (`wide_network`). Weights come in groups of four neurons, fan_in rows one after
the other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields.cppn.drawing import PreparedCPPN
from explorer.fields.cppn.weights import Network
from explorer.fields.light.tone import channels, tone
from explorer.fields.palette_table import TABLE_COLORS, color_table
from explorer.shaders.compute import narrow_network, wide_network
from explorer.shaders.compute.palettes import palette_code
from explorer.shaders.compute.program import Program, flat, pixel_code, surface_code
from explorer.shaders.compute.wide_network import Tile
from explorer.shaders.wgsl import StoredTable, wgsl_function

if TYPE_CHECKING:
    from explorer.fields.cppn.surface import Statistics

MAX_NARROW_HIDDEN = 16  # neurons of a layer: more do not fit into the registers of an invocation
FOUR_OUTPUTS = {  # from the outputs of four points to memory
    False: """fn store_points(first: u32, o: array<vec3f, 4>) {
  store_pixels(first, vec4u(packed(levels(o[0])), packed(levels(o[1])), packed(levels(o[2])),
    packed(levels(o[3]))), 0u);
}
""",
    True: """fn store_points(first: u32, o: array<vec3f, 4>) {
  for (var q = 0u; q < 4u; q++) { store_planes(first + q, planes(o[q].x, o[q].y)); }
}
""",
}
LEVELS = """fn levels(o: vec3f) -> vec3f {
  let u = vec3f(sigmoid(o.x), sigmoid(o.y), sigmoid(o.z));
  return clamp(palette(u.x, u.y, u.z), vec3f(0.0), vec3f(1.0)) * 255.0 + 0.5;
}
"""


def cppn_program(prepared: PreparedCPPN, moment: int, lit: bool, half: bool = False) -> Program:
    """The program of a moment; `half`: in half precision, for networks that have it."""
    statistics = prepared.statistics if lit else None
    half = half and has_half_precision(prepared.field.hidden)
    code, points, constants = network_program(prepared.network, prepared.field.palette, statistics, half)
    return Program(code, points, constants, flat(prepared.bias[moment]))


def has_half_precision(hidden: int) -> bool:
    """Whether a network has a program in half precision: wide ones.

    In narrow ones products are not most of the work, and what they are off does not average out.
    """
    return hidden > MAX_NARROW_HIDDEN


def network_program(
    network: Network, palette: str, statistics: Statistics | None, half: bool = False
) -> tuple[str, int, Float32[np.ndarray, " numbers"]]:
    """The shader of a network, the points of a workgroup, and its constants; lit with `statistics`."""
    numbers = None
    if statistics:
        mean, scale = statistics
        numbers = tuple(map(float, (*mean[:2], *scale[:2])))
    code, points = _code(_shape(network), palette, numbers, half)
    return code, points, _constants(network, palette, statistics is not None, half)


Shape = tuple[int, int, tuple[str, ...]]  # pixel inputs, hidden neurons, activations


def _shape(network: Network) -> Shape:
    return network.pixel_inputs, len(network.weights[0]), network.activations


@lru_cache(maxsize=16)
def _code(shape: Shape, palette: str, statistics: tuple[float, ...] | None, half: bool) -> tuple[str, int]:
    """The shader, and how many points a workgroup draws."""
    rows, hidden, activations = shape
    table = 4 * weight_groups(shape, half)
    tail = LEVELS + palette_code(palette, table)[0] if statistics is None else _planes(statistics, table)
    if hidden > MAX_NARROW_HIDDEN:
        tile = Tile.of(hidden)
        tail += FOUR_OUTPUTS[bool(statistics)]
        return wide_network.code(tile, rows, activations, tail, half), tile.points
    outputs = narrow_network.outputs_code(rows, hidden, activations)
    if statistics is None:
        levels = "fn levels_at(i: u32) -> vec3f { return levels(outputs_at(i)); }\n"
        return pixel_code(outputs + tail + levels), 256
    planes = """fn planes_at(i: u32) -> array<f32, 5> {
  let o = outputs_at(i);
  return planes(o.x, o.y);
}
"""
    return surface_code(outputs + tail + planes), 64


def _planes(statistics: tuple[float, ...], table: int) -> str:
    """`fn planes(height: f32, hue: f32)`: a surface from two outputs; see `tone.planes_of`."""
    mean_height, mean_hue, height_scale, hue_scale = statistics
    height, hue = inputs("height", "hue")
    position = tone((hue - mean_hue) * hue_scale) * (TABLE_COLORS - 1.0)
    colors = [StoredTable(table).look_up(position, n * TABLE_COLORS, TABLE_COLORS) for n in range(3)]
    values = [(height - mean_height) * height_scale, *colors, Value.of(0)]
    return wgsl_function("planes", ("height: f32", "hue: f32"), values) + "\n"


def weight_groups(shape: Shape, half: bool = False) -> int:
    """How many groups of four numbers the weights of a shape take."""
    rows, hidden, activations = shape
    groups = -(-hidden // 4)
    after_first = (len(activations) - 1) * 4 * groups * groups + 4 * groups
    return rows * groups + after_first // (2 if half else 1)


@lru_cache(maxsize=8)
def _constants(network: Network, palette: str, lit: bool, half: bool) -> Float32[np.ndarray, " numbers"]:
    """Weights without those of the controls, then the table of colors, where there is one.

    With `half`, weights after the first layer are pairs of numbers in half precision.
    """
    first, *others = network.weights
    table = channels(color_table(palette)) if lit else palette_code(palette, 0)[1]
    rows = [_grouped(first[:, : network.pixel_inputs].T, network.pixel_inputs)]
    width = 4 * -(-len(first) // 4)
    others = [_grouped(weight.T, width) for weight in others]
    if half:
        others = [weight.astype(np.float16).ravel().view(np.float32) for weight in others]
    return flat(*rows, *others, table)


def _grouped(weight: Float32[np.ndarray, "fan_in fan_out"], rows: int) -> Float32[np.ndarray, "_ _"]:
    """A matrix padded to so many rows, and to whole groups of four columns."""
    return np.pad(weight, ((0, rows - len(weight)), (0, -weight.shape[1] % 4)))
