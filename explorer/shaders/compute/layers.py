"""Fields in one frame as compute shaders: a section that opens over the one before, mixtures, echoes, fades.

What programs draw into regions of a frame (see `FrameMemory`) is put together step by step, always in the
region that comes first. A fade puts together the bytes of two frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, inputs
from explorer.fields import FieldSettings, Mix
from explorer.fields.kernels.color_formulas import clipped_srgb, linear_light
from explorer.fields.light import formulas
from explorer.fields.light.echo import GROUND, LINES, density
from explorer.fields.light.lit import LitField
from explorer.fields.mix.drawing import PreparedMix
from explorer.fields.section_change import EDGE, FRONT, FRONT_HEIGHT, FRONT_LIGHT, SectionedField
from explorer.fields.srgb import LUMINANCE
from explorer.shaders.compute.frame import (
    LIGHT,
    FrameMemory,
    FrameStep,
    frame_code,
    groups_of,
    light_function,
    row_groups,
)
from explorer.shaders.compute.program import Program
from explorer.shaders.compute.programs import program_of
from explorer.shaders.field_shader import Uniform

OPENING = f"""
fn distance_at(at: vec2u) -> f32 {{
  return length((vec2f(at) + 0.5 - 0.5 * vec2f(sizes[0].xy)) * bitcast<f32>(sizes[1].z));
}}
fn share_at(point: u32, at: vec2u) -> f32 {{
  return sigmoid(clamp((bitcast<f32>(sizes[1].x) - distance_at(at)) / {EDGE}, -60.0, 60.0));
}}
"""
FRONT_LINES = f"""
  let away = (bitcast<f32>(sizes[1].x) - distance_at(id.xy)) / {FRONT};
  let front = exp(-min(away * away, 80.0)) * bitcast<f32>(sizes[1].y);
  store(first, number_at(first) + {FRONT_HEIGHT} * front);
  store(first + 4u * plane, number_at(first + 4u * plane) + {FRONT_LIGHT} * front);
"""
MIXTURE = f"""
fn share_at(point: u32, at: vec2u) -> f32 {{
  let share = bitcast<f32>(sizes[1].x);
  if (sizes[1].z == 0u) {{ return share; }}
  return share * dot(levels_of(sizes[1].y, point), vec3f({", ".join(map(str, LUMINANCE))}) / 255.0);
}}
"""
PLANES = """
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {{
  let size = sizes[0].xy;
  if (id.x >= size.x || id.y >= size.y) {{ return; }}
  let point = id.y * size.x + id.x;
  let plane = size.x * size.y;
  let first = sizes[0].z + point;
  let share = share_at(point, id.xy);
  for (var k = 0u; k < 5u; k++) {{
    let start = number_at(first + k * plane);
    store(first + k * plane, start + share * (number_at(sizes[0].w + point + k * plane) - start));
  }}
{front}}}
"""
BYTES = """
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) t: u32) {
  let first = ((group.y * groups.x + group.x) * 64u + t) * 4u;
  let count = sizes[0].x * sizes[0].y;
  if (first >= count) { return; }
  var c = vec4u(0u);
  for (var q = 0u; q < 4u; q++) {
    let point = min(first + q, count - 1u);
    let share = share_at(point, vec2u(point % sizes[0].x, point / sizes[0].x));
    let a = levels_before(point);
    let b = levels_of(sizes[0].w, point);
    c = vec4u(c.yzw, packed(mixed(a, b, share) + 0.5));
  }
  store_pixels(first, c, sizes[0].z);
}
"""
BEFORE = """
fn levels_before(point: u32) -> vec3f {
  return levels_of(sizes[0].z, point);
}
"""
FADE = """
@group(0) @binding(1) var<storage, read> words_before: array<u32>;
fn levels_before(point: u32) -> vec3f {
  var levels = vec3f(0.0);
  for (var channel = 0u; channel < 3u; channel++) {
    let place = 3u * point + channel;
    levels[channel] = f32((words_before[sizes[1].y + place / 4u] >> (8u * (place % 4u))) & 255u);
  }
  return levels;
}
fn share_at(point: u32, at: vec2u) -> f32 {
  return bitcast<f32>(sizes[1].x);
}
"""
EVEN = "fn mixed(a: vec3f, b: vec3f, share: f32) -> vec3f { return a + share * (b - a); }"
LINEAR = """
fn mixed(a: vec3f, b: vec3f, share: f32) -> vec3f {
  return vec3f(mixed_level(a.r, b.r, share), mixed_level(a.g, b.g, share), mixed_level(a.b, b.b, share));
}
"""
ECHOED = """
fn height_at(i: u32) -> f32 {{
  return finite_height(number_at(sizes[0].w + i));
}}
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {{
  let size = sizes[0].xy;
  if (id.x + 2u >= size.x || id.y + 2u >= size.y) {{ return; }}
  let i = (id.y + 1u) * size.x + id.x + 1u;
  let plane = size.x * size.y;
  let line = bitcast<f32>(sizes[1].x) * line_weight(height_at(i), height_at(i + 1u) - height_at(i - 1u),
    height_at(i + size.x) - height_at(i - size.x), bitcast<f32>(sizes[1].y));
  let own = channels_at(sizes[0].w + plane + i, plane);
  let first = sizes[0].z + i;
  let color = select(channels_at(first + plane, plane), own * (own * {ground}), sizes[1].z == 1u);
  store_channels(first + plane, plane, vec3f({channels}));
  store(first + 4u * plane, number_at(first + 4u * plane) + line);
}}
"""


@dataclass(frozen=True)
class View:
    """From where a field is seen: by its number, with the size of a pixel, and of a step between points."""

    number: int
    pixel: float
    spacing: float
    half: bool = False  # networks in half precision


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a program draws: the view, its first row of inputs, and a region of the frame."""

    program: Program
    view: int
    row: int
    region: int
    lit: bool


