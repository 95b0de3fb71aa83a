import { expect, test } from "vitest";
import { MIN_SAMPLES, tickStep, Viewport } from "./viewport";

test("zooming keeps a moment in its place, and ends at single samples and at the whole song", () => {
  const viewport = new Viewport(100, 44100);
  viewport.left = 60;
  viewport.width = 800;
  const x = viewport.x(30);
  viewport.zoom(0.1, 30);
  expect(viewport.x(30)).toBeCloseTo(x);
  expect(viewport.span).toBeCloseTo(10);
  for (let n = 0; n < 20; n++) viewport.zoom(0.1, 30);
  expect(viewport.span * 44100).toBeCloseTo(MIN_SAMPLES);
  expect(viewport.t(viewport.x(30))).toBeCloseTo(30, 6);
  for (let n = 0; n < 20; n++) viewport.zoom(10, 30);
  expect([viewport.start, viewport.end]).toEqual([0, 100]);
});

test("labels of the ruler are round and never too close", () => {
  expect(tickStep(0.25)).toEqual({ step: 30, digits: 0 });
  expect(tickStep(0.005)).toEqual({ step: 0.5, digits: 1 });
  expect(tickStep(1e-5).step).toBeCloseTo(0.001);
  expect(tickStep(1e-5).digits).toBe(3);
});
