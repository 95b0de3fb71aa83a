// From what the model says to where the picture is: smoothed, and speeds integrated into angles.

import constants from "../constants.json";
import type { Uniforms } from "./canvas";

export const { parameters: PARAMETERS } = constants.julia;
const { speed: SPEED, turn: TURN } = constants.julia;
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

/** The uniforms of the Julia shader. */
export function uniforms(controls: Controls, iterations: number): Uniforms {
  const { angle, distance, rotation, zoom, hue, saturation, brightness } = controls;
  return {
    c: constant(angle, distance),
    turned: [Math.cos(rotation), Math.sin(rotation)],
    zoom,
    tint: [hue, saturation, brightness],
    iterations,
  };
}

/** The picture's way through its parameters. */
export class Motion {
  readonly values = Float64Array.from(REST);
  rotation = 0;

  constructor(public angle: number) {}

  /** Go on for some seconds towards `target`, most of the way in `smoothing` seconds; `pace` scales all motion. */
  advance(target: ArrayLike<number>, seconds: number, smoothing: number, pace = 1): void {
    const share = smoothing > 0 ? 1 - Math.exp(-seconds / smoothing) : 1;
    for (let n = 0; n < this.values.length; n++) this.values[n] += share * (target[n] - this.values[n]);
    this.angle += SPEED * this.values[INDEX.speed] * seconds * pace;
    this.rotation += TURN * this.values[INDEX.turn] * seconds * pace;
  }

  get controls(): Controls {
    const at = (name: string) => this.values[INDEX[name]];
    return {
      angle: this.angle,
      rotation: this.rotation,
      distance: at("distance"),
      zoom: at("zoom"),
      hue: at("hue"),
      saturation: at("saturation"),
      brightness: at("brightness"),
    };
  }
}
