import { describe, expect, it } from "vitest";
import { FEATURES, HOP, LiveAnalysis, RATE, WINDOW } from "./features";

const tone = (frequency: number, samples: number, amplitude = 0.5) =>
  Float32Array.from({ length: samples }, (_, n) => amplitude * Math.sin((2 * Math.PI * frequency * n) / RATE));
const noise = (samples: number) => {
  let state = 1;
  return Float32Array.from({ length: samples }, () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5);
};
const feature = (frame: Float32Array, name: string) => frame[FEATURES.indexOf(name)];

describe("live analysis", () => {
  it("returns a frame before the first sample and one for every hop", () => {
    const frames = new LiveAnalysis().push(tone(440, 10 * HOP + 5));
    expect(frames).toHaveLength(11);
    expect([...frames[0]]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("measures the features of a tone", () => {
    const last = new LiveAnalysis().push(tone(3000, 2 * WINDOW)).at(-1)!; // bin 128
    expect(feature(last, "centroid")).toBeCloseTo(3000 / 24000, 4);
    expect(feature(last, "rms")).toBeCloseTo(1 + (20 * Math.log10(0.5 / Math.SQRT2)) / 80, 4);
    expect(feature(last, "zcr")).toBeCloseTo((2 * 3000) / RATE, 2);
    expect(Math.abs(feature(last, "rolloff") - 3000 / 24000)).toBeLessThan(2 / 1024);
    expect(feature(last, "flux")).toBeLessThan(0.01);
  });

  it("finds an onset where the sound begins, and no timbre in silence", () => {
    const sound = new Float32Array(40 * HOP);
    sound.set(noise(HOP * 5), 20 * HOP);
    const onsets = new LiveAnalysis().push(sound).map((frame) => feature(frame, "onset"));
    expect(onsets.indexOf(Math.max(...onsets))).toBe(21);
    const quiet = new LiveAnalysis().push(new Float32Array(9 * HOP).fill(1e-9)).at(-1)!;
    expect([...quiet]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("does not depend on the sizes of blocks", () => {
    const sound = noise(7 * HOP + 13);
    const blockwise = new LiveAnalysis();
    const frames: Float32Array[] = [];
    for (let start = 0; start < sound.length; start += 128) frames.push(...blockwise.push(sound.subarray(start, start + 128)));
    expect(frames).toEqual(new LiveAnalysis().push(sound));
  });
});
