// From the outputs of the model to the controls of the picture: smoothing, and integration of speeds to angles.

import constants from "../constants.json";
import { evaluate } from "./expressions";
import type { Surface } from "./light";
import type { Uniforms } from "./shaderCanvas";

export const { parameters: PARAMETERS } = constants.julia;
const { speed: SPEED, turn: TURN, control_limits: CONTROL_LIMITS, extent: EXTENT } = constants.julia;
export const REST = Float32Array.from(PARAMETERS, ({ rest }) => rest);
const INDEX = Object.fromEntries(PARAMETERS.map(({ name }, n) => [name, n]));

/** The controls of a frame; `angle` and `rotation` in radians. */
export interface Controls {
  angle: number;
  rotation: number;
  distance: number;
  zoom: number;
  hue: number;
  saturation: number;
  brightness: number;
}

/** c = distance (e^(i angle) / 2 - e^(2 i angle) / 4). */
export function juliaConstant(angle: number, distance: number): [number, number] {
  const part = (f: (x: number) => number) => distance * (f(angle) / 2 - f(2 * angle) / 4);
  return [part(Math.cos), part(Math.sin)];
}

/** The uniforms of the Julia shader; `samples` points across a pixel and down it. */
export function uniforms(controls: Controls, iterations: number, samples: number): Uniforms {
  const { angle, distance, rotation, zoom, hue, saturation, brightness } = controls;
  return {
    c: juliaConstant(angle, distance),
    turn: [(EXTENT / zoom) * Math.cos(rotation), (EXTENT / zoom) * Math.sin(rotation)],
    zoom,
    tint: [hue, saturation, brightness],
    iterations,
    samples,
    detail_scale: 1,
  };
}

/** The color of highlights: that of the glow around the set, linear light. */
export function accent({ hue, saturation, brightness }: Controls): number[] {
  const glow = evaluate(constants.julia.accent, { hue, saturation, brightness });
  const brightest = Math.max(...glow, constants.julia.min_accent);
  return glow.map((channel) => channel / brightest);
}

/** The settings of the field that have sliders on the page, by name. */
export type Look = Record<string, number>;
export const LOOK: Look = Object.fromEntries(constants.julia.look.map(({ name, value }) => [name, value]));

/** A look with its light and finish. */
export interface LitLook extends Surface {
  values: Look;
}

/** Preset looks by name. */
export const PRESETS: Record<string, LitLook> = constants.julia.presets;

const clamp = (value: number, [low, high]: number[]) => Math.min(Math.max(value, low), high);

/** Smooths and integrates the parameters as they arrive; explorer/fields/julia/timeline.py does it for a track. */
export class Motion {
  readonly values = Float64Array.from(REST);
  look: Look = { ...LOOK };
  private angle = 0; // integrated, in radians
  private rotation = 0;

  /** Advance by some seconds toward `target`, most of the way in `smoothing` seconds; `motionScale` scales all motion. */
  advance(target: ArrayLike<number>, seconds: number, smoothing: number, motionScale = 1): void {
    const { audio_gain, speed, travel } = this.look;
    const share = smoothing > 0 ? 1 - Math.exp(-seconds / smoothing) : 1;
    PARAMETERS.forEach(({ name, low, high, rest }, n) => {
      const gain = name === "speed" || name === "turn" ? 1 : audio_gain;
      const goal = clamp(rest + gain * (target[n] - rest), [low, high]);
      this.values[n] += share * (goal - this.values[n]);
    });
    const step = seconds * motionScale;
    this.angle += (SPEED * speed * audio_gain * this.values[INDEX.speed] + travel) * step;
    this.rotation += TURN * speed * audio_gain * this.values[INDEX.turn] * step;
  }

  get controls(): Controls {
    const { look } = this;
    const value = (name: string) => this.values[INDEX[name]];
    return {
      angle: look.start_angle + this.angle,
      rotation: look.rotation + this.rotation,
      distance: clamp(1 + look.distance * (value("distance") - 1), CONTROL_LIMITS.distance),
      zoom: look.zoom * value("zoom"),
      hue: look.hue + value("hue"),
      saturation: clamp(look.saturation * value("saturation"), CONTROL_LIMITS.saturation),
      brightness: clamp(look.brightness * value("brightness"), CONTROL_LIMITS.brightness),
    };
  }
}
