import { expect, it } from "vitest";
import constants from "../constants.json";
import { HOP, RATE } from "./features";
import { LightLevels, PERCENTILE_SECONDS } from "./lightLevels";

const FPS = RATE / HOP;

/** The levels after frames of rms and onset in [-1, 1]. */
function after(frames: [number, number][]): LightLevels {
  const levels = new LightLevels();
  for (const [rms, onset] of frames) levels.push(rms, onset);
  return levels;
}

it("compares loudness with the last seconds, and forgets what was before", () => {
  const quiet = new Array<[number, number]>(PERCENTILE_SECONDS * FPS).fill([-0.8, -1]);
  const loud = new Array<[number, number]>(FPS).fill([0.6, -1]);
  expect(after([...quiet, ...loud]).now.loud).toBeGreaterThan(0.95);
  const louder = new Array<[number, number]>(PERCENTILE_SECONDS * FPS).fill([0.9, -1]);
  expect(after([...louder, ...loud]).now.loud).toBeLessThan(0.05);
  expect(after([...louder, ...quiet, ...loud]).now.loud).toBeGreaterThan(0.95);
});

it("remembers when a hit was", () => {
  const silence = (frames: number) => new Array<[number, number]>(frames).fill([-1, -1]);
  const delay = 30; // of the history
  const { hits } = after([...silence(FPS), [-1, 1], ...silence(Math.round(delay * constants.light.delay_seconds * FPS))]).now;
  expect(hits.length).toBe(constants.light.delays);
  const first = Array.from(hits).findLastIndex((hit) => hit > 0.3);
  expect(Math.abs(first - delay)).toBeLessThanOrEqual(2);
  expect(hits[0]).toBeLessThan(hits[first]);
});
