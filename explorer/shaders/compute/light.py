"""Light as compute shaders: rings of hits on the planes of a surface, then its shading, as linear light."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import inputs
from explorer.fields.light import formulas
from explorer.fields.light.columns import DELAYS
from explorer.fields.light.settings import Light
from explorer.fields.light.shading import Shading
from explorer.shaders.compute.frame import (
    HISTORY,
    LIGHT,
    RINGS,
    FrameMemory,
    FrameStep,
    frame_code,
    groups_of,
    light_function,
)
from explorer.shaders.compute.program import flat
from explorer.shaders.field_shader import Uniform
from explorer.shaders.wgsl import StoredTable

RINGED = """
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {{
  let size = sizes[0].zw;
  if (id.x >= size.x || id.y >= size.y) {{ return; }}
  let i = id.y * size.x + id.x;
  let light = 4u * size.x * size.y + i;
  let place = (vec2f(id.xy) + 0.5 - 0.5 * vec2f(size)) * p[{numbers}].x - p[{numbers}].yz;
  let ring = ringed(number_at(i), length(place));
  store(i, ring.x);
  store(light, number_at(light) + ring.y);
}}
"""
SHADED = """
fn height_at(i: u32) -> f32 {{
  return finite_height(number_at(i));
}}
fn shaded_at(i: u32) -> vec3f {{
  let stride = sizes[0].z;
  let plane = stride * sizes[0].w;
  return shaded(height_at(i + 1u) - height_at(i - 1u), height_at(i + stride) - height_at(i - stride),
    height_at(i), number_at(plane + i), number_at(2u * plane + i), number_at(3u * plane + i),
    number_at(4u * plane + i));
}}
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {{
  let size = sizes[0].xy;
  if (id.x >= size.x || id.y >= size.y) {{ return; }}
  var total = vec3f(0.0);
  for (var n = 0u; n < {count}u; n++) {{
    let place = id.xy * {samples}u + vec2u(n / {samples}u, n % {samples}u) + 1u;
    total += shaded_at(place.y * sizes[0].z + place.x);
  }}
  total *= 1.0 / {count}.0;
  store_channels(sizes[1].x + id.y * size.x + id.x, size.x * size.y, total);
}}
"""
SURFACE = ("height", "red", "green", "blue", "emission")


def ring_steps(light: Light, memory: FrameMemory) -> list[FrameStep]:
    """The rings of hits on the planes of a surface, where there are some."""
    if not light.rings > 0:
        return []
    size = (memory.width, memory.height, memory.stride, memory.rows)
    return [FrameStep(_rings_code(), (*size, 0, 0, 0, 0), groups_of(memory.stride, memory.rows))]


def shading_step(light: Light, memory: FrameMemory) -> FrameStep:
    """From the planes of a surface to the light of the frame."""
    size = (memory.width, memory.height, memory.stride, memory.rows)
    code = _shading_code(light.film > 0, light.has_lines, memory.samples)
    return FrameStep(code, (*size, memory.light, 0, 0, 0), groups_of(memory.width, memory.height))


def light_moment(
    shading: Shading, moment: int, accent: Float32[np.ndarray, 3], spacing: float
) -> Float32[np.ndarray, " numbers"]:
    """What the steps read of a moment: `LIGHT` and `RINGS`; `spacing`: between points of the surface."""
    light = shading.light
    rings = np.array((spacing, light.focus_x, light.focus_y, shading.delays_per_length), np.float32)
    return np.concatenate((flat(shading.numbers(moment, accent, spacing)), rings))


@lru_cache(maxsize=1)
def _rings_code() -> str:
    """Raises heights by the rings of hits, and adds their light to the emission; see `kernel.add_rings`."""
    height, distance = inputs("height", "distance")
    n: Any = Uniform(4 * LIGHT)
    level: Any = formulas.finite_height(height)
    away = formulas.ring_distance(distance, level)
    steps = away * Uniform(4 * RINGS)[3]
    history = StoredTable(4 * HISTORY, "moment_table").look_up(steps, 0, len(DELAYS))
    ring = history * formulas.fall_off(away)
    values = [level + formulas.ring_height(ring, n), formulas.ring_light(ring, level, n)]
    code = light_function("ringed", ("height: f32", "distance: f32"), values)
    return frame_code(code + RINGED.format(numbers=RINGS))


@lru_cache(maxsize=16)
def _shading_code(film: bool, lines: bool, samples: int) -> str:
    """Light of each pixel, the mean of its samples; see `kernel.shade`."""
    n: Any = Uniform(4 * LIGHT)
    across, down, height, *rgb, emission = inputs("across", "down", *SURFACE)
    slopes = formulas.normal(across, down, n)
    lit: Any = formulas.lit(*slopes, *rgb, n)
    if film:
        base = (rgb[0] + rgb[1] + rgb[2]) * 0.33333333
        lit = formulas.film_color(*slopes, height, *lit, base, n)
    if lines:
        line = formulas.line_weight(height, across, down, n)
        lit = [formulas.lined_channel(color, line, n[12 + k]) for k, color in enumerate(lit)]
    values = [formulas.exposed(color, emission, n[12 + k], n) for k, color in enumerate(lit)]
    arguments = [f"{name}: f32" for name in ("across", "down", *SURFACE)]
    limited = light_function("finite_height", ("height: f32",), [formulas.finite_height(height)])
    code = limited + "\n" + light_function("shaded", arguments, values)
    return frame_code(code + SHADED.format(samples=samples, count=samples * samples))
