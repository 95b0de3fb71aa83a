// Runs beside the sound: hears every sample, and tells the page the features of each frame.

import { LiveAnalysis } from "./features";
import { bandLevels } from "./levels";
import type { Heard } from "./sound";

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][]): boolean;
}

/** The mean of the channels. */
function mono(channels: Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, n) => channels.reduce((sum, channel) => sum + channel[n], 0) / channels.length);
}

class Ear extends AudioWorkletProcessor {
  private readonly analysis = new LiveAnalysis();
  private listening = true;

  constructor() {
    super();
    this.port.onmessage = () => (this.listening = false); // whatever is said means: the sound was closed
  }

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0];
    const samples = channels.length ? mono(channels) : new Float32Array(128); // nothing plays: silence
    const bands: Float32Array[] = [];
    const frames = this.analysis.hear(samples, (magnitudes) => bands.push(bandLevels(magnitudes)));
    if (frames.length) this.port.postMessage({ frames, bands } satisfies Heard);
    return this.listening;
  }
}

registerProcessor("ear", Ear);
