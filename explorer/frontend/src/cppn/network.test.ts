import { expect, it } from "vitest";
import { clockRate } from "../audio/soundClock";
import { networkTime } from "./network";

it("runs the time of a network on the clock of the sound as far as it is told to", () => {
  const time = (settings: Record<string, unknown>) => networkTime({ settings: { time_span: 20, ...settings } }, 10, 4);
  expect([time({}), time({ sound_clock: 0.5 }), time({ sound_clock: 1 })]).toEqual([0, 0.7 - 1, 0.4 - 1]);
});

it("nearly stops in silence, and is pushed by hits", () => {
  const [silent, loud, faintHit, hit] = [{}, { rms: 1 }, { onset: 0.1 }, { rms: 1, onset: 1, flux: 1 }].map(clockRate);
  expect(silent).toBeCloseTo(0.06);
  expect(loud).toBeCloseTo(0.26);
  expect(faintHit).toBe(silent);
  expect(hit).toBeCloseTo(5.06);
});
