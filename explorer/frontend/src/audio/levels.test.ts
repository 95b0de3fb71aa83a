import { expect, it } from "vitest";
import { FEATURES, LiveAnalysis, RATE, WINDOW } from "./features";
import { bandLevels, BAND_NAMES, FeatureLevels } from "./levels";

const levelsOf = (sound: (n: number) => number) => {
  let bands: Float32Array = new Float32Array();
  new LiveAnalysis().push(Float32Array.from({ length: 2 * WINDOW }, (_, n) => sound(n)), (spectrum) => (bands = bandLevels(spectrum)));
  return bands;
};

it("finds a tone in its band at its root mean square", () => {
  const [bass, mid, treble, flatness] = levelsOf((n) => 0.5 * Math.sin((2 * Math.PI * 1000 * n) / RATE));
  expect(BAND_NAMES).toEqual(["bass", "mid", "treble"]);
  expect(mid).toBeCloseTo(0.5 / Math.SQRT2, 3);
  expect(Math.max(bass, treble)).toBeLessThan(1e-3);
  expect(flatness).toBeLessThan(0.01);
});

it("takes the recent maximum as full scale, and rests in silence", () => {
  const levels = new FeatureLevels();
  const frame = (rms: number) => Float32Array.from(FEATURES, (name) => (name === "rms" ? rms : 0));
  const bands = (bass: number) => Float32Array.of(bass, 0, 0, 0);
  for (let n = 0; n < 30; n++) levels.push(frame(0.8), bands(0.3));
  expect(levels.values.rms).toBeCloseTo(1, 2);
  expect(levels.values.bass).toBeCloseTo(1, 2);
  expect(levels.values.mid).toBe(-1);
  for (let n = 0; n < 120; n++) levels.push(frame(0), bands(0));
  expect(levels.values.rms).toBeLessThan(-0.99);
  expect(levels.values.centroid).toBeCloseTo(0, 5);
});
