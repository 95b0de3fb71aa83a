"""Sketches as shaders: the formula at a point, and its color on the palette."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.expressions import Value, inputs
from explorer.fields.kernels.portable import look_up
from explorer.fields.light.tone import accent_of
from explorer.fields.palette_table import TABLE_COLORS, color_table, srgb_table
from explorer.fields.sketch.field import Sketch
from explorer.fields.sketch.kernel import HIGH, LOW
from explorer.fields.srgb import LUMINANCE
from explorer.shaders.field_shader import (
    HISTORY_ROW,
    FieldShader,
    TextureRow,
    Uniform,
    level,
    moving_settings,
)
from explorer.shaders.glsl import glsl_function

LIMIT = 1e30  # of an output; what is no number is 0


def sketch_shader(field: Sketch) -> FieldShader:
    """The shader of a sketch; the inputs of its programs are `time` in seconds and levels."""
    program, is_lit, settings = type(field).program(), field.light.on, moving_settings(field)
    (time,) = inputs("time")
    moment: dict[str, Any] = {"t": time}
    definition = field.definition
    moment |= {name: settings.audio_gain * level(field.features, name) for name in definition.features}
    moment |= {slider.name: Value.of(getattr(settings, slider.name)) for slider in definition.sliders}
    numbers = [Value.of(number) for number in program.numbers_with(moment)] or [Value.of(0)]
    color = color_table if is_lit else srgb_table
    rgb, height = colors(program.outputs_with(Uniform()), TextureRow(HISTORY_ROW + 1))
    return FieldShader(
        code=glsl_function("field_at", ("float x", "float y", "float pixel"), [*rgb, height]),
        numbers=numbers,
        accent=[Value.of(channel) for channel in accent_of(color_table(field.palette))],
        palettes=[color(field.palette)],
        is_linear=is_lit and not program.is_color,
    )


def colors(outputs: Sequence[Value], table: Any) -> tuple[list[Any], Any]:
    """Red, green and blue, and the height, of the outputs of a formula; see `kernel.surface`."""
    finite = [_finite(output) for output in outputs]
    if len(finite) > 1:
        rgb = [Value("min", Value("max", channel, Value.of(0)), Value.of(1)) for channel in finite]
        brightness = sum((c * share for c, share in zip(rgb, LUMINANCE, strict=True)), Value.of(0))
        return rgb, brightness * (HIGH - LOW) + LOW
    (height,) = finite
    position: Any = (height * 0.5 + 0.5) * (TABLE_COLORS - 1)
    return [look_up(position, table, n * TABLE_COLORS, TABLE_COLORS) for n in range(3)], height


def _finite(output: Value) -> Value:
    """0 where an output is no number."""
    return Value("where", Value("less", Value("abs", output), Value.of(LIMIT)), output, Value.of(0))
