"""A compute shader that draws a field, with the numbers that it reads: what all of them have in common.

Pixels come in parts of a frame. Rows of inputs are those of the CPU kernels (`pixel_inputs`); out come three
bytes a pixel, or five planes of a surface.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from explorer.shaders.wgsl import functions

GROUP_INVOCATIONS = 64
PLANES = 5  # of a surface

STORED_PLANES = """fn store_planes(i: u32, values: array<f32, 5>) {
  words[i] = bitcast<u32>(values[0]);
  words[part.x + i] = bitcast<u32>(values[1]);
  words[2u * part.x + i] = bitcast<u32>(values[2]);
  words[3u * part.x + i] = bitcast<u32>(values[3]);
  words[4u * part.x + i] = bitcast<u32>(values[4]);
}
"""
STORED_TEXELS = """fn store_planes(i: u32, values: array<f32, 5>) {
  words[4u * i] = bitcast<u32>(values[1]);
  words[4u * i + 1u] = bitcast<u32>(values[2]);
  words[4u * i + 2u] = bitcast<u32>(values[3]);
  words[4u * i + 3u] = bitcast<u32>(values[0]);
}
"""

MOMENT_TABLE = """fn moment_number(n: u32) -> f32 {
  return p[n / 4u][n % 4u];
}
fn look_up_moment(first: u32, entries: u32, position: f32) -> f32 {
  let place = clamp(position, 0.0, f32(entries - 1u));
  let below = min(u32(place), entries - 2u);
  let low = moment_number(first + below);
  return low + (moment_number(first + below + 1u) - low) * (place - f32(below));
}
"""
PACKED_BYTES = """fn packed(levels: vec3f) -> u32 {
  let bytes = vec3u(levels) & vec3u(255u);
  return bytes.x | (bytes.y << 8u) | (bytes.z << 16u);
}
fn store_pixels(first: u32, c: vec4u, start: u32) {
  let n = start + first / 4u * 3u;
  words[n] = c.x | (c.y << 24u);
  words[n + 1u] = (c.y >> 8u) | (c.z << 16u);
  words[n + 2u] = (c.z >> 16u) | (c.w << 8u);
}
"""

HEAD = (
    """
@group(0) @binding(0) var<uniform> part: vec4u;  // points of a row, points to draw, first row
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read> constants: array<vec4f>;
@group(0) @binding(3) var<storage, read> p: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> words: array<u32>;

fn row(n: u32, i: u32) -> f32 {
  return rows[(n + part.z) * part.x + i];
}
fn row4(n: u32, i: u32) -> vec4f {
  let k = (n + part.z) * part.x + i;
  return vec4f(rows[k], rows[k + 1u], rows[k + 2u], rows[k + 3u]);
}
fn constant(n: u32) -> f32 {
  return constants[n / 4u][n % 4u];
}
fn look_up(first: u32, entries: u32, position: f32) -> f32 {
  let place = clamp(position, 0.0, f32(entries - 1u));
  let below = min(u32(place), entries - 2u);
  let low = constant(first + below);
  return low + (constant(first + below + 1u) - low) * (place - f32(below));
}
"""
    + MOMENT_TABLE
    + PACKED_BYTES
    + STORED_PLANES
)

PIXELS = """
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let first = id.x * 4u;
  if (first >= part.y) { return; }
  var c = vec4u(0u);
  for (var q = 0u; q < 4u; q++) { c = vec4u(c.yzw, packed(levels_at(first + q))); }
  store_pixels(first, c, 0u);
}
"""

SURFACE = """
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < part.y) { store_planes(id.x, planes_at(id.x)); }
}
"""


@dataclass(frozen=True, eq=False)
class Program:
    """A shader, how many points a workgroup draws, and its numbers.

    `constants` is the same array for as long as it has the same numbers; `numbers` belong to the moment.
    """

    code: str
    group_points: int
    constants: Float32[np.ndarray, " constants"]
    numbers: Float32[np.ndarray, " numbers"]


def pixel_code(levels: str) -> str:
    """A shader with `fn levels_at(i: u32) -> vec3f`, red, green and blue in [0, 256): bytes when cut."""
    return "".join((HEAD, functions(), levels, PIXELS))


def surface_code(planes: str) -> str:
    """A shader with `fn planes_at(i: u32) -> array<f32, 5>`, the planes of a `Surface`."""
    return "".join((HEAD, functions(), planes, SURFACE))


def texel_code(code: str) -> str:
    """A shader of planes that writes color and height of each point together, as the texture of a page."""
    return code.replace(STORED_PLANES, STORED_TEXELS)


def group_points(lit: bool) -> int:
    """The points of a workgroup of `pixel_code`, or of `surface_code`."""
    return GROUP_INVOCATIONS * (1 if lit else 4)


def flat(*arrays: Float32[np.ndarray, ...]) -> Float32[np.ndarray, " numbers"]:
    """Arrays one after the other, padded to whole groups of four numbers."""
    numbers = np.concatenate([np.zeros(0, np.float32), *(np.ravel(array) for array in arrays)])
    return np.pad(numbers.astype(np.float32), (0, -len(numbers) % 4 if len(numbers) else 4))
