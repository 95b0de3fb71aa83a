// Live analysis: the six features that the model hears, of the last 2048 samples before every 800th. The same
// definitions, in the same order, as explorer/audio/live.py; a test holds the two against each other.

import constants from "../constants.json";
import { Spectrum } from "./fft";

export const { rate: RATE, hop: HOP, window: WINDOW, features: FEATURES } = constants.analysis;
const { silent: SILENT, faintest: FAINTEST, rolloff: ROLLOFF, surroundings: SURROUNDINGS } = constants.analysis;

const HANN = Float64Array.from({ length: WINDOW }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW));
const SUM = HANN.reduce((sum, w) => sum + w, 0);
const SQUARES = HANN.reduce((sum, w) => sum + w * w, 0);

/** The analysis as it goes on: `hear` samples (mono, 48 kHz), get the frames that they complete. */
export class LiveAnalysis {
  private readonly heard = new Float32Array(WINDOW); // a ring
  private position = 0;
  private missing = 0; // samples until the next frame: frame 0 needs none
  private readonly spectrum = new Spectrum(WINDOW);
  private readonly plain = new Float64Array(WINDOW);
  private readonly weighted = new Float64Array(WINDOW);
  private readonly magnitudes = new Float64Array(WINDOW / 2 + 1);
  private readonly roots = new Float64Array(WINDOW / 2 + 1); // of the frame before
  private fluxes: number[] = [];

  /** Frames of six numbers, one for every 800th sample; `also` is told the spectrum of each. */
  hear(samples: Float32Array, also?: (magnitudes: Float64Array) => void): Float32Array[] {
    const frames: Float32Array[] = [];
    let start = 0;
    for (;;) {
      const taken = Math.min(this.missing, samples.length - start);
      this.keep(samples.subarray(start, start + taken));
      start += taken;
      this.missing -= taken;
      if (this.missing > 0) return frames;
      frames.push(this.measure());
      also?.(this.magnitudes);
      this.missing = HOP;
    }
  }

  private keep(samples: Float32Array): void {
    const fitting = Math.min(samples.length, WINDOW - this.position);
    this.heard.set(samples.subarray(0, fitting), this.position);
    this.heard.set(samples.subarray(fitting));
    this.position = (this.position + samples.length) % WINDOW;
  }

  private measure(): Float32Array {
    const { plain, weighted, magnitudes } = this;
    let power = 0;
    for (let n = 0; n < WINDOW; n++) {
      plain[n] = this.heard[(this.position + n) % WINDOW];
      weighted[n] = plain[n] * HANN[n];
      power += weighted[n] * weighted[n];
    }
    this.spectrum.measure(weighted, magnitudes);
    let total = 0;
    for (let k = 0; k < magnitudes.length; k++) total += magnitudes[k] *= 2 / SUM;
    const timbre = total >= SILENT;
    const flux = this.flux();
    return Float32Array.of(
      timbre ? centroid(magnitudes, total) : 0,
      flux,
      level(power / SQUARES),
      timbre ? crossings(plain) : 0,
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

  /** How far the flux rises above the mean of those before it. */
  private onset(flux: number): number {
    const mean = this.fluxes.reduce((sum, value) => sum + value, 0) / Math.max(1, this.fluxes.length);
    const onset = this.fluxes.length ? Math.max(0, flux - mean) : 0;
    this.fluxes = [...this.fluxes, flux].slice(-SURROUNDINGS);
    return onset;
  }
}

function centroid(magnitudes: Float64Array, total: number): number {
  let sum = 0;
  for (let k = 0; k < magnitudes.length; k++) sum += k * magnitudes[k];
  return sum / total / (magnitudes.length - 1);
}

/** 0 at `FAINTEST` decibels below full scale or less, 1 at full scale. */
function level(power: number): number {
  return 1 + Math.max(-FAINTEST, 10 * Math.log10(power)) / FAINTEST;
}

function crossings(samples: Float64Array): number {
  let count = 0;
  for (let n = 1; n < samples.length; n++) if (samples[n] < 0 !== samples[n - 1] < 0) count++;
  return count / (samples.length - 1);
}

/** Where the running sum reaches its share; bin k holds what lies between f_{k-1} and f_k. */
function rolloff(magnitudes: Float64Array, total: number): number {
  const target = ROLLOFF * total;
  let running = 0, k = 0;
  while (running + magnitudes[k] < target) running += magnitudes[k++];
  const position = k - 1 + (target - running) / Math.max(magnitudes[k], 1e-300);
  return Math.max(0, position) / (magnitudes.length - 1);
}
