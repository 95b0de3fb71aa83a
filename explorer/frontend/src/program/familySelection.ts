// Which family of patterns suits a live sound: loud is geometric, bright is fractal, medium flows, quiet is organic.
// explorer/fields/patterns/selection.py compares a passage with the whole song; here it is the last minute, and
// sections, which need the whole song, are not known.

import constants from "../constants.json";
import { FEATURES, HOP, RATE } from "../audio/features";

const {
  families, silence_db, min_loud_step, min_quiet_step, min_bright_step, hysteresis, onset_seconds, strong_onset, min_centroid,
} = constants.patterns;
const [FRACTAL, ORGANIC, FLOWING, GEOMETRIC] = [0, 1, 2, 3];
export const MEMORY_SECONDS = 60; // that loudness and brightness are compared with
const FPS = RATE / HOP, FRAMES_PER_MEASUREMENT = 15;
const FLOOR_DB = constants.analysis.floor_db;

export interface Selection {
  window: number; // seconds of the sound that select the family
  dwell: number; // seconds before it changes again
  fade: number; // seconds of a crossfade
}

interface Passage {
  energy: number; // dB
  brightness: number; // octaves
}

/** Follows a sound, frame by frame. */
export class FamilySelection {
  private readonly powers: number[] = [];
  private readonly octaves: number[] = []; // times the power
  private readonly memory: Passage[] = [];
  private frame = 0;
  private waiting = 0; // frames that a change has waited for an onset
  private changes: { family: number; frame: number }[] = [{ family: ORGANIC, frame: -Infinity }]; // the latest last

  get family(): number {
    return this.changes.at(-1)!.family;
  }

  /** A frame of features, and the level of onsets in [-1, 1]. */
  push(features: ArrayLike<number>, onset: number, { window, dwell }: Selection): void {
    const power = 10 ** (((features[FEATURES.indexOf("rms")] - 1) * FLOOR_DB) / 10);
    const centroid = Math.max((features[FEATURES.indexOf("centroid")] * RATE) / 2, min_centroid);
    this.powers.push(power);
    this.octaves.push(power * Math.log2(centroid / min_centroid));
    while (this.powers.length > window * FPS) {
      this.powers.shift();
      this.octaves.shift();
    }
    if (this.frame++ % FRAMES_PER_MEASUREMENT) return;
    const passage = this.passage();
    if (passage.energy > silence_db) this.memory.push(passage);
    if (this.memory.length > (MEMORY_SECONDS * FPS) / FRAMES_PER_MEASUREMENT) this.memory.shift();
    const family = suitableFamily(passage, this.memory, this.family);
    const since = this.frame - this.changes.at(-1)!.frame;
    if (family === this.family || since < dwell * FPS) return void (this.waiting = 0);
    this.waiting += FRAMES_PER_MEASUREMENT;
    if (onset > strong_onset || this.waiting > onset_seconds * FPS) this.changes = [...this.changes.slice(-8), { family, frame: this.frame }];
  }

  /** The share of each family now, with a sum of 1. */
  shares(fade: number): number[] {
    const shares = families.map(() => 0);
    const step = (frame: number) => {
      const x = Math.max(0, Math.min(1, (this.frame - frame) / Math.max(1, fade * FPS)));
      return x * x * (3 - 2 * x);
    };
    this.changes.forEach(({ family, frame }, n) => {
      const next = this.changes[n + 1];
      shares[family] += (n ? step(frame) : 1) - (next ? step(next.frame) : 0);
    });
    return shares;
  }

  private passage(): Passage {
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const power = sum(this.powers);
    return { energy: 10 * Math.log10(Math.max(power / this.powers.length, 1e-12)), brightness: power > 1e-12 ? sum(this.octaves) / power : 0 };
  }
}

/** The family of a passage among others; the current one stays a little beyond its threshold. */
export function suitableFamily({ energy, brightness }: Passage, memory: Passage[], current: number): number {
  if (energy <= silence_db || !memory.length) return ORGANIC;
  const [low, middle, high] = percentiles(memory.map((passage) => passage.energy), [5, 50, 95]);
  const [usual, top] = percentiles(memory.map((passage) => passage.brightness), [50, 95]);
  const louder = Math.max(min_loud_step, (high - middle) / 2), quieter = Math.max(min_quiet_step, (middle - low) / 2);
  const brighter = Math.max(min_bright_step, (top - usual) / 2);
  const margin = (family: number) => (current === family ? hysteresis : 0);
  if (energy > middle + louder * (1 - margin(GEOMETRIC))) return GEOMETRIC;
  if (brightness > usual + brighter * (1 - margin(FRACTAL))) return FRACTAL;
  return energy < middle - quieter * (1 - margin(ORGANIC)) ? ORGANIC : FLOWING;
}

function percentiles(values: number[], percents: number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return percents.map((percent) => sorted[Math.round((percent / 100) * (sorted.length - 1))]);
}
