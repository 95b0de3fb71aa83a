// The passes of a network that WebGPU has computed: its numbers are in the texture `weights`, rows from the top.

import { LINEAR_LIGHT, litShader } from "../picture/light.glsl";
import { NEUTRAL } from "../picture/light";
import type { Shader } from "../picture/shaderCanvas";
import { SINE } from "../picture/sine.glsl";
import type { WideNetwork } from "./computedNetwork";

const fragment = (functions: string, color: string) => `#version 300 es
precision highp float;
precision highp sampler2D;
uniform vec2 size;
uniform sampler2D weights;
out vec4 pixel_color;
${functions}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  pixel_color = ${color};
}`;

/** The shader of a network, with its light and finish if it has any. */
export function texelShader({ light, finish }: WideNetwork, hasFront = false): Shader {
  if (!light && !finish) return [{ fragment: fragment("", "texelFetch(weights, ivec2(at.x, int(size.y) - 1 - at.y), 0)") }];
  const texel = "texelFetch(weights, at, 0)";
  const numbers = light ? fragment("", texel) : fragment(SINE + LINEAR_LIGHT, `vec4(linear_light(${texel}.rgb), 0.0)`);
  return litShader(numbers, light, finish ?? NEUTRAL, hasFront);
}
