"""Julia sets as compute shaders: an orbit for each sample of a pixel."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from explorer.fields.julia import formulas
from explorer.fields.julia.drawing import LIMIT, PreparedJulia
from explorer.fields.julia.parameters import TRAP_STEPS
from explorer.fields.kernels.color_formulas import linear_light
from explorer.shaders.compute.program import Program, flat, group_points, pixel_code, surface_code
from explorer.shaders.wgsl import wgsl_of

FORMULAS = (
    *(formulas.escape_time, formulas.tone_of, formulas.exterior_weight, formulas.color),
    *(formulas.log_distance, formulas.outer_height, formulas.inner_height, linear_light),
)

ORBIT = """
struct Orbit {{ squared: f32, slope: f32, steps: f32, trap: f32 }}

fn orbit(at: vec2f) -> Orbit {{
  var z = at;
  var o = Orbit(z.x * z.x + z.y * z.y, 1.0, 0.0, {limit});
  for (var n = 0u; n < {iterations}u; n++) {{
    if (o.squared > {limit}) {{ break; }}
    z = vec2f(z.x * z.x - z.y * z.y + p[0].x, (z.x + z.x) * z.y + p[0].y);
    o.slope = select(min(o.slope * (o.squared * 4.0), {largest}), {largest}, o.slope >= {largest});
    o.steps += 1.0;
    o.squared = z.x * z.x + z.y * z.y;
    if (n < {trap_steps}u) {{ o.trap = min(o.trap, o.squared); }}
  }}
  return o;
}}

fn sample_color(o: Orbit, size: f32) -> vec3f {{
  let escaped = o.squared > {limit};
  let far = max(o.squared, {limit} + 1.0);
  let nu = select({iterations}.0, escape_time(o.steps, far), escaped);
  let exterior = select(0.0, exterior_weight(far, o.slope, size), escaped);
  return color(nu, tone_of(nu), exterior, o.trap, p[1].y, p[1].z, p[1].w);
}}

fn plane_point(i: u32) -> vec2f {{
  let x = row(0u, i);
  let y = row(1u, i);
  return vec2f(x * p[0].z - y * p[0].w, x * p[0].w + y * p[0].z);
}}
"""

LEVELS = """
fn levels_at(i: u32) -> vec3f {{
  let at = plane_point(i);
  let size = p[1].x / {samples}.0;
  var total = vec3f(0.0);
  for (var n = 0u; n < {count}u; n++) {{
    let place = (vec2f(f32(n % {samples}u), f32(n / {samples}u)) + 0.5) / {samples}.0 - 0.5;
    total += sample_color(orbit(at + place * p[1].x), size);
  }}
  return total * (255.0 / {count}.0) + row(2u, i);
}}
"""

PLANES = """
fn planes_at(i: u32) -> array<f32, 5> {{
  let o = orbit(plane_point(i));
  let outside = outer_height(log_distance(max(o.squared, {limit} + 1.0), o.slope));
  let height = select(inner_height(o.trap), outside, o.squared > {limit});
  let c = max(sample_color(o, p[1].x), vec3f(0.0));
  return array<f32, 5>(height, linear_light(c.r), linear_light(c.g), linear_light(c.b), 0.0);
}}
"""

LARGEST = 3.0e38  # in the place of infinity, which WGSL does not define: what reaches it stays there
NO_CONSTANTS = np.zeros(4, np.float32)


def julia_program(prepared: PreparedJulia, moment: int, pixel: float, lit: bool) -> Program:
    """The program of a moment."""
    settings = prepared.settings
    code = julia_code(settings.iterations, settings.samples, lit)
    return Program(code, group_points(lit), NO_CONSTANTS, flat(prepared.view_for(pixel)[moment]))


@lru_cache(maxsize=8)
def julia_code(iterations: int, samples: int, lit: bool) -> str:
    text = (ORBIT + (PLANES if lit else LEVELS)).format(
        limit=LIMIT,
        largest=LARGEST,
        iterations=iterations,
        trap_steps=TRAP_STEPS,
        samples=samples,
        count=samples * samples,
    )
    return (surface_code if lit else pixel_code)("\n".join(map(wgsl_of, FORMULAS)) + text)
