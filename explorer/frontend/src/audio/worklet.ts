// Audio worklet: analyzes all samples and posts the features of each frame to the page.

import { LiveAnalysis } from "./features";
import { bandLevels } from "./levels";
import type { AudioFrames } from "./sound";

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

class FeatureProcessor extends AudioWorkletProcessor {
  private readonly analysis = new LiveAnalysis();
  private active = true;

  constructor() {
    super();
    this.port.onmessage = () => (this.active = false); // any message means: the sound was closed
  }

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0];
    const samples = channels.length ? mono(channels) : new Float32Array(128); // silence while nothing plays
    const bands: Float32Array[] = [];
    const frames = this.analysis.push(samples, (magnitudes) => bands.push(bandLevels(magnitudes)));
    if (frames.length) this.port.postMessage({ frames, bands } satisfies AudioFrames);
    return this.active;
  }
}

registerProcessor("features", FeatureProcessor);
