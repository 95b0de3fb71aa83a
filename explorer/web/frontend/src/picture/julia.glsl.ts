// The Julia set as a fragment shader. Its formulas are those of explorer/fields/julia/formulas.py, translated; the
// orbit is written here. A test compares the pictures of the page with those of Python.

import constants from "../constants.json";

const { escape, trapped, extent, formulas } = constants.julia;
const { to_lms, to_linear } = constants.oklab;

/** A number as GLSL writes it. */
export const float = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);
const row = (numbers: number[], vector: string): string =>
  `dot(vec3(${numbers.map(float).join(", ")}), ${vector})`;
const product = (matrix: number[][], vector: string): string =>
  `vec3(${matrix.map((numbers) => row(numbers, vector)).join(", ")})`;

/** OKLab to sRGB, cut off at 0 and 1 (Bjorn Ottosson, 2020). */
export const OKLAB = `
vec3 oklab_to_srgb(float lightness, float a, float b) {
  vec3 lab = vec3(lightness, a, b);
  vec3 lms = ${product(to_lms, "lab")};
  lms = lms * lms * lms;
  vec3 linear = clamp(${product(to_linear, "lms")}, 0.0, 1.0);
  return mix(1.055 * pow(max(linear, 1e-9), vec3(1.0 / 2.4)) - 0.055, 12.92 * linear, vec3(lessThanEqual(linear, vec3(0.0031308))));
}`;

export const JULIA = `#version 300 es
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

${OKLAB}
${formulas.join("\n")}

// The color of a point in the plane of z; pixel is the distance of two samples.
vec3 julia_color(vec2 z, float pixel) {
  float squared = dot(z, z), slope = 1.0, trap = 1e9;
  float nu = float(iterations), seen = 0.0;
  for (int n = 1; n <= iterations; n++) {
    slope = min(slope * 4.0 * squared, 1e30);
    z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
    squared = dot(z, z);
    if (squared > ${float(escape * escape)}) {
      nu = escape_time(float(n), squared);
      seen = seen_of(squared, slope, pixel);
      break;
    }
    if (n <= ${trapped}) trap = min(trap, squared);
  }
  return colour(nu, tone_of(nu), seen, trap, tint.x, tint.y, tint.z);
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
}`;
