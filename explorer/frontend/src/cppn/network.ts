// A CPPN as the server describes it, and its inputs at each moment.

import { surfaceUniforms, type Finish, type Light, type LightMoment } from "../picture/light";
import type { Uniforms } from "../picture/shaderCanvas";

export interface Network {
  kind: "cppn";
  settings: Record<string, unknown>;
  shapes: [number, number][]; // rows and columns of every layer's weights, the output layer last
  weights: number[][];
  pixel_inputs: number; // number of inputs that depend on the pixel; time and features follow them
  feature_scale: number; // of features as inputs
  activations: string[];
  palette: { kind: string } & Record<string, unknown>;
  light: Light | null; // null: not lit
  finish: Finish | null;
  surface: Surface | null; // where it is lit
}

/** The first two outputs as height and hue, standardized, and the palette in linear light, three numbers to a color. */
interface Surface {
  mean: [number, number];
  scale: [number, number];
  table: number[];
  accent: number[];
}

const TRACK_SECONDS = 60; // assumed for a live sound, whose length is unknown

/** The weights as a texture of four numbers per texel: a row per input of the first layer, then per neuron, and of a lit network per color. */
export function packWeights(network: Network): { width: number; height: number; data: Float32Array } {
  const [hidden] = network.shapes[0];
  const width = Math.ceil(hidden / 4);
  const rows: number[][] = [];
  const [first, ...others] = network.weights;
  const inputs = network.shapes[0][1];
  for (let input = 0; input < network.pixel_inputs; input++) {
    rows.push(Array.from({ length: hidden }, (_, neuron) => first[neuron * inputs + input]));
  }
  others.forEach((weights, n) => {
    const [neurons, columns] = network.shapes[n + 1];
    for (let neuron = 0; neuron < Math.ceil(neurons / 4) * 4; neuron++) {
      rows.push(neuron < neurons ? weights.slice(neuron * columns, (neuron + 1) * columns) : []);
    }
  });
  const table = network.surface?.table ?? [];
  for (let n = 0; n < table.length; n += 3) rows.push(table.slice(n, n + 3));
  const data = new Float32Array(4 * width * rows.length);
  rows.forEach((row, n) => data.set(row, 4 * width * n));
  return { width, height: rows.length, data };
}

/** The time input: from -1 to 1 over one span, and growing after it. `clock` is that of the sound, in seconds. */
export function networkTime({ settings }: Pick<Network, "settings">, seconds: number, clock: number): number {
  const span = settings.time_span, soundShare = Number(settings.sound_clock ?? 0);
  return (2 * (seconds + soundShare * (clock - seconds))) / (typeof span === "number" ? span : TRACK_SECONDS) - 1;
}

/** The inputs of a moment as uniforms. */
export const momentUniforms = (network: Network, time: number, features: ArrayLike<number>): Uniforms => ({ bias: firstBias(network, time, features) });

/** Time and features of a moment, folded into the bias of the first layer. */
export function firstBias(network: Network, time: number, features: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const [hidden, inputs] = network.shapes[0];
  const scale = network.feature_scale;
  const bias = new Float32Array(4 * Math.ceil(hidden / 4));
  for (let neuron = 0; neuron < hidden; neuron++) {
    const first = neuron * inputs + network.pixel_inputs;
    let sum = network.weights[0][first] * time;
    for (let k = 0; k < features.length; k++) sum += network.weights[0][first + 1 + k] * scale * features[k];
    bias[neuron] = sum;
  }
  return bias;
}

/** Light and finish of a moment, for a size of the picture; nothing for a network without them. */
export function networkLight({ light, finish, surface }: Network, moment: LightMoment, seed: number, width: number, height: number): Uniforms {
  return {
    ...(surface && { standard: [...surface.mean, ...surface.scale] }),
    ...surfaceUniforms(light, finish, surface?.accent ?? [], moment, seed, width, height),
  };
}
