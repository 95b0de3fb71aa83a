// What light takes from a live sound: loudness, and hits with their history. Python looks at the whole song
// (explorer/fields/light/columns.py); here percentiles are those of the last seconds, and smoothing looks back only.

import constants from "../constants.json";
import type { LightMoment } from "../picture/light";
import { HOP, RATE } from "./features";

const {
  loudness_seconds, loudness_percentiles, min_loudness_span, hit_percentiles, min_hit_span, attack_seconds, release_seconds, delays, delay_seconds,
  swell_seconds, min_swell, max_swell,
} = constants.light;
export const PERCENTILE_SECONDS = 10;
const FPS = RATE / HOP;
const PERCENTILE_FRAMES = 15; // between two measurements of the percentiles
const SMOOTHING = 1 - Math.exp(-1 / (FPS * loudness_seconds)), DECAY = Math.exp(-1 / (FPS * release_seconds));
const SWELL_SHARES = swell_seconds.map((seconds) => 1 - Math.exp(-1 / (FPS * seconds)));
const ATTACK = hann(2 * Math.round(attack_seconds * FPS) + 1);
const HISTORY_FRAMES = Math.ceil(delays * delay_seconds * FPS) + 1;

/** Without sound: half the loudness, so that there is something to see, and no hits. */
export const LIGHT_AT_REST: LightMoment = { loud: 0.5, hits: new Float32Array(delays), swell: 0 };

/** Loudness and hits of the last frames. */
export class LightLevels {
  private readonly loud = new RecentRange(loudness_percentiles, min_loudness_span);
  private readonly onset = new RecentRange(hit_percentiles, min_hit_span);
  private smoothLoudness: number | null = null;
  private moment = 0; // loudness now, in [0, 1]
  private means: number[] | null = null; // of loudness: of a few seconds, and of more
  private readonly peaks: number[] = new Array<number>(ATTACK.length).fill(0); // the latest first
  private readonly hits: number[] = new Array<number>(HISTORY_FRAMES).fill(0); // the latest first

  /** The features of a frame, in [-1, 1]. */
  push(rms: number, onset: number): void {
    const level = (rms + 1) / 2, before = this.smoothLoudness ?? level;
    this.smoothLoudness = before + SMOOTHING * (level - before);
    this.moment = this.loud.push(this.smoothLoudness);
    this.means = SWELL_SHARES.map((share, n) => {
      const mean = this.means?.[n] ?? this.moment;
      return mean + share * (this.moment - mean);
    });
    shift(this.peaks, Math.max(this.onset.push((onset + 1) / 2), this.peaks[0] * DECAY));
    shift(this.hits, this.peaks.reduce((sum, peak, n) => sum + peak * ATTACK[n], 0));
  }

  get now(): LightMoment {
    const hitBefore = (frames: number) => {
      const whole = Math.floor(frames), [later, earlier] = this.hits.slice(whole, whole + 2);
      return later + (earlier - later) * (frames - whole);
    };
    const [short, long] = this.means ?? [0, 0];
    const swell = Math.max(0, Math.min(1, (short - long - min_swell) / (max_swell - min_swell)));
    return { loud: this.moment, swell, hits: Float32Array.from({ length: delays }, (_, n) => hitBefore(n * delay_seconds * FPS)) };
  }
}

/** Values stretched to [0, 1] between two percentiles of the last seconds. */
class RecentRange {
  private readonly values: number[] = [];
  private frames = 0;
  private low = 0;
  private high = 0;

  constructor(private readonly percentiles: number[], private readonly minSpan: number) {}

  push(value: number): number {
    this.values.push(value);
    if (this.values.length > PERCENTILE_SECONDS * FPS) this.values.shift();
    if (this.frames++ % PERCENTILE_FRAMES === 0) {
      const sorted = Float64Array.from(this.values).sort();
      [this.low, this.high] = this.percentiles.map((percent) => sorted[Math.round((percent / 100) * (sorted.length - 1))]);
    }
    return Math.max(0, Math.min(1, (value - this.low) / Math.max(this.high - this.low, this.minSpan)));
  }
}

function shift(values: number[], value: number): void {
  values.unshift(value);
  values.pop();
}

/** A Hann window of some inner points, with sum 1. */
function hann(points: number): number[] {
  const window = Array.from({ length: points }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 1)) / (points + 1)));
  const sum = window.reduce((a, b) => a + b);
  return window.map((value) => value / sum);
}
