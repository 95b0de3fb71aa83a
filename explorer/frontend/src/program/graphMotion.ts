// A graph CPPN along a live sound: clocks that run on sound, and the sound of the last seconds, which runs outward.
// The same as explorer/fields/graph/timeline.py, which smooths levels with the frame after each, too.

import constants from "../constants.json";
import { HOP, RATE } from "../audio/features";
import { SILENT_RATE, soundRate, type Levels } from "../audio/soundClock";

const { sounds, delays, delay_seconds, curve_steps, present_share, past_share } = constants.graph;
const FPS = RATE / HOP;
const HISTORY_FRAMES = Math.ceil(delays * delay_seconds * FPS) + 2;

type Settings = Record<string, unknown>;

/** The clocks and the sound of the last seconds, for the field that is drawn. */
export class GraphMotion {
  private time = 0;
  private motion = 0;
  private turn = 0;
  private readonly history: number[][] = Array.from({ length: HISTORY_FRAMES }, () => sounds.map(() => 0)); // the latest first

  /** A frame of levels in [0, 1]. */
  push(levels: Levels): void {
    this.history.unshift(sounds.map((name) => levels[name] ?? 0));
    this.history.pop();
  }

  /** Advance the clocks by some seconds. */
  advance(settings: Settings, levels: Levels, seconds: number): void {
    const [speed, gain, spin] = ["speed", "audio_gain", "spin"].map((name) => Number(settings[name]));
    const drive = soundRate(Object.fromEntries((settings.features as string[]).map((name) => [name, levels[name] ?? 0])));
    const time = SILENT_RATE * speed * seconds, motion = drive * speed * gain * seconds;
    this.time += time;
    this.motion += motion;
    this.turn += (time + motion) * spin;
  }

  /** The inputs of the field's program: the bass, and the clocks. */
  inputs(settings: Settings): Record<string, number> {
    const { time, motion, turn } = this;
    return { time, motion, rotation: turn - Number(settings.spin) * time, bass: this.history[0][0] };
  }

  /** What each distance hears now, for the texture of the field. */
  curve(settings: Settings): Float32Array {
    const used = sounds.map((name) => (settings.features as string[]).includes(name));
    const past = sounds.map((_, n) => Array.from({ length: delays }, (_, k) => (used[n] ? this.smooth(k * delay_seconds * FPS, n) : 0)));
    return soundCurve(this.history[0].map((level, n) => (used[n] ? level : 0)), past, Number(settings.audio_gain));
  }

  /** A level so many frames ago, between two of them smoothed over their neighbors. */
  private smooth(frames: number, sound: number): number {
    const at = (frame: number) => this.history[Math.min(Math.max(frame, 0), HISTORY_FRAMES - 1)][sound];
    const mean = (frame: number) => (at(frame - 1) + 2 * at(frame) + at(frame + 1)) / 4;
    const whole = Math.floor(frames);
    return mean(whole) + (mean(whole + 1) - mean(whole)) * (frames - whole);
  }
}

/** What distances hear: the sound now and that of some time ago, along cubic B-splines (`smooth_curve` in drawing.py). */
export function soundCurve(present: number[], past: number[][], gain: number): Float32Array {
  const curve = new Float32Array(4 * ((delays - 1) * curve_steps + 1));
  past.forEach((row, sound) => {
    const values = row.map((level) => gain * (present_share * present[sound] + past_share * level));
    const at = (k: number) => values[Math.min(Math.max(k, 0), delays - 1)];
    for (let n = 0; 4 * n < curve.length; n++) {
      const k = Math.floor(n / curve_steps), f = (n % curve_steps) / curve_steps;
      const weights = [(1 - f) ** 3, 3 * f ** 3 - 6 * f ** 2 + 4, -3 * f ** 3 + 3 * f ** 2 + 3 * f + 1, f ** 3];
      curve[4 * n + sound] = weights.reduce((sum, weight, m) => sum + (weight * at(k - 1 + m)) / 6, 0);
    }
  });
  return curve;
}
