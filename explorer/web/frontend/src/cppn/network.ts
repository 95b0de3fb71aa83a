// A CPPN as the server describes it, and what of it changes from moment to moment.

import type { Uniforms } from "../picture/canvas";

export interface Network {
  settings: Record<string, unknown>;
  shapes: [number, number][]; // rows and columns of every layer's weights, the output layer last
  weights: number[][];
  placed: number; // how many inputs depend on the pixel; time and features follow them
  feature_scale: number; // of features as inputs
  activations: string[];
  palette: { kind: string } & Record<string, unknown>;
}

const WHOLE_TRACK = 60; // seconds that stand for a track, whose length nobody knows while it is heard

/** Rows of four numbers that a texture holds: the first layer by inputs, all others by neurons. */
export function packed(network: Network): { width: number; height: number; data: Float32Array } {
  const [hidden] = network.shapes[0];
  const width = Math.ceil(hidden / 4);
  const rows: number[][] = [];
  const [first, ...others] = network.weights;
  const inputs = network.shapes[0][1];
  for (let input = 0; input < network.placed; input++) {
    rows.push(Array.from({ length: hidden }, (_, neuron) => first[neuron * inputs + input]));
  }
  others.forEach((weights, n) => {
    const [neurons, columns] = network.shapes[n + 1];
    for (let neuron = 0; neuron < Math.ceil(neurons / 4) * 4; neuron++) {
      rows.push(neuron < neurons ? weights.slice(neuron * columns, (neuron + 1) * columns) : []);
    }
  });
  const data = new Float32Array(4 * width * rows.length);
  rows.forEach((row, n) => data.set(row, 4 * width * n));
  return { width, height: rows.length, data };
}

/** Time in [-1, 1] over one span, growing on, as the network is given it. */
export function timeOf(network: Network, seconds: number): number {
  const span = network.settings.time_span;
  return (2 * seconds) / (typeof span === "number" ? span : WHOLE_TRACK) - 1;
}

/** Time and features of a moment as one bias of the first layer. */
export function moment(network: Network, time: number, features: ArrayLike<number>): Uniforms {
  const [hidden, inputs] = network.shapes[0];
  const scale = network.feature_scale;
  const bias = new Float32Array(4 * Math.ceil(hidden / 4));
  for (let neuron = 0; neuron < hidden; neuron++) {
    const at = neuron * inputs + network.placed;
    let sum = network.weights[0][at] * time;
    for (let k = 0; k < features.length; k++) sum += network.weights[0][at + 1 + k] * scale * features[k];
    bias[neuron] = sum;
  }
  return { bias };
}
