"""Graph CPPNs as shaders: the nodes that height and hue depend on, one line or two each."""

from __future__ import annotations

from typing import Any

from explorer.expressions import Value, inputs
from explorer.fields.graph import formulas
from explorer.fields.graph.drawing import HEIGHT, HUE, accent_of, view_of
from explorer.fields.graph.form import layers
from explorer.fields.graph.kernel import POSITIONS
from explorer.fields.graph.network import Network, network_of, pixel_values
from explorer.fields.graph.settings import GraphSettings
from explorer.fields.palette_table import color_table, srgb_table
from explorer.shaders.field_shader import (
    HISTORY_ROW,
    FieldShader,
    TextureRow,
    Uniform,
    level,
    look_up,
    moving_settings,
)
from explorer.shaders.glsl import glsl_function


def graph_shader(field: GraphSettings) -> FieldShader:
    """The shader of a graph without figure; the texture holds what each distance hears, then the palette."""
    network, is_lit, settings = network_of(field), field.light.on, moving_settings(field)
    names = (HEIGHT, HUE) if is_lit else (HUE,)
    time, motion, rotation = inputs("time", "motion", "rotation")
    bass = settings.audio_gain * level(settings.features, "bass")
    view = view_of(settings, field.spin, settings.zoom, time, motion, rotation, bass)
    rows: list[Any] = []
    outputs = [Value.of(0)] * len(names)
    for layer, weight in layers(settings.form.zoom_rate, view):
        p = Uniform(len(rows))
        rows += [*network.plane.rows(layer.turn, layer.scale, layer.warp, layer.clock, layer.delay), weight]
        share = Value.of(1) if Value.of(weight).constant == 1 else p[formulas.NUMBERS]
        values = _outputs(network, names, p)
        outputs = [total + share * value for total, value in zip(outputs, values, strict=True)]
    contrast = settings.contrast
    if isinstance(contrast, Value):
        rows.append(contrast)
        contrast = Uniform(len(rows) - 1)[0]
    color = formulas.palette_color(outputs[-1], contrast, TextureRow(HISTORY_ROW + 1))
    height = outputs[0] if is_lit else Value.of(0)
    return FieldShader(
        code=glsl_function("field_at", ("float x", "float y", "float pixel"), [*color, height]),
        numbers=rows,
        accent=[Value.of(channel) for channel in accent_of(settings.palette)],
        palettes=[(color_table if is_lit else srgb_table)(settings.palette)],
        is_linear=is_lit,
    )


def _outputs(network: Network, names: tuple[int, ...], p: Uniform) -> list[Value]:
    """Some outputs of a network at a point."""
    x, y = formulas.warped(*inputs("x", "y"), p)
    sound = look_up(HISTORY_ROW, POSITIONS, formulas.distance(x, y) * p[formulas.DELAY])
    return network.graph.part(names).evaluate(pixel_values(x, y, p, network.plane, sound))