Operation = Drawing | FrameStep


def region_count(field: FieldSettings) -> int:
    """How many regions a frame of a field needs."""
    own, has_echoes = field.sections.on + 1, field.echo_count > 0
    if isinstance(field, Mix):
        own = field.sections.on + max(n + region_count(part) for n, part in enumerate(field.parts.values()))
    return own + has_echoes


def field_operations(
    prepared: Any, moment: int, view: View, memory: FrameMemory, region: int = 0
) -> list[Operation]:
    """Those that draw a moment of a field into a region; they use the regions after it."""
    return list(_operations(prepared, moment, view, memory, 0, region, memory.lit))


def _operations(
    prepared: Any, moment: int, view: View, memory: FrameMemory, row: int, region: int, lit: bool
) -> Iterable[Operation]:
    if isinstance(prepared, SectionedField):
        now, before = prepared.sections_at(moment)
        sections = [now] if before is None else [before, now]
        for n, section in enumerate(sections):
            yield from _operations(section, moment, view, memory, row + 1, region + n, lit)
        if before is not None:
            numbers = _bits(*prepared.ring_at(moment), view.spacing)
            yield _combination(_opening_code(lit), memory, region, (*numbers, 0), lit)
    elif isinstance(prepared, PreparedMix):
        share, parts = prepared.parts_at(moment)
        for n, (name, (part, first)) in enumerate(parts.items()):
            is_lit = lit and name != "mask"
            yield from _operations(part, moment, view, memory, row + first, region + n, is_lit)
        numbers = (*_bits(share), memory.region(region + 2), int("mask" in parts), 0)
        yield _combination(_mixture_code(lit), memory, region, numbers, lit)
    else:
        program = program_of(prepared, moment, view.pixel, lit, view.half)
        yield Drawing(program, view.number, row, region, lit)


