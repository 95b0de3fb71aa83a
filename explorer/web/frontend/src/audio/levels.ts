// What a CPPN hears, in [-1, 1], as near to Python's normalised features as can be while the sound goes on:
// full scale is the loudest of late instead of the loudest of the track.

import constants from "../constants.json";
import { FEATURES, RATE, WINDOW } from "./features";

const { bands: BANDS, timbres: TIMBRES } = constants.features;
export const BAND_NAMES = Object.keys(BANDS);
const LOUDNESS = 0.6; // of sound pressure (Stevens, JASA 27, 1955)
const MEMORY = 15 * 60; // frames over which the loudest fades to 1 / e
const RELEASE = 0.12; // share of a fall that one frame goes

/** Root mean square of each band and the flatness of a spectrum, as `spectral.py` defines them. */
export function bandLevels(magnitudes: Float64Array): Float32Array {
  const found = Object.values(BANDS).map(([low, high]) => {
    let sum = 0;
    const last = Math.min(magnitudes.length - 1, Math.ceil((high * WINDOW) / RATE) - 1);
    for (let k = Math.ceil((low * WINDOW) / RATE); k <= last; k++) sum += magnitudes[k] * magnitudes[k];
    return Math.sqrt(sum / 3); // magnitudes are amplitudes under a Hann window, which spreads each over 1.5 bins
  });
  let logarithms = 0, power = 1e-30;
  for (const magnitude of magnitudes) {
    logarithms += Math.log(magnitude * magnitude + 1e-30);
    power += magnitude * magnitude;
  }
  const flatness = (Math.exp(logarithms / magnitudes.length) * magnitudes.length) / power;
  return Float32Array.of(...found, Math.min(1, flatness));
}

/** Follows each feature's loudest moments and middle, and gives values in [-1, 1]. */
export class Levels {
  private readonly loudest: Record<string, number> = {};
  private readonly middle: Record<string, number> = {};
  readonly values: Record<string, number> = {};

  /** A frame of the six features, and its bands. */
  hear(frame: Float32Array, bands: Float32Array): void {
    const heard: Record<string, number> = { flatness: bands[BAND_NAMES.length] };
    FEATURES.forEach((name, n) => (heard[name] = frame[n]));
    BAND_NAMES.forEach((name, n) => (heard[name] = bands[n] ** LOUDNESS));
    const sounding = heard.rms > 0.05 ? 1 : 0;
    for (const [name, value] of Object.entries(heard)) {
      const now = TIMBRES.includes(name) ? this.timbre(name, value, sounding) : this.level(name, value);
      const before = this.values[name] ?? now;
      this.values[name] = now > before || TIMBRES.includes(name) ? (now + before) / 2 : before + RELEASE * (now - before);
    }
  }

  private level(name: string, value: number): number {
    const loudest = Math.max(value, (this.loudest[name] ?? 0) * Math.exp(-1 / MEMORY), 1e-3);
    this.loudest[name] = loudest;
    return (2 * value) / loudest - 1;
  }

  /** Octaves around its own middle, at rest in silence. */
  private timbre(name: string, value: number, sounding: number): number {
    const octaves = Math.log2(Math.max(value, 1e-4));
    const middle = this.middle[name] ?? octaves;
    if (sounding) this.middle[name] = middle + (octaves - middle) / 300;
    return sounding * Math.max(-1, Math.min(1, octaves - middle));
  }
}
