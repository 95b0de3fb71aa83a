// Input features of a CPPN in [-1, 1], as close to Python's normalized features as a live sound allows: full
// scale is the recent maximum instead of the maximum of the track.

import constants from "../constants.json";
import { FEATURES, RATE, WINDOW } from "./features";

const { bands: BANDS, timbres: TIMBRES, loudness_exponent: LOUDNESS_EXPONENT } = constants.features;
export const BAND_NAMES = Object.keys(BANDS);
const PEAK_DECAY_FRAMES = 15 * 60; // in which the recent maximum falls to 1 / e
const RELEASE = 0.12; // share of a fall per frame
const SOUND_THRESHOLD = 0.05; // rms above which there is sound
const MEAN_FRAMES = 300; // of the running mean of a timbre

/** Root mean square of each band and the flatness of a spectrum, as `spectral.py` defines them. */
export function bandLevels(magnitudes: Float64Array): Float32Array {
  const levels = Object.values(BANDS).map(([low, high]) => {
    let sum = 0;
    const last = Math.min(magnitudes.length - 1, Math.ceil((high * WINDOW) / RATE) - 1);
    for (let k = Math.ceil((low * WINDOW) / RATE); k <= last; k++) sum += magnitudes[k] * magnitudes[k];
    return Math.sqrt(sum / 3); // magnitudes are amplitudes under a Hann window, which spreads each over 1.5 bins
  });
  let logarithms = 0, power = 1e-30;
  for (const amplitude of magnitudes) {
    logarithms += Math.log(amplitude * amplitude + 1e-30);
    power += amplitude * amplitude;
  }
  const flatness = (Math.exp(logarithms / magnitudes.length) * magnitudes.length) / power;
  return Float32Array.of(...levels, Math.min(1, flatness));
}

/** Normalizes each feature by its recent maximum or its mean, to values in [-1, 1]. */
export class FeatureLevels {
  private readonly peaks: Record<string, number> = {};
  private readonly means: Record<string, number> = {};
  readonly values: Record<string, number> = {};

  /** A frame of the six features, and its bands. */
  push(frame: Float32Array, bands: Float32Array): void {
    const features: Record<string, number> = { flatness: bands[BAND_NAMES.length] };
    FEATURES.forEach((name, n) => (features[name] = frame[n]));
    BAND_NAMES.forEach((name, n) => (features[name] = bands[n] ** LOUDNESS_EXPONENT));
    const sounding = features.rms > SOUND_THRESHOLD ? 1 : 0;
    for (const [name, value] of Object.entries(features)) {
      const isTimbre = TIMBRES.includes(name);
      const now = isTimbre ? this.timbre(name, value, sounding) : this.level(name, value);
      const before = this.values[name] ?? now;
      this.values[name] = now > before || isTimbre ? (now + before) / 2 : before + RELEASE * (now - before);
    }
  }

  private level(name: string, value: number): number {
    const peak = Math.max(value, (this.peaks[name] ?? 0) * Math.exp(-1 / PEAK_DECAY_FRAMES), 1e-3);
    this.peaks[name] = peak;
    return (2 * value) / peak - 1;
  }

  /** Octaves around its own mean, 0 in silence. */
  private timbre(name: string, value: number, sounding: number): number {
    const octaves = Math.log2(Math.max(value, 1e-4));
    const mean = this.means[name] ?? octaves;
    if (sounding) this.means[name] = mean + (octaves - mean) / MEAN_FRAMES;
    return sounding * Math.max(-1, Math.min(1, octaves - mean));
  }
}
