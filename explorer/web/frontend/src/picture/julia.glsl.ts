// The Julia set as a fragment shader. Its formulas are those of explorer/fields/julia/formulas.py, translated; the
// orbit is written here. A test compares the pictures of the page with those of Python.

import constants from "../constants.json";
import type { Shader } from "./shaderCanvas";

const { escape_radius, trap_steps, extent, formulas } = constants.julia;

/** A number as GLSL writes it. */
export const float = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);

/** The sRGB curve, OKLab and palettes: explorer/fields/kernels/color_formulas.py, translated. */
export const COLOR = constants.color.formulas.join("\n");

export const JULIA: Shader = [{ fragment: `#version 300 es
precision highp float;
uniform vec2 size;        // of the picture, in pixels
uniform vec2 c;
uniform vec2 rotation;    // its cosine and sine
uniform float zoom;
uniform vec3 tint;        // hue, saturation, brightness
uniform int iterations;
uniform int samples;      // across a pixel and down it
uniform float detail_scale; // of the sample distance, for anti-aliasing: 1, or less in a small copy for measuring
out vec4 pixel_color;

${COLOR}
${formulas.join("\n")}

// The color of a point in the plane of z; pixel is the distance of two samples.
vec3 julia_color(vec2 z, float pixel) {
  float squared = dot(z, z), slope = 1.0, trap = 1e9;
  float nu = float(iterations), exterior = 0.0;
  for (int n = 1; n <= iterations; n++) {
    slope = min(slope * 4.0 * squared, 1e30);
    z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
    squared = dot(z, z);
    if (squared > ${float(escape_radius * escape_radius)}) {
      nu = escape_time(float(n), squared);
      exterior = exterior_weight(squared, slope, pixel);
      break;
    }
    if (n <= ${trap_steps}) trap = min(trap, squared);
  }
  return color(nu, tone_of(nu), exterior, trap, tint.x, tint.y, tint.z);
}

void main() {
  float pixel = 2.0 / min(size.x, size.y) * ${float(extent)} / zoom;  // its size in the plane of z
  vec2 xy = vec2(gl_FragCoord.x - 0.5 * size.x, 0.5 * size.y - gl_FragCoord.y) * pixel;
  vec2 z = vec2(rotation.x * xy.x - rotation.y * xy.y, rotation.y * xy.x + rotation.x * xy.y);
  vec3 total = vec3(0.0);
  for (int n = 0; n < samples * samples; n++) {
    vec2 offset = (vec2(n % samples, n / samples) + 0.5) / float(samples) - 0.5;
    total += julia_color(z + offset * pixel, detail_scale * pixel / float(samples));
  }
  pixel_color = vec4(total / float(samples * samples), 1.0);
}` }];
