// How fast clocks run on a live sound (explorer/fields/clock.py): hits push them forward, in silence they nearly stop.

import constants from "../constants.json";

const { silent_rate, loudness_rate, onset_rate, flux_rate, min_onset, speed } = constants.clock;
export const SILENT_RATE = silent_rate; // units of the clock a second in silence

/** Levels of features in [0, 1] (timbres in [-1, 1]), by name. */
export type Levels = Record<string, number>;

/** Units a second that a clock runs on sound, on top of those in silence; levels that are left out do nothing. */
export const soundRate = ({ rms = 0, onset = 0, flux = 0 }: Levels): number =>
  loudness_rate * rms ** 2 + flux_rate * flux + (onset > min_onset ? onset_rate * onset : 0);

/** Seconds a second of a network's clock that runs on sound alone (explorer/fields/cppn/field.py). */
export const clockRate = (levels: Levels): number => speed * (silent_rate + soundRate(levels));
