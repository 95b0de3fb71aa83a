// Patterns along a live sound: energy becomes motion, and the sound selects the families.

import constants from "../constants.json";
import { FamilySelection, type Selection } from "./familySelection";
import type { Levels } from "../audio/soundClock";

const { silent_rate, energy_rate, families, min_share } = constants.patterns;

type Settings = Record<string, unknown>;

/** The clocks and the families, for the field that is drawn. */
export class PatternMotion {
  private time = 0;
  private motion = 0;
  private levels: Levels = {};
  private readonly selection = new FamilySelection();

  /** A frame of features, and of levels in [0, 1] (timbres in [-1, 1]). */
  push(settings: Settings, features: ArrayLike<number>, levels: Levels): void {
    this.selection.push(features, 2 * (levels.onset ?? 0) - 1, settings as unknown as Selection);
  }

  /** Advance the clocks by some seconds. */
  advance(settings: Settings, levels: Levels, seconds: number): void {
    const [speed, gain] = [Number(settings.speed), Number(settings.audio_gain)];
    const loudness = (settings.features as string[]).includes("rms") ? levels.rms ?? 0 : 0;
    this.time += silent_rate * speed * seconds;
    this.motion += energy_rate * loudness * speed * gain * seconds;
    this.levels = levels;
  }

  /** The inputs of the field's program. */
  inputs(settings: Settings): Record<string, number> {
    return { ...this.levels, time: this.time, motion: this.motion, ...shareInputs(this.shares(settings)) };
  }

  private shares({ family, weights, fade }: Settings): number[] {
    if (weights) return weights as number[];
    if (families.includes(family as string)) return families.map((name) => Number(name === family));
    return this.selection.shares(Number(fade));
  }
}

/** Shares by family, with a sum of 1; the smallest are left out, as they are not worth drawing. */
export function shareInputs(shares: number[]): Record<string, number> {
  const total = shares.reduce((a, b) => a + b), visible = shares.map((share) => (share / total > min_share ? share : 0));
  const sum = visible.reduce((a, b) => a + b);
  return Object.fromEntries(families.map((name, n) => [name, visible[n] / sum]));
}
