// Light and finish of a moment as numbers for the shaders: explorer/fields/light/shading.py and finish.py.

import constants from "../constants.json";
import { evaluate } from "./expressions";
import type { Uniforms } from "./shaderCanvas";

const { delay_seconds, glows } = constants.light;

/** The settings of light, as Python names them; lengths are in half the shorter side. */
export interface Light {
  on: boolean;
  relief: number;
  direction: number; // degrees
  elevation: number; // degrees
  ambient: number;
  diffuse: number;
  specular: number;
  shininess: number;
  rim: number;
  film: number;
  lines: number;
  line_width: number;
  dynamics: number;
  swell: number;
  rings: number;
  ring_speed: number;
  focus_x: number;
  focus_y: number;
}

export interface Finish {
  on: boolean;
  exposure: number;
  bloom: number;
  threshold: number;
  filmic: boolean;
  vignette: number;
  grain: number;
  samples: number;
}

/** Light and finish of a field, which may be off. */
export interface Surface {
  light: Light;
  finish: Finish;
}

export const OFF: Surface = constants.light.off;

export const NEUTRAL: Finish = { on: true, exposure: 1, bloom: 0, threshold: 0, filmic: false, vignette: 0, grain: 0, samples: 1 };

/** What light takes from the sound: loudness in [0, 1], and hits in [0, 1] now and at earlier times. */
export interface LightMoment {
  loud: number;
  swell: number; // how far loudness rises over seconds, in [0, 1]
  hits: ArrayLike<number>;
}

/** The uniforms of the shading for a size of the picture. */
function lightUniforms(light: Light, accent: number[], moment: LightMoment, samples: number, width: number, height: number): Uniforms {
  return {
    n: lightNumbers(light, accent, moment, 2 / (Math.min(width, height) * samples)),
    history: Float32Array.from(moment.hits),
    delays_per_length: 1 / (light.ring_speed * delay_seconds),
    focus: [light.focus_x, light.focus_y],
  };
}

/** All uniforms of light and finish, as far as they are on. */
export function surfaceUniforms(light: Light | null, finish: Finish | null, accent: number[], moment: LightMoment, seed: number, width: number, height: number): Uniforms {
  if (!light && !finish) return {};
  const { samples } = finish ?? NEUTRAL;
  return { ...finishUniforms(finish ?? NEUTRAL, seed), ...(light && lightUniforms(light, accent, moment, samples, width, height)) };
}

/** The uniforms of the finish; `seed` changes the grain from frame to frame. */
function finishUniforms(finish: Finish, seed: number): Uniforms {
  return {
    f: [finish.exposure, 0, finish.vignette, finish.grain],
    glow_shares: glows.map(([share]) => share * finish.bloom),
    seed: finish.grain ? seed % 65536 : 0,
  };
}

/** The numbers of a moment, `NUMBERS` in shading.py, for pixels of a size. */
function lightNumbers(light: Light, [red, green, blue]: number[], { loud, hits, swell }: LightMoment, pixel: number): number[] {
  const settings = light as unknown as Record<string, number>;
  return evaluate(constants.light.numbers, { ...settings, loud, hit: hits[0], swell_now: swell, red, green, blue, pixel });
}
