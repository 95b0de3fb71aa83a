"""Graph CPPNs as compute shaders: one function for a network, called for each octave of a zoom.

The numbers of a moment are, each from a whole group of four on: for each octave those of the plane and its
weight, the same of the ground, those of the figure with the contrast, and what each distance hears.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields.graph import form_formulas, formulas
from explorer.fields.graph.drawing import HEIGHT, HUE, PreparedGraph
from explorer.fields.graph.form import MASK, FormedGraph
from explorer.fields.graph.kernel import POSITIONS
from explorer.fields.graph.network import Network, pixel_values
from explorer.fields.graph.settings import SOUND_INPUTS
from explorer.fields.light.tone import channels
from explorer.fields.palette_table import TABLE_COLORS, color_table, srgb_table
from explorer.shaders.compute.program import Program, flat, group_points, pixel_code, surface_code
from explorer.shaders.field_shader import Uniform
from explorer.shaders.wgsl import StoredTable, wgsl_function

LAYER_GROUPS = -(-(formulas.NUMBERS + 1) // 4)  # of four numbers, for an octave with its weight
FIGURE_GROUPS = -(-(len(form_formulas.NUMBERS) + 1) // 4)
CONTRAST = len(form_formulas.NUMBERS)  # its place after the numbers of the figure
TABLE = 3 * TABLE_COLORS

NEAR = """fn near(x: f32, y: f32) -> {kind} {{
  var total = {kind}();
  for (var n = 0u; n < {octaves}u; n++) {{
    let base = n * {groups}u;
    total += {weight} * network(x, y, base);
  }}
  return total;
}}
"""
LEVELS = """fn levels_at(i: u32) -> vec3f {
  return values_at(row(0u, i), row(1u, i)) * 255.0 + row(2u, i);
}
"""
PLANES = """fn planes_at(i: u32) -> array<f32, 5> {
  return values_at(row(0u, i), row(1u, i));
}
"""


def graph_program(prepared: PreparedGraph, moment: int, pixel: float, lit: bool) -> Program:
    """The program of a moment."""
    layers, ground = [(prepared.numbers_of_moments, np.ones_like(prepared.contrast))], None
    palettes = [prepared.settings.palette]
    figure = np.zeros(len(form_formulas.NUMBERS), np.float32)
    if isinstance(prepared, FormedGraph):
        layers = list(prepared.layers)
        if prepared.settings.form.figure:
            ground, figure = prepared.ground, prepared.figure_numbers(moment, pixel)
            palettes.append(prepared.settings.form.ground_palette)
    rows = [np.r_[numbers[moment], weights[moment]] for numbers, weights in layers]
    if ground is not None and isinstance(prepared, FormedGraph):
        rows.append(np.r_[prepared.ground_numbers[moment], 1])
    numbers = [flat(np.asarray(row, np.float32)) for row in rows]
    contrast = prepared.contrast[moment : moment + 1]
    code = graph_code(prepared.network, ground, len(layers), lit)
    is_linear = lit or ground is not None
    return Program(
        code,
        group_points(lit),
        palette_tables(tuple(palettes), is_linear),
        flat(*numbers, flat(figure, contrast), prepared.history[moment]),
    )


@lru_cache(maxsize=16)
def graph_code(network: Network, ground: Network | None, octaves: int, lit: bool) -> str:
    """The shader of a graph, before another one where there is a ground."""
    figure = octaves + (ground is not None)
    history = 4 * (figure * LAYER_GROUPS + FIGURE_GROUPS)
    names = [HUE] if ground is None and not lit else [HEIGHT, HUE]
    if ground is not None:
        names.append(MASK)
    kind = {1: "f32", 2: "vec2f", 3: "vec3f"}[len(names)]
    code = _network_function("network", network, tuple(names), history)
    code += NEAR.format(
        kind=kind,
        octaves=octaves,
        groups=LAYER_GROUPS,
        weight=Uniform(base="base + ")[formulas.NUMBERS].arguments[0],
    )
    near = ("n",) if kind == "f32" else tuple(f"n.{lane}" for lane in "xyz"[: len(names)])
    p = Uniform(4 * figure * LAYER_GROUPS)
    outputs = inputs(*near)
    let = "  let n = near(x, y);\n"
    if ground is None:
        colors = formulas.palette_color(outputs[-1], p[CONTRAST], StoredTable(0))
        values = [outputs[0], *colors, Value.of(0)]
    else:
        code += _network_function("ground", ground, (HEIGHT, HUE), history)
        let += f"  let far = ground(x, y, {octaves * LAYER_GROUPS}u);\n"
        values = list(
            form_formulas.figure(
                *inputs("x", "y"), *outputs, *inputs("far.x", "far.y"), StoredTable(0), StoredTable(TABLE), p
            )
        )
        if not lit:
            flats = [form_formulas.flat(values[1 + k], values[4], p[9 + k]) for k in range(3)]
            values = [values[0], *flats]
    function = wgsl_function("values_at", ("x: f32", "y: f32"), values if lit else values[1:4])
    head, body = function.split("{\n", 1)
    code += f"{head}{{\n{let}{body}\n"
    return surface_code(code + PLANES) if lit else pixel_code(code + LEVELS)


def _network_function(name: str, network: Network, outputs: tuple[int, ...], history: int) -> str:
    """`fn name(x: f32, y: f32, base: u32)`: outputs of a network, seen as the numbers from `base` on say."""
    p: Any = Uniform(base="base + ")
    x, y = formulas.warped(*inputs("x", "y"), p)
    position = formulas.distance(x, y) * p[formulas.DELAY]
    table = StoredTable(history, "moment_table")
    sound = [table.look_up(position, n * POSITIONS, POSITIONS) for n in range(len(SOUND_INPUTS))]
    values = network.graph.part(outputs).evaluate(pixel_values(x, y, p, network.plane, sound))
    return wgsl_function(name, ("x: f32", "y: f32", "base: u32"), values) + "\n"


@lru_cache(maxsize=16)
def palette_tables(palettes: tuple[str, ...], is_linear: bool) -> Float32[np.ndarray, " numbers"]:
    """The colors of palettes, one after the other."""
    table = color_table if is_linear else srgb_table
    return flat(*(channels(table(name)) for name in palettes))
