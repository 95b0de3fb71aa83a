// A field whose formulas the server translated: graph CPPNs, patterns and sketches (explorer/shaders).

import constants from "../constants.json";
import { evaluate, type Program } from "../picture/expressions";
import { float } from "../picture/glsl";
import { NEUTRAL, surfaceUniforms, type Finish, type Light, type LightMoment } from "../picture/light";
import { LINEAR_LIGHT, litShader } from "../picture/light.glsl";
import type { Shader, TextureData, Uniforms } from "../picture/shaderCanvas";
import { SINE } from "../picture/sine.glsl";

const { delays, curve_steps } = constants.graph;
const { max_number } = constants.sketch;
const TEXTURE_WIDTH = (delays - 1) * curve_steps + 1; // a palette is one narrower

export interface ProgramField {
  kind: "graph" | "patterns" | "sketch";
  settings: Record<string, unknown>;
  code: string; // `field_at`: color and height of a point
  numbers: Program; // of `p`
  accent: Program; // the color of highlights
  palettes: number[][]; // three numbers to a color
  is_linear: boolean; // colors are linear light, else sRGB
  light: Light | null;
  finish: Finish | null;
}

/** The shader of a field, with its light and finish if it has any. */
export function programShader(field: ProgramField, hasFront = false): Shader {
  const { light, finish, is_linear } = field;
  if (!light && !finish) return [{ fragment: fragment(field, "vec2(gl_FragCoord.x - 0.5 * size.x, 0.5 * size.y - gl_FragCoord.y)", 1, "vec4(point.rgb, 1.0)") }];
  const { samples } = finish ?? NEUTRAL;
  const at = `((gl_FragCoord.xy - 1.0) / ${float(samples)} - 0.5 * size)`; // rows from the top, and a border of one
  return litShader(fragment(field, at, samples, is_linear ? "point" : "vec4(linear_light(point.rgb), point.a)"), light, finish ?? NEUTRAL, hasFront);
}

const fragment = ({ code, numbers }: ProgramField, at: string, samples: number, color: string) => `#version 300 es
precision highp float;
precision highp sampler2D;
uniform vec2 size;
uniform vec4 p[${Math.ceil(numbers.outputs.length / 4)}];  // the numbers of the moment
uniform sampler2D weights;  // the sound of the last seconds, then palettes
uniform float detail_scale; // of the distance of two points, for anti-aliasing: 1, or less in a small copy for measuring
out vec4 pixel_color;
${SINE}
${LINEAR_LIGHT}

vec3 look_up(float row, float entries, float position) {
  position = clamp(position, 0.0, entries - 1.0);
  int below = min(int(position), int(entries) - 2);
  vec3 low = texelFetch(weights, ivec2(below, int(row)), 0).rgb, high = texelFetch(weights, ivec2(below + 1, int(row)), 0).rgb;
  return low + (high - low) * (position - float(below));
}
${code}

void main() {
  float unit = 2.0 / min(size.x, size.y);
  vec2 xy = ${at} * unit;
  vec4 point = field_at(xy.x, xy.y, detail_scale * unit / ${float(samples)});
  pixel_color = ${color};
}`;

/** The texture of a field: a row for the sound of the last seconds, which is set later, and its palettes. */
export function packPalettes({ palettes }: ProgramField): TextureData {
  const height = 1 + palettes.length, data = new Float32Array(4 * TEXTURE_WIDTH * height);
  palettes.forEach((palette, row) => palette.forEach((value, n) => {
    data[4 * (TEXTURE_WIDTH * (row + 1) + Math.floor(n / 3)) + (n % 3)] = value;
  }));
  return { width: TEXTURE_WIDTH, height, data };
}

/** A number that 32 bits hold, and 0 for what is none (`numbers_at` of explorer/fields/sketch/program.py). */
const finite = (value: number) => Math.min(Math.max(value || 0, -max_number), max_number);

/** The uniforms of a moment: `inputs` are its clocks, levels and shares by name. */
export function programUniforms(field: ProgramField, inputs: Record<string, number>, moment: LightMoment, seed: number, width: number, height: number): Uniforms {
  const numbers = evaluate(field.numbers, inputs).map(finite);
  const p = new Float32Array(4 * Math.ceil(numbers.length / 4));
  p.set(numbers);
  const accent = field.light ? evaluate(field.accent, inputs) : [];
  return { p, detail_scale: 1, ...surfaceUniforms(field.light, field.finish, accent, moment, seed, width, height) };
}
