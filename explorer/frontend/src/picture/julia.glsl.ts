// The Julia set as a fragment shader. Its formulas are those of explorer/fields/julia/formulas.py, translated; the
// orbit is written here. A test compares the pictures of the page with those of Python.

import constants from "../constants.json";
import { NEUTRAL, type Finish, type Light } from "./light";
import { float } from "./glsl";
import { LINEAR_LIGHT, litShader } from "./light.glsl";
import type { Shader } from "./shaderCanvas";
import { SINE } from "./sine.glsl";

const { escape_radius, trap_steps, extent, formulas } = constants.julia;

/** The color and the height of a point; `main` says which point is where. */
const fragment = (main: string) => `#version 300 es
precision highp float;
uniform vec2 size;        // of the picture, in pixels
uniform vec2 c;
uniform vec2 turn;        // the rotation as a complex number, times half the shorter side in the plane of z
uniform float zoom;
uniform vec3 tint;        // hue, saturation, brightness
uniform int iterations;
uniform int samples;      // across a pixel and down it
uniform float detail_scale; // of the sample distance, for anti-aliasing: 1, or less in a small copy for measuring
out vec4 pixel_color;
${SINE}
${formulas.join("\n")}
${LINEAR_LIGHT}

// The color of a point in the plane of z, and its height; pixel is the distance of two samples.
vec4 julia_point(vec2 z, float pixel) {
  float squared = dot(z, z), slope = 1.0, trap = 1e9;
  float nu = float(iterations), exterior = 0.0, height = 0.0;
  bool is_inside = true;
  for (int n = 1; n <= iterations; n++) {
    slope = min(slope * (squared * 4.0), 1e30);
    z = vec2(z.x * z.x - z.y * z.y, (z.x + z.x) * z.y) + c;
    squared = dot(z, z);
    if (squared > ${float(escape_radius * escape_radius)}) {
      nu = escape_time(float(n), squared);
      exterior = exterior_weight(squared, slope, pixel);
      height = outer_height(log_distance(squared, slope));
      is_inside = false;
      break;
    }
    if (n <= ${trap_steps}) trap = min(trap, squared);
  }
  if (is_inside) height = inner_height(trap);
  return vec4(color(nu, tone_of(nu), exterior, trap, tint.x, tint.y, tint.z), height);
}

// The mean color of the samples of a pixel around a point.
vec3 julia_color(vec2 z, float pixel) {
  vec3 total = vec3(0.0);
  for (int n = 0; n < samples * samples; n++) {
    vec2 offset = (vec2(n % samples, n / samples) + 0.5) / float(samples) - 0.5;
    total += julia_point(z + offset * pixel, detail_scale * pixel / float(samples)).rgb;
  }
  return total / float(samples * samples);
}

void main() {
  float side = min(size.x, size.y), unit = 2.0 / side * ${float(extent)} / zoom;  // a pixel in the plane of z
  ${main}
}`;

// the roundings of Python: a last bit decides when a point near the set escapes
const turned = (at: string) => `
  vec2 xy = 2.0 * ${at} / side;
  vec2 z = vec2(xy.x * turn.x - xy.y * turn.y, xy.x * turn.y + xy.y * turn.x);`;

export const JULIA: Shader = [{
  fragment: fragment(`${turned("vec2(gl_FragCoord.x - 0.5 * size.x, 0.5 * size.y - gl_FragCoord.y)")}
  pixel_color = vec4(julia_color(z, unit), 1.0);`),
}];

/** The Julia set with light, finish or both; a lit set has the samples of its finish. */
export function juliaShader(light: Light | null, finish: Finish | null, hasFront = false): Shader {
  if (!light && !finish) return JULIA;
  const { samples } = finish ?? NEUTRAL;
  const value = light ? "vec4 point = julia_point(z, detail_scale * pixel); point.rgb = linear_light(point.rgb);" : "vec4 point = vec4(linear_light(julia_color(z, pixel)), 0.0);";
  const numbers = fragment(`float pixel = unit / ${float(samples)};${turned(`((gl_FragCoord.xy - 1.0) / ${float(samples)} - 0.5 * size)`)}
  ${value}
  pixel_color = point;`);
  return litShader(numbers, light, finish ?? NEUTRAL, hasFront);
}
