// Light and finish as passes: numbers of a field -> light -> glow -> picture. The formulas are those of
// explorer/fields/light/formulas.py, translated. Rows of the textures begin at the top, as in Python. A test compares the pictures of the page with those of Python.

import constants from "../constants.json";
import { float } from "./glsl";
import { SINE } from "./sine.glsl";
import type { Finish, Light } from "./light";
import type { Pass, Shader } from "./shaderCanvas";

const { formulas, glow_rows, glows, sizes, delays } = constants.light;
const { front, front_light } = constants.sections;

export const LIGHT_FORMULAS = formulas.join("\n"); // with `SINE` before them

/** Linear light of sRGB colors, `linear_light`. */
export const LINEAR_LIGHT = `
${constants.color.linear_light.join("\n")}
vec3 linear_light(vec3 color) {
  vec3 c = max(color, 0.0);
  return vec3(linear_light(c.r), linear_light(c.g), linear_light(c.b));
}`;

const HEAD = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform vec2 size; // of the picture, in pixels
${SINE}
`;

/** The bright front of a section that opens. */
const frontLight = (samples: number) => `
uniform vec2 front;  // radius and glow
float front_light(ivec2 at) {
  vec2 xy = ((vec2(at) - 0.5) / ${float(samples)} - 0.5 * size) * (2.0 / min(size.x, size.y));
  float away = (front.x - length(xy)) / ${float(front)};
  return front.y > 0.0 ? ${float(front_light)} * exp(-away * away) * front.y : 0.0;
}
`;

/** Light of a surface: red, green, blue and height in a texture with a border of one point. */
const shading = (light: Light | null, samples: number, hasFront: boolean) => `${HEAD}
uniform sampler2D surface;
uniform float n[${sizes.n}];
uniform float history[${delays}]; // of hits, the latest first
uniform float delays_per_length;
uniform vec2 focus;
out vec4 pixel_color;
${LIGHT_FORMULAS}

float ring_at(ivec2 at, float height) {
  vec2 xy = ((vec2(at) - 0.5) / ${float(samples)} - 0.5 * size) * (2.0 / min(size.x, size.y));
  float away = ring_distance(distance(xy, focus), height);
  float delay = clamp(away * delays_per_length, 0.0, ${float(delays - 1)});
  int before = min(int(delay), ${delays - 2});
  return mix(history[before], history[before + 1], delay - float(before)) * fall_off(away);
}

float height_at(ivec2 at) {
  float height = finite_height(texelFetch(surface, at, 0).a);
  return ${light?.rings ? "finite_height(height + ring_height(ring_at(at, height), n))" : "height"};
}

${hasFront ? frontLight(samples) : ""}
vec3 light_at(ivec2 at) {
  vec4 base = texelFetch(surface, at, 0);
  ${light ? litColor(light, hasFront) : "return base.rgb;"}
}

void main() {
  vec3 total = vec3(0.0);
  for (int k = 0; k < ${samples * samples}; k++) {
    total += light_at(ivec2(gl_FragCoord.xy) * ${samples} + ivec2(k % ${samples}, k / ${samples}) + 1);
  }
  pixel_color = vec4(total / ${float(samples * samples)}, 1.0);
}`;

const litColor = (light: Light, hasFront: boolean) => `
  float height = height_at(at), flat_height = finite_height(base.a);
  float emission = ${light.rings ? "ring_light(ring_at(at, flat_height), flat_height, n)" : "0.0"}${hasFront ? " + front_light(at)" : ""};
  float across = height_at(at + ivec2(1, 0)) - height_at(at - ivec2(1, 0));
  float down = height_at(at + ivec2(0, 1)) - height_at(at - ivec2(0, 1));
  vec3 up = normal(across, down, n);
  vec3 color = lit(up.x, up.y, up.z, base.r, base.g, base.b, n);
  ${light.film > 0 ? `
  float brightness = (base.r + base.g + base.b) * 0.33333333;
  color = film_color(up.x, up.y, up.z, height, color.r, color.g, color.b, brightness, n);` : ""}
  ${light.lines > 0 ? `
  float line = line_weight(height, across, down, n);
  color = vec3(lined_channel(color.r, line, n[12]), lined_channel(color.g, line, n[13]), lined_channel(color.b, line, n[14]));` : ""}
  return vec3(exposed(color.r, emission, n[12], n), exposed(color.g, emission, n[13], n), exposed(color.b, emission, n[14], n));`;

/** What lies above a threshold, as means of blocks. */
const REDUCTION = `${HEAD}
uniform sampler2D source;
uniform int factor;
uniform float threshold;
out vec4 pixel_color;

void main() {
  ivec2 last = textureSize(source, 0) - 1, first = ivec2(gl_FragCoord.xy) * factor;
  vec3 total = vec3(0.0);
  for (int y = 0; y < factor; y++) {
    for (int x = 0; x < factor; x++) total += max(texelFetch(source, min(first + ivec2(x, y), last), 0).rgb - threshold, 0.0);
  }
  pixel_color = vec4(total / float(factor * factor), 1.0);
}`;

/** A Gaussian along one axis, cut at three standard deviations. */
const BLUR = `${HEAD}
uniform sampler2D source;
uniform vec2 axis;
uniform float deviation;
out vec4 pixel_color;