def echo_operations(
    moments: LitField, moment: int, views: list[View], memory: FrameMemory
) -> list[Operation]:
    """The lines of the present and of all echoes, on the surface of the frame; see `Echoes`."""
    echoes = moments.echoes
    if not echoes:
        return []
    operations: list[Operation] = []
    for n, view in enumerate(views):
        if n:
            operations += field_operations(echoes.surfaces[n - 1], moment, view, memory, 1)
        numbers = _bits(float(echoes.strengths[n, moment]), density(moments.light))
        regions = (memory.region(0), memory.region(min(n, 1)))
        sizes = (memory.stride, memory.rows, *regions, *numbers, int(n == 0), 0)
        operations.append(FrameStep(_echo_code(), sizes, groups_of(memory.stride - 2, memory.rows - 2)))
    return operations


def fade_step(before: FrameMemory, memory: FrameMemory, share: float) -> FrameStep:
    """The bytes of a frame, faded with those of another buffer of words that hold the frame before."""
    sizes = (memory.width, memory.height, memory.bytes, memory.bytes, *_bits(share), before.bytes, 0, 0)
    return FrameStep(_fade_code(), sizes, row_groups(memory.size))


def _combination(
    code: str, memory: FrameMemory, region: int, numbers: tuple[int, ...], lit: bool
) -> FrameStep:
    """Two regions that follow each other, in the first."""
    size = (memory.stride, memory.rows)
    regions = (memory.region(region), memory.region(region + 1))
    groups = groups_of(*size) if lit else row_groups(memory.points)
    return FrameStep(code, (*size, *regions, *numbers), groups)


def _bits(*numbers: float) -> tuple[int, ...]:
    """Numbers among those that a step reads as integers."""
    values: Float32[np.ndarray, " numbers"] = np.array(numbers, np.float32)
    return tuple(values.view(np.uint32).tolist())


@lru_cache(maxsize=2)
def _opening_code(lit: bool) -> str:
    """See `SectionedField.draw` and `draw_numbers`."""
    return frame_code(OPENING + (PLANES.format(front=FRONT_LINES) if lit else BEFORE + EVEN + BYTES))


@lru_cache(maxsize=2)
def _mixture_code(lit: bool) -> str:
    """See `PreparedMix.draw_numbers` and `kernel.mix_bytes`."""
    if lit:
        return frame_code(MIXTURE + PLANES.format(front=""))
    return frame_code(_linear_code() + MIXTURE + BEFORE + BYTES)


@lru_cache(maxsize=1)
def _fade_code() -> str:
    """See `kernel.mix_bytes`."""
    return frame_code(_linear_code() + FADE + BYTES)


def _linear_code() -> str:
    """`fn mixed`, in linear light."""
    a, b, share = inputs("a", "b", "share")
    low, high = (linear_light(level / 255.0) for level in (a, b))
    level = clipped_srgb(low + share * (high - low)) * 255.0
    return light_function("mixed_level", ("a: f32", "b: f32", "share: f32"), [level]) + LINEAR


class _LineNumbers(Uniform):
    """`shading.NUMBERS` of a moment, with the density of the lines of echoes."""

    def __getitem__(self, index: int) -> Value:
        return inputs("density")[0] if index == LINES else super().__getitem__(index)


@lru_cache(maxsize=1)
def _echo_code() -> str:
    """See `kernel.add_lines`."""
    slopes, colors = ("height", "across", "down"), ("color", "own", "line", "accent")
    n: Any = _LineNumbers(4 * LIGHT)
    weight = [formulas.line_weight(*inputs(*slopes), n)]
    code = light_function("line_weight", [f"{name}: f32" for name in (*slopes, "density")], weight) + "\n"
    channel = [formulas.echoed_channel(*inputs(*colors))]
    code += light_function("echoed_channel", [f"{name}: f32" for name in colors], channel) + "\n"
    code += light_function("finite_height", ("height: f32",), [formulas.finite_height(inputs("height")[0])])
    accents = [Uniform(4 * LIGHT)[12 + k].arguments[0] for k in range(3)]
    channels = [
        f"echoed_channel(color.{lane}, own.{lane}, line, {accent})"
        for lane, accent in zip("rgb", accents, strict=True)
    ]
    return frame_code(code + ECHOED.format(ground=GROUND, channels=", ".join(channels)))
