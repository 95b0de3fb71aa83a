"""The finish as compute shaders: light of a field's own colors, glow at three radii, and light to bytes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import inputs
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.light import finish as rules
from explorer.fields.light import formulas
from explorer.fields.light.settings import Finish
from explorer.shaders.compute.frame import (
    FINISH,
    GLOW,
    NOISE,
    WEIGHTS,
    FrameMemory,
    FrameStep,
    frame_code,
    groups_of,
    light_function,
    row_groups,
)
from explorer.shaders.field_shader import Uniform

COLORED = """
fn light_at(point: u32) -> vec3f {{
  let level = levels_of(0u, point) / 255.0;
  return vec3f(linear_light(level.r), linear_light(level.g), linear_light(level.b));
}}
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {{
  let size = sizes[0].xy;
  if (id.x >= size.x || id.y >= size.y) {{ return; }}
  var total = vec3f(0.0);
  for (var n = 0u; n < {count}u; n++) {{
    let place = id.xy * {samples}u + vec2u(n % {samples}u, n / {samples}u);
    total += light_at(place.y * size.x * {samples}u + place.x);
  }}
  store_channels(sizes[0].z + id.y * size.x + id.x, size.x * size.y, total / {count}.0);
}}
"""
BRIGHT = """
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {{
  let size = sizes[0].xy;
  let blocks = sizes[1].xy;
  if (id.x >= blocks.x || id.y >= blocks.y) {{ return; }}
  let first = id.xy * sizes[0].w;
  let end = min(first + sizes[0].w, size);
  var total = vec3f(0.0);
  for (var y = first.y; y < end.y; y++) {{
    for (var x = first.x; x < end.x; x++) {{
      total += max(channels_at(sizes[0].z + y * size.x + x, size.x * size.y) - p[{glow}].w, vec3f(0.0));
    }}
  }}
  let count = (end.x - first.x) * (end.y - first.y);
  store_channels(sizes[1].z + id.y * blocks.x + id.x, blocks.x * blocks.y, total / f32(count));
}}
"""
REDUCED = """
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let size = sizes[0].yz;
  let blocks = sizes[1].xy;
  if (id.x >= blocks.x || id.y >= blocks.y) { return; }
  let factor = sizes[0].w;
  var total = vec3f(0.0);
  for (var n = 0u; n < factor * factor; n++) {
    let place = min(id.xy * factor + vec2u(n % factor, n / factor), size - 1u);
    total += channels_at(sizes[0].x + place.y * size.x + place.x, size.x * size.y);
  }
  store_channels(sizes[1].z + id.y * blocks.x + id.x, blocks.x * blocks.y, total / f32(factor * factor));
}
"""
BLURRED = """
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let size = sizes[0].yz;
  if (id.x >= size.x || id.y >= size.y) { return; }
  let taps = sizes[1].y;
  let step = select(vec2i(1, 0), vec2i(0, 1), sizes[1].z == 1u);
  var total = vec3f(0.0);
  for (var n = 0u; n < taps; n++) {
    let there = vec2i(id.xy) + step * (i32(n) - i32(taps / 2u));
    let place = vec2u(clamp(there, vec2i(0), vec2i(size) - 1));
    let source = sizes[0].x + place.y * size.x + place.x;
    total += moment_number(sizes[1].x + n) * channels_at(source, size.x * size.y);
  }
  store_channels(sizes[0].w + id.y * size.x + id.x, size.x * size.y, total);
}
"""
STRETCHED = """
fn stretched(image: u32, size: vec2u, at: vec2u, factor: u32) -> vec3f {
  let last = size - 1u;
  let position = clamp((vec2f(at) + 0.5) / f32(factor) - 0.5, vec2f(0.0), vec2f(last));
  let before = min(vec2u(position), max(last, vec2u(1u)) - 1u);
  let after = min(before + 1u, last);
  let share = position - vec2f(before);
  let plane = size.x * size.y;
  let over = mix(channels_at(image + before.y * size.x + before.x, plane),
    channels_at(image + before.y * size.x + after.x, plane), share.x);
  let under = mix(channels_at(image + after.y * size.x + before.x, plane),
    channels_at(image + after.y * size.x + after.x, plane), share.x);
  return mix(over, under, share.y);
}
"""
GLOWING = """
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {{
  let size = sizes[0].xy;
  if (id.x >= size.x || id.y >= size.y) {{ return; }}
  let total = {total};
  store_channels(sizes[0].z + id.y * size.x + id.x, size.x * size.y, total);
}}
"""
FINISHED = """
fn noise_at(row: u32, column: u32) -> vec3f {{
  let place = (vec3u(p[{noise}].xyz) + row * {step}u) % {room}u + column;
  return vec3f(noise[place.x], noise[place.y], noise[place.z]);
}}
fn levels_at(point: u32) -> vec3f {{
  let size = sizes[0].xy;
  let at = vec2u(point % size.x, point / size.x);
  var c = channels_at(sizes[0].z + point, size.x * size.y);
{glow}  let place = (vec2f(at) + 0.5) / vec2f(size) * 2.0 - 1.0;
  c *= darkened(place.x, place.y) * p[{finish}].x;
{filmic}  let random = noise_at(at.y, at.x);
  let level = encoded(c.r, c.g, c.b, random.x + random.y - 1.0) * 255.0 + random.z;
  return clamp(level, vec3f(0.0), vec3f(255.0));
}}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) t: u32) {{
  let first = ((group.y * groups.x + group.x) * 64u + t) * 4u;
  let count = sizes[0].x * sizes[0].y;
  if (first >= count) {{ return; }}
  var c = vec4u(0u);
  for (var q = 0u; q < 4u; q++) {{
    let point = min(first + q, count - 1u);
    c = vec4u(c.yzw, packed(levels_at(point)));
  }}
  store_pixels(first, c, sizes[0].w);
}}
"""


def color_step(memory: FrameMemory) -> FrameStep:
    """From bytes of a field's own colors to the light of the frame."""
    size = (memory.width, memory.height)
    return FrameStep(_color_code(memory.samples), (*size, memory.light, 0, 0, 0, 0, 0), groups_of(*size))


