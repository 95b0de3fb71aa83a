// A CPPN as a fragment shader, generated for the shape of a network; its weights are in a texture.

import { COLOR, float } from "../picture/glsl";
import { LIGHT_FORMULAS, LINEAR_LIGHT, litShader } from "../picture/light.glsl";
import { SINE, SINE_OF_VECTORS } from "../picture/sine.glsl";
import { NEUTRAL } from "../picture/light";
import type { Shader } from "../picture/shaderCanvas";
import type { Network } from "./network";

const ACTIVATIONS: Record<string, string> = {
  sin: "sine(z)",
  cos: "sine(z + 1.5707963267948966)",
  gaussian: "exp(-z * z)",
  tanh: "(1.0 - 2.0 / (exp(2.0 * clamp(z, -15.0, 15.0)) + 1.0))",
};

/** u in [0, 1]^3 to sRGB (explorer/fields/palette_torch.py). */
function applyPalette({ palette }: Network): string {
  if (palette.kind === "rgb") return "vec3 apply_palette(vec3 u) { return u; }";
  const numbers = palette.numbers as number[];
  if (palette.kind === "table") return tableLookup(numbers);
  return `${COLOR}
const float palette[${numbers.length}] = float[${numbers.length}](${numbers.map(float).join(", ")});
vec3 apply_palette(vec3 u) { return clamp(${palette.kind}_color(u.x, u.y, u.z, palette), 0.0, 1.0); }`;
}

/** A path of colors, three numbers each: the second number is the position on it. */
function tableLookup(numbers: number[]): string {
  const count = numbers.length / 3;
  const colors = Array.from({ length: count }, (_, n) => `vec3(${numbers.slice(3 * n, 3 * n + 3).map(float).join(", ")})`);
  return `
const vec3 palette[${count}] = vec3[${count}](${colors.join(", ")});
vec3 apply_palette(vec3 u) {
  float position = clamp(u.y, 0.0, 1.0) * ${float(count - 1)};
  int below = min(int(position), ${count - 2});
  return mix(palette[below], palette[below + 1], position - float(below));
}`;
}

/** Pixel coordinates, folded by the symmetry (`pixel_inputs` in explorer/fields/cppn/drawing.py). */
function pixelInputs({ settings, pixel_inputs }: Network): string {
  const symmetry = Number(settings.symmetry), sector = float((2 * Math.PI) / Math.max(1, symmetry));
  const folded = `float angle = atan(xy.y, xy.x) + ${sector} * 0.5;
  angle = abs(angle - ${sector} * floor(angle / ${sector}) - ${sector} * 0.5);
  xy = radius * vec2(cos(angle), sin(angle));`;
  return `
vec3 pixel_inputs(vec2 xy) {
  float radius = length(xy);
  ${symmetry === 1 ? "xy.x = abs(xy.x);" : symmetry > 1 ? folded : ""}
  return vec3(xy, ${pixel_inputs === 3 ? "radius" : "0.0"}) * ${float(Number(settings.coord_scale))};
}`;
}

/** A layer from `width` vectors in h; its rows in the texture begin at `row`. */
const layer = (row: number, width: number, vectors: number, target: string) => `
  for (int j = 0; j < ${vectors}; j++) {
    vec4 sum = vec4(0.0);
    for (int i = 0; i < ${width}; i++) {
      int neuron = ${row} + 4 * j;
      sum += vec4(dot(weight(i, neuron), h[i]), dot(weight(i, neuron + 1), h[i]), dot(weight(i, neuron + 2), h[i]), dot(weight(i, neuron + 3), h[i]));
    }
    ${target}
  }`;

/** Color and height of a lit network; the table of the palette follows the weights in the texture. */
function surfaceOf({ shapes, activations, pixel_inputs }: Network, colors: number): string {
  const row = pixel_inputs + 4 * Math.ceil(shapes[0][0] / 4) * (activations.length - 1) + 4;
  return `
uniform vec4 standard; // mean of height and hue, and their scales
${LIGHT_FORMULAS}
vec4 surface_of(vec3 result) {
  float position = tone((result.y - standard.y) * standard.w) * ${float(colors - 1)};
  int below = min(int(position), ${colors - 2});
  vec3 color = mix(weight(0, ${row} + below).rgb, weight(0, ${row} + below + 1).rgb, position - float(below));
  return vec4(color, (result.x - standard.x) * standard.z);
}`;
}

const FLAT = `
vec4 flat_color(vec3 result) { return vec4(apply_palette(1.0 / (1.0 + exp(-result))), 1.0); }`;

/** The shader of a network, with its light and finish if it has any. */
export function cppnShader(network: Network, hasFront = false): Shader {
  const { light, finish, surface } = network;
  if (!light && !finish) return [{ fragment: networkFragment(network, FLAT, "flat_color(result)", 0) }];
  const { samples } = finish ?? NEUTRAL;
  const numbers = surface
    ? networkFragment(network, surfaceOf(network, surface.table.length / 3), "surface_of(result)", samples)
    : networkFragment(network, FLAT + LINEAR_LIGHT, "vec4(linear_light(flat_color(result).rgb), 0.0)", samples);
  return litShader(numbers, light, finish ?? NEUTRAL, hasFront);
}

/** The outputs of a network as a color; for light `samples` points across a pixel, rows from the top and a border of one. */
function networkFragment(network: Network, functions: string, color: string, samples: number): string {
  const width = Math.ceil(network.shapes[0][0] / 4);
  const { pixel_inputs, activations } = network;
  const activate = (name: string) => `
  for (int j = 0; j < ${width}; j++) { vec4 z = next[j]; h[j] = ${ACTIVATIONS[name]}; }`;
  const hidden = activations.slice(1).map((name, n) =>
    layer(pixel_inputs + 4 * width * n, width, width, "next[j] = sum;") + activate(name));
  const last = layer(pixel_inputs + 4 * width * (activations.length - 1), width, 1, "result = sum.xyz;");
  return `#version 300 es
precision highp float;
precision highp sampler2D;
uniform vec2 size;
uniform vec4 bias[${width}];  // of the first layer: time and features
uniform sampler2D weights;
out vec4 pixel_color;
${SINE}${SINE_OF_VECTORS}
${network.surface ? "" : applyPalette(network)}
${pixelInputs(network)}
vec4 weight(int column, int row) { return texelFetch(weights, ivec2(column, row), 0); }
${functions}

void main() {
  vec2 xy = ${samples ? `((gl_FragCoord.xy - 1.0) / ${float(samples)} - 0.5 * size)` : "vec2(gl_FragCoord.x - 0.5 * size.x, 0.5 * size.y - gl_FragCoord.y)"} * (2.0 / min(size.x, size.y));
  vec3 inputs = pixel_inputs(xy);
  vec4 h[${width}], next[${width}];
  vec3 result = vec3(0.0);
  for (int j = 0; j < ${width}; j++) {
    next[j] = bias[j] + inputs.x * weight(j, 0) + inputs.y * weight(j, 1)${pixel_inputs === 3 ? " + inputs.z * weight(j, 2)" : ""};
  }${activate(activations[0])}${hidden.join("")}${last}
  pixel_color = ${color};
}`;
}
