// From what the model says to where the picture is: smoothed, and speeds integrated into angles.

import constants from "../constants.json";
import type { Uniforms } from "./canvas";

export const { parameters: PARAMETERS } = constants.julia;
const { speed: SPEED, turn: TURN, limits: LIMITS } = constants.julia;
export const REST = Float32Array.from(PARAMETERS, ({ rest }) => rest);
const INDEX = Object.fromEntries(PARAMETERS.map(({ name }, n) => [name, n]));

/** How the picture of one moment is steered; `angle` and `rotation` in radians. */
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
export function constant(angle: number, distance: number): [number, number] {
  const part = (f: (x: number) => number) => distance * (f(angle) / 2 - f(2 * angle) / 4);
  return [part(Math.cos), part(Math.sin)];
}

/** The uniforms of the Julia shader; `samples` points across a pixel and down it. */
export function uniforms(controls: Controls, iterations: number, samples: number): Uniforms {
  const { angle, distance, rotation, zoom, hue, saturation, brightness } = controls;
  return {
    c: constant(angle, distance),
    turned: [Math.cos(rotation), Math.sin(rotation)],
    zoom,
    tint: [hue, saturation, brightness],
    iterations,
    samples,
    fine: 1,
  };
}

/** The settings of the field that the page has sliders for, by name. */
export type Look = Record<string, number>;
export const LOOK: Look = Object.fromEntries(constants.julia.look.map(({ name, value }) => [name, value]));

/** Ready-made looks by name. */
export const PRESETS: Record<string, Look> = constants.julia.presets;

const clamp = (value: number, [low, high]: number[]) => Math.min(Math.max(value, low), high);

/** The picture's way through its parameters (explorer/fields/julia/timeline.py, as it happens). */
export class Motion {
  readonly values = Float64Array.from(REST);
  look: Look = { ...LOOK };
  private travelled = 0; // radians that `angle` and `rotation` have gone
  private turned = 0;

  /** Go on for some seconds towards `target`, most of the way in `smoothing` seconds; `pace` scales all motion. */
  advance(target: ArrayLike<number>, seconds: number, smoothing: number, pace = 1): void {
    const { audio_gain, speed, travel } = this.look;
    const share = smoothing > 0 ? 1 - Math.exp(-seconds / smoothing) : 1;
    PARAMETERS.forEach(({ name, low, high, rest }, n) => {
      const gain = name === "speed" || name === "turn" ? 1 : audio_gain;
      const aim = clamp(rest + gain * (target[n] - rest), [low, high]);
      this.values[n] += share * (aim - this.values[n]);
    });
    const step = seconds * pace;
    this.travelled += (SPEED * speed * audio_gain * this.values[INDEX.speed] + travel) * step;
    this.turned += TURN * speed * audio_gain * this.values[INDEX.turn] * step;
  }

  get controls(): Controls {
    const { look } = this;
    const at = (name: string) => this.values[INDEX[name]];
    return {
      angle: look.start_angle + this.travelled,
      rotation: look.rotation + this.turned,
      distance: clamp(1 + look.distance * (at("distance") - 1), LIMITS.distance),
      zoom: look.zoom * at("zoom"),
      hue: look.hue + at("hue"),
      saturation: clamp(look.saturation * at("saturation"), LIMITS.saturation),
      brightness: clamp(look.brightness * at("brightness"), LIMITS.brightness),
    };
  }
}
