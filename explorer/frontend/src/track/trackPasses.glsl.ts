// What a field along a track adds to its shaders: a change of section, and the dimming of the flash limiter.

import constants from "../constants.json";
import { float } from "../picture/glsl";
import type { Pass, Shader } from "../picture/shaderCanvas";

const { edge, front, front_height } = constants.sections;
const { slope, limit, scale, offset, gamma } = constants.color.srgb;

/** The surfaces of two sections, mixed by a ring that runs outward behind a front (fields/section_change.py). */
const mixture = (samples: number) => `#version 300 es
precision highp float;
precision highp sampler2D;
uniform vec2 size;
uniform sampler2D before, after;
uniform vec2 front;  // radius and glow
out vec4 pixel_color;

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec2 xy = ((gl_FragCoord.xy - 1.0) / ${float(samples)} - 0.5 * size) * (2.0 / min(size.x, size.y));
  float behind = front.x - length(xy);
  vec4 old = texelFetch(before, at, 0), new = texelFetch(after, at, 0);
  pixel_color = old + (new - old) / (1.0 + exp(-clamp(behind / ${float(edge)}, -60.0, 60.0)));
  behind /= ${float(front)};
  pixel_color.a += ${float(front_height)} * exp(-behind * behind) * front.y;
}`;

/** A lit shader whose surface changes from that of another: parts 1 and 0. */
export function changeShader(before: Shader, after: Shader, samples: number): Shader {
  const [surface, ...others] = after;
  const { size } = surface as Required<Pass>;
  return [
    { ...before[0], name: "before", part: 1 },
    { ...surface, name: "after" },
    { name: "surface", fragment: mixture(samples), inputs: { before: "before", after: "after" }, size },
    ...others,
  ];
}

/** A shader whose picture is dimmed by `exposure`: relative luminance is multiplied (rendering/flash_limiter.py). */
export function dimmableShader(shader: Shader): Shader {
  const last = shader.at(-1)!;
  const fragment = `${last.fragment.replace("void main()", "void draw_undimmed()")}
uniform float exposure;
float dimmed(float level) {
  float light = exposure * (level <= ${float(limit)} ? level / ${float(slope)} : pow((level + ${float(offset)}) / ${float(scale)}, ${float(gamma)}));
  return light <= ${float(limit / slope)} ? light * ${float(slope)} : ${float(scale)} * pow(light, ${float(1 / gamma)}) - ${float(offset)};
}
void main() {
  draw_undimmed();
  vec3 color = clamp(pixel_color.rgb, 0.0, 1.0);
  if (exposure < 1.0) pixel_color.rgb = vec3(dimmed(color.r), dimmed(color.g), dimmed(color.b));
}`;
  return [...shader.slice(0, -1), { ...last, fragment }];
}
