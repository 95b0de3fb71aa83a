// The Julia set as a fragment shader: explorer/fields/julia/formulas.py, line by line, in GLSL. A test compares
// the pictures of the two.

import constants from "../constants.json";

const { escape, trapped, extent } = constants.julia;
const { to_lms, to_linear } = constants.oklab;

/** A number as GLSL writes it. */
export const float = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);
const row = (numbers: number[], vector: string): string =>
  `dot(vec3(${numbers.map(float).join(", ")}), ${vector})`;
const product = (matrix: number[][], vector: string): string =>
  `vec3(${matrix.map((numbers) => row(numbers, vector)).join(", ")})`;

/** OKLab to sRGB, cut off at 0 and 1 (Bjorn Ottosson, 2020). */
export const OKLAB = `
vec3 oklab_to_srgb(vec3 lab) {
  vec3 lms = ${product(to_lms, "lab")};
  lms = lms * lms * lms;
  vec3 linear = clamp(${product(to_linear, "lms")}, 0.0, 1.0);
  return mix(1.055 * pow(max(linear, 1e-9), vec3(1.0 / 2.4)) - 0.055, 12.92 * linear, vec3(lessThanEqual(linear, vec3(0.0031308))));
}`;

export const JULIA = `#version 300 es
precision highp float;
uniform vec2 size;        // of the picture, in pixels
uniform vec2 c;
uniform vec2 turned;      // cosine and sine of the rotation
uniform float zoom;
uniform vec3 tint;        // hue, saturation, brightness
uniform int iterations;
uniform int samples;      // across a pixel and down it
out vec4 pixel_colour;

const float TAU = 6.283185307179586;
${OKLAB}

vec3 colour(float nu, float tone, float seen, float trap) {
  float near = sqrt(max(1.0 - tone, 1e-6));
  float cube = tone * tone * tone;
  float depth = log2(nu + 1.0);
  float wave = cos(depth * 8.0) * cube;
  float outer = seen * exp(-nu * nu * 0.0006);
  float around = near * (cube * 2.1 + tone * 0.22) + cube * cube * (wave * 0.08 + 0.34);
  float within = exp(-trap * 5.0);
  float light = 0.10 + within * 0.42 + (around - within * 0.42) * outer;
  float shift = (within * 0.24 + 0.12) * (1.0 - outer) + (depth * 0.04 + wave * 0.02) * outer;
  float angle = (tint.x + tone * 0.24 + shift - 0.38) * TAU;
  float chroma = tint.y * (light * (1.08 - light) * 0.54 + 0.03);
  float shade = tint.z * 0.65 + 0.35;
  return oklab_to_srgb(vec3(light, cos(angle) * chroma, sin(angle) * chroma) * shade);
}

// The colour of a point of the plane of z.
vec3 painted(vec2 z, float pixel) {
  float squared = dot(z, z), slope = 1.0, trap = 1e9;
  float nu = float(iterations), seen = 0.0;
  for (int n = 1; n <= iterations; n++) {
    slope = min(slope * 4.0 * squared, 1e30);
    z = vec2(z.x * z.x - z.y * z.y, 2.0 * z.x * z.y) + c;
    squared = dot(z, z);
    if (squared > ${float(escape * escape)}) {
      float log_squared = log2(squared);
      nu = max(float(n) + ${Math.log2(2 * Math.log2(escape))} - log2(log_squared), 0.0);
      float distance = log_squared * 0.34657359027997264;             // over |z| / |dz/dz0|
      seen = 1.0 - exp(-squared * distance * distance / (slope * pixel * pixel));
      break;
    }
    if (n <= ${trapped}) trap = min(trap, squared);
  }
  return colour(nu, 1.0 - exp(-nu * 0.25), seen, trap);
}

void main() {
  float pixel = 2.0 / min(size.x, size.y) * ${float(extent)} / zoom;  // its size in the plane of z
  vec2 xy = vec2(gl_FragCoord.x - 0.5 * size.x, 0.5 * size.y - gl_FragCoord.y) * pixel;
  vec2 z = vec2(turned.x * xy.x - turned.y * xy.y, turned.y * xy.x + turned.x * xy.y);
  vec3 total = vec3(0.0);
  for (int n = 0; n < samples * samples; n++) {
    vec2 within = (vec2(n % samples, n / samples) + 0.5) / float(samples) - 0.5;
    total += painted(z + within * pixel, pixel);
  }
  pixel_colour = vec4(total / float(samples * samples), 1.0);
}`;