def finish_steps(finish: Finish, memory: FrameMemory) -> list[FrameStep]:
    """From the light of a frame to its bytes."""
    glow = memory.glow_size
    size = (memory.width, memory.height)
    sizes = (*size, memory.light, memory.bytes, memory.glow, glow.columns, glow.rows, glow.factor)
    steps = _glow_steps(finish, memory) if finish.bloom else []
    code = _finish_code(finish.filmic, finish.bloom > 0)
    return [*steps, FrameStep(code, sizes, row_groups(memory.size))]


def finish_moment(finish: Finish, t: float) -> Float32[np.ndarray, 12]:
    """What the steps read of a moment: the groups `FINISH`, `NOISE` and `GLOW`."""
    places = rules.noise_places(finish, t, 1)[0]
    glow = [share * finish.bloom for share, *_ in rules.GLOWS]
    numbers = (*rules.finish_numbers(finish), *places, 0, *glow, finish.threshold)
    return np.array(numbers, np.float32)


def blur_weights(memory: FrameMemory) -> list[Float32[np.ndarray, " taps"]]:
    """The weights of each blur."""
    shorter, size = min(memory.width, memory.height), memory.glow_size
    return [rules.gauss(size.radius(heights, shorter) / reduction) for _, heights, reduction in rules.GLOWS]


def _glow_steps(finish: Finish, memory: FrameMemory) -> list[FrameStep]:
    """The light above the threshold, and the sum of its blurs in the same place."""
    glow, first = memory.glow_size, 4 * WEIGHTS
    image, size = (memory.glow, glow.columns, glow.rows), (glow.columns, glow.rows)
    bright = (memory.width, memory.height, memory.light, glow.factor, *size, memory.glow, 0)
    steps = [FrameStep(frame_code(BRIGHT.format(glow=GLOW)), bright, groups_of(*size))]
    for blur, weights in zip(memory.blurs, blur_weights(memory), strict=True):
        small = (blur.columns, blur.rows)
        groups = groups_of(*small)
        steps.append(FrameStep(frame_code(REDUCED), (*image, blur.reduction, *small, blur.first, 0), groups))
        for direction, (source, target) in enumerate(((blur.first, blur.across), (blur.across, blur.first))):
            blurred = (source, *small, target, first, len(weights), direction, 0)
            steps.append(FrameStep(frame_code(BLURRED), blurred, groups))
        first += len(weights)
    images = [blur.first for blur in memory.blurs]
    return [*steps, FrameStep(_glow_code(), (*size, memory.glow, 0, *images, 0), groups_of(*size))]


@lru_cache(maxsize=4)
def _color_code(samples: int) -> str:
    light = light_function("linear_light", ("level: f32",), [linear_light(inputs("level")[0])])
    return frame_code(light + COLORED.format(samples=samples, count=samples * samples))


@lru_cache(maxsize=1)
def _glow_code() -> str:
    terms = [
        f"p[{GLOW}].{'xyz'[k]} * stretched(sizes[1].{'xyz'[k]}, (size + {reduction - 1}u) / {reduction}u, "
        f"id.xy, {reduction}u)"
        for k, (*_, reduction) in enumerate(rules.GLOWS)
    ]
    return frame_code(STRETCHED + GLOWING.format(total=" + ".join(terms)))


@lru_cache(maxsize=4)
def _finish_code(filmic: bool, bloom: bool) -> str:
    """See `kernel.finish`."""
    f: Any = Uniform(4 * FINISH)
    x, y, red, green, blue, grain = inputs("x", "y", "red", "green", "blue", "grain")
    rgb = [f"{name}: f32" for name in ("red", "green", "blue")]
    code = light_function("darkened", ("x: f32", "y: f32"), [formulas.darkened(x, y, f)]) + "\n"
    code += light_function("filmic", rgb, formulas.filmic(red, green, blue)) + "\n"
    code += light_function("encoded", (*rgb, "grain: f32"), formulas.encoded(red, green, blue, grain, f))
    glow = "  c += stretched(sizes[1].x, sizes[1].yz, at, sizes[1].w);\n"
    finished = FINISHED.format(
        noise=NOISE,
        step=rules.NOISE_STEP,
        room=rules.NOISE_SIZE - rules.MAX_NOISE_ROW,
        finish=FINISH,
        glow=glow if bloom else "",
        filmic="  c = filmic(c.r, c.g, c.b);\n" if filmic else "",
    )
    return frame_code(code + STRETCHED + finished)
