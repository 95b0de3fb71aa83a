// Live analysis: the six input features of the model, of the last 2048 samples before every 800th. The same
// definitions, in the same order, as explorer/audio/live.py; a test compares the two.

import constants from "../constants.json";
import { Spectrum } from "./fft";

export const { rate: RATE, hop: HOP, window: WINDOW, features: FEATURES } = constants.analysis;
const {
  min_spectrum_sum: MIN_SPECTRUM_SUM, floor_db: FLOOR_DB, rolloff_share: ROLLOFF_SHARE, onset_frames: ONSET_FRAMES,
} = constants.analysis;

const HANN = Float64Array.from({ length: WINDOW }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW));
const HANN_SUM = HANN.reduce((sum, w) => sum + w, 0);
const HANN_POWER = HANN.reduce((sum, w) => sum + w * w, 0);

/** Streaming analysis: `push` samples (mono, 48 kHz), get the frames that they complete. */
export class LiveAnalysis {
  private readonly ring = new Float32Array(WINDOW); // the last samples
  private position = 0;
  private samplesToFrame = 0; // frame 0 needs none
  private readonly spectrum = new Spectrum(WINDOW);
  private readonly samples = new Float64Array(WINDOW);
  private readonly weighted = new Float64Array(WINDOW);
  private readonly magnitudes = new Float64Array(WINDOW / 2 + 1);
  private readonly roots = new Float64Array(WINDOW / 2 + 1); // of the previous frame
  private fluxes: number[] = [];

  /** Frames of six numbers, one for every 800th sample; `onSpectrum` gets the spectrum of each. */
  push(samples: Float32Array, onSpectrum?: (magnitudes: Float64Array) => void): Float32Array[] {
    const frames: Float32Array[] = [];
    let start = 0;
    for (;;) {
      const count = Math.min(this.samplesToFrame, samples.length - start);
      this.store(samples.subarray(start, start + count));
      start += count;
      this.samplesToFrame -= count;
      if (this.samplesToFrame > 0) return frames;
      frames.push(this.measure());
      onSpectrum?.(this.magnitudes);
      this.samplesToFrame = HOP;
    }
  }

  private store(samples: Float32Array): void {
    const space = Math.min(samples.length, WINDOW - this.position);
    this.ring.set(samples.subarray(0, space), this.position);
    this.ring.set(samples.subarray(space));
    this.position = (this.position + samples.length) % WINDOW;
  }

  private measure(): Float32Array {
    const { samples, weighted, magnitudes } = this;
    let power = 0;
    for (let n = 0; n < WINDOW; n++) {
      samples[n] = this.ring[(this.position + n) % WINDOW];
      weighted[n] = samples[n] * HANN[n];
      power += weighted[n] * weighted[n];
    }
    this.spectrum.measure(weighted, magnitudes);
    let total = 0;
    for (let k = 0; k < magnitudes.length; k++) total += magnitudes[k] *= 2 / HANN_SUM;
    const timbre = total >= MIN_SPECTRUM_SUM;
    const flux = this.flux();
    return Float32Array.of(
      timbre ? centroid(magnitudes, total) : 0,
      flux,
      level(power / HANN_POWER),
      timbre ? zeroCrossings(samples) : 0,
      this.onset(flux),
      timbre ? rolloff(magnitudes, total) : 0,
    );
  }

  /** log(1 + 100 mean max(0, rise of the root of each magnitude)). */
  private flux(): number {
    let rises = 0;
    for (let k = 0; k < this.roots.length; k++) {
      const root = Math.sqrt(this.magnitudes[k]);
      rises += Math.max(0, root - this.roots[k]);
      this.roots[k] = root;
    }
    return Math.log1p((100 * rises) / this.roots.length);
  }

  /** How far the flux rises above the mean of the previous ones. */
  private onset(flux: number): number {
    const mean = this.fluxes.reduce((sum, value) => sum + value, 0) / Math.max(1, this.fluxes.length);
    const onset = this.fluxes.length ? Math.max(0, flux - mean) : 0;
    this.fluxes = [...this.fluxes, flux].slice(-ONSET_FRAMES);
    return onset;
  }
}

function centroid(magnitudes: Float64Array, total: number): number {
  let sum = 0;
  for (let k = 0; k < magnitudes.length; k++) sum += k * magnitudes[k];
  return sum / total / (magnitudes.length - 1);
}

/** 0 at `FLOOR_DB` decibels below full scale or less, 1 at full scale. */
function level(power: number): number {
  return 1 + Math.max(-FLOOR_DB, 10 * Math.log10(power)) / FLOOR_DB;
}

function zeroCrossings(samples: Float64Array): number {
  let count = 0;
  for (let n = 1; n < samples.length; n++) if (samples[n] < 0 !== samples[n - 1] < 0) count++;
  return count / (samples.length - 1);
}

/** Where the running sum reaches its share; bin k covers the range from f_{k-1} to f_k. */
function rolloff(magnitudes: Float64Array, total: number): number {
  const target = ROLLOFF_SHARE * total;
  let running = 0, k = 0;
  while (running + magnitudes[k] < target) running += magnitudes[k++];
  const position = k - 1 + (target - running) / Math.max(magnitudes[k], 1e-300);
  return Math.max(0, position) / (magnitudes.length - 1);
}