void main() {
  ivec2 last = textureSize(source, 0) - 1;
  int reach = int(3.0 * deviation + 0.5);
  vec3 total = vec3(0.0);
  float weights = 0.0;
  for (int k = -reach; k <= reach; k++) {
    float weight = exp(-0.5 * float(k * k) / (deviation * deviation));
    total += weight * texelFetch(source, clamp(ivec2(gl_FragCoord.xy) + k * ivec2(axis), ivec2(0), last), 0).rgb;
    weights += weight;
  }
  pixel_color = vec4(total / weights, 1.0);
}`;

/** Glow, vignette, tone curve, grain and rounding. Noise: pcg3d (Jarzynski and Olano, JCGT 9, 2020). */
const finishing = (finish: Finish) => `${HEAD}
uniform sampler2D surface_light, ${glows.map((_, k) => `glow_${k}`).join(", ")};
uniform float f[${sizes.f}];
uniform vec3 glow_shares;
uniform vec3 glow_factors; // pixels of the picture to one of each glow
uniform float seed;
out vec4 pixel_color;
${LIGHT_FORMULAS}

vec3 glow_at(sampler2D glow, vec2 at, float factor) {
  ivec2 last = textureSize(glow, 0) - 1;
  vec2 place = clamp(at / factor - 0.5, vec2(0.0), vec2(last));
  ivec2 a = ivec2(place), b = min(a + 1, last);
  vec2 share = place - vec2(a);
  vec3 lower = mix(texelFetch(glow, a, 0).rgb, texelFetch(glow, ivec2(b.x, a.y), 0).rgb, share.x);
  vec3 upper = mix(texelFetch(glow, ivec2(a.x, b.y), 0).rgb, texelFetch(glow, b, 0).rgb, share.x);
  return mix(lower, upper, share.y);
}

vec3 noise() {
  uvec3 v = uvec3(gl_FragCoord.xy, seed) * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> 16u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return vec3(v) / 4294967296.0;
}

void main() {
  vec2 at = vec2(gl_FragCoord.x, size.y - gl_FragCoord.y);
  vec3 color = texelFetch(surface_light, ivec2(at), 0).rgb;
  ${finish.bloom ? glows.map((_, k) => `color += glow_shares[${k}] * glow_at(glow_${k}, at, glow_factors[${k}]);`).join("\n  ") : ""}
  vec2 place = at / size * 2.0 - 1.0;
  color *= darkened(place.x, place.y, f) * f[0];
  ${finish.filmic ? "color = filmic(color.r, color.g, color.b);" : ""}
  vec3 random = noise();
  color = encoded(color.r, color.g, color.b, random.x + random.y - 1.0, f);
  pixel_color = vec4(color + (random.z - 0.5) / 255.0, 1.0);
}`;

/** The passes of a field with light, finish or both; `numbers` draws its surface (or its light, without light). `hasFront`: a section may open with a bright front. */
export function litShader(numbers: string, light: Light | null, finish: Finish, hasFront = false): Shader {
  const { samples, bloom } = finish;
  const glowInputs = bloom ? Object.fromEntries(glows.map((_, k) => [`glow_${k}`, `glow_${k}`])) : {};
  return [
    { name: "surface", fragment: numbers, size: (width, height) => [width * samples + 2, height * samples + 2] },
    { name: "surface_light", fragment: shading(light, samples, hasFront), inputs: { surface: "surface" }, size: (width, height) => [width, height] },
    ...(bloom ? glowPasses(finish.threshold) : []),
    {
      fragment: finishing(finish),
      inputs: { surface_light: "surface_light", ...glowInputs },
      values: (width, height) => ({ glow_factors: glows.map(([, , reduction]) => reduction * glowFactor(width, height)) }),
    },
  ];
}

/** The light above the threshold, reduced and blurred at every radius. */
function glowPasses(threshold: number): Pass[] {
  const size = (reduction: number) => (width: number, height: number): [number, number] => {
    const factor = glowFactor(width, height);
    return [Math.ceil(Math.ceil(width / factor) / reduction), Math.ceil(Math.ceil(height / factor) / reduction)];
  };
  const source: Pass = {
    name: "bright", fragment: REDUCTION, inputs: { source: "surface_light" }, size: size(1),
    values: (width, height) => ({ factor: glowFactor(width, height), threshold }),
  };
  const blurs = glows.flatMap(([, radius, reduction], k): Pass[] => {
    const blur = (axis: number[], input: string, name: string): Pass => ({
      name, fragment: BLUR, inputs: { source: input }, size: size(reduction),
      values: (width, height) => ({ axis, deviation: (radius * Math.min(width, height)) / glowFactor(width, height) / reduction }),
    });
    const reduced: Pass = {
      name: `reduced_${k}`, fragment: REDUCTION, inputs: { source: "bright" }, size: size(reduction),
      values: () => ({ factor: reduction, threshold: 0 }),
    };
    const input = reduction > 1 ? reduced.name! : "bright";
    return [...(reduction > 1 ? [reduced] : []), blur([1, 0], input, `across_${k}`), blur([0, 1], `across_${k}`, `glow_${k}`)];
  });
  return [source, ...blurs];
}

/** Pixels of the picture to one of the image that the glow is blurred in. */
const glowFactor = (width: number, height: number) => Math.max(1, Math.round(Math.min(width, height) / glow_rows));
