import { expect, it } from "vitest";
import { AdaptiveQuality, LEVELS } from "./adaptiveQuality";

const draw = (quality: AdaptiveQuality, frames: number, seconds: (quality: AdaptiveQuality) => number) => {
  for (let n = 0; n < frames; n++) quality.addFrame(seconds(quality));
};
const work = ({ scale, samples }: AdaptiveQuality) => (scale * samples) ** 2;

it("reaches the finest level if drawing is fast", () => {
  const quality = new AdaptiveQuality();
  draw(quality, 200, () => 1 / 60);
  expect({ scale: quality.scale, samples: quality.samples }).toEqual(LEVELS.at(-1));
});

it("finds the finest level that is in time, and stays there", () => {
  const quality = new AdaptiveQuality();
  const slow = (quality: AdaptiveQuality) => Math.max(1 / 60, 0.06 * work(quality)); // 0.7 takes 29 ms, 1 takes 60
  draw(quality, 300, slow);
  const scales = new Set<number>();
  for (let n = 0; n < 300; n++) {
    quality.addFrame(slow(quality));
    scales.add(quality.scale);
  }
  expect([...scales]).toEqual([0.7]);
});

it("steps down at once if a frame takes seconds, and tries again later", () => {
  const quality = new AdaptiveQuality();
  draw(quality, 8, () => 2);
  expect(quality.scale).toBe(LEVELS[0].scale);
  draw(quality, 60 * 60, () => 1 / 60);
  expect(quality.samples).toBe(2);
});
