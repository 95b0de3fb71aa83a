import { expect, it } from "vitest";
import { Quality, STEPS } from "./quality";

const draw = (quality: Quality, frames: number, seconds: (quality: Quality) => number) => {
  for (let n = 0; n < frames; n++) quality.drawn(seconds(quality));
};
const work = ({ scale, samples }: Quality) => (scale * samples) ** 2;

it("becomes as fine as can be where drawing is fast", () => {
  const quality = new Quality();
  draw(quality, 200, () => 1 / 60);
  expect({ scale: quality.scale, samples: quality.samples }).toEqual(STEPS.at(-1));
});

it("finds the finest step that is in time, and stays there", () => {
  const quality = new Quality();
  const slow = (quality: Quality) => Math.max(1 / 60, 0.06 * work(quality)); // 0.7 takes 29 ms, 1 takes 60
  draw(quality, 300, slow);
  const seen = new Set<number>();
  for (let n = 0; n < 300; n++) {
    quality.drawn(slow(quality));
    seen.add(quality.scale);
  }
  expect([...seen]).toEqual([0.7]);
});

it("gives way at once where a frame takes seconds, and tries again after a while", () => {
  const quality = new Quality();
  draw(quality, 8, () => 2);
  expect(quality.scale).toBe(STEPS[0].scale);
  draw(quality, 60 * 60, () => 1 / 60);
  expect(quality.samples).toBe(2);
});
