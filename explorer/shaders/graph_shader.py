"""Graph CPPNs as shaders: the nodes that height and hue depend on, one line or two each."""

from __future__ import annotations

from explorer.fields.graph import formulas
from explorer.fields.graph.drawing import HEIGHT, HUE, accent_of, view_of
from explorer.fields.graph.kernel import POSITIONS
from explorer.fields.graph.network import network_of, pixel_values
from explorer.fields.graph.settings import GraphSettings
from explorer.fields.palette_table import color_table, srgb_table
from explorer.shaders.expressions import Value, inputs
from explorer.shaders.field_shader import HISTORY_ROW, FieldShader, TextureRow, Uniform, level, look_up
from explorer.shaders.glsl import glsl_function


def graph_shader(settings: GraphSettings) -> FieldShader:
    """The shader of a graph without form; the texture holds what each distance hears, then the palette."""
    network, is_lit = network_of(settings), settings.light.on
    time, motion, rotation = inputs("time", "motion", "rotation")
    bass = settings.audio_gain * level(settings.features, "bass")
    view = view_of(settings, settings.spin, settings.zoom, time, motion, rotation, bass)
    (x, y), p = inputs("x", "y"), Uniform()
    x, y = formulas.warped(x, y, p)
    sound = look_up(HISTORY_ROW, POSITIONS, formulas.distance(x, y) * p[formulas.DELAY])
    values = pixel_values(x, y, p, network.plane, sound)
    *heights, hue = network.graph.part((HEIGHT, HUE) if is_lit else (HUE,)).evaluate(values)
    color = formulas.palette_color(hue, settings.contrast, TextureRow(HISTORY_ROW + 1))
    height = heights[0] if heights else Value.of(0)
    return FieldShader(
        code=glsl_function("field_at", ("float x", "float y", "float pixel"), [*color, height]),
        numbers=network.plane.rows(view.turn, view.scale, view.warp, view.clock, view.delay),
        accent=[Value.of(channel) for channel in accent_of(settings.palette)],
        palettes=[(color_table if is_lit else srgb_table)(settings.palette)],
        is_linear=is_lit,
    )
