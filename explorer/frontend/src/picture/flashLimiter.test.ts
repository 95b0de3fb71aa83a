import { describe, expect, it } from "vitest";
import { cellCounts, FlashLimiter, luminance, cellLuminances } from "./flashLimiter";

const RATE = 60, CELLS = 100;
type Wave = (time: number, cell: number) => number;
const square = (hertz: number, low: number, high: number): Wave => (time) => ((time * hertz) % 1 < 0.5 ? high : low);

/** A simulation of some seconds: the displayed luminances of a cell, and the gains. */
function limit(wave: Wave, seconds: number, cell = 0) {
  const limiter = new FlashLimiter();
  const frames = Array.from({ length: seconds * RATE }, (_, n) => {
    const light = Float32Array.from({ length: CELLS }, (_, cell) => wave(n / RATE, cell));
    const gain = limiter.update(light, n / RATE);
    return { gain, light: light[cell] * gain ** 2.2 };
  });
  return { gains: frames.map(({ gain }) => gain), lights: frames.map(({ light }) => light) };
}

/** The most flashes in any second, counted from the extremes alone: rises and falls of a tenth, halved. */
function flashes(lights: number[]): number {
  const changes: number[] = [];
  let extreme = lights[0], direction = 0;
  lights.forEach((light, n) => {
    const goes = light - extreme >= 0.1 ? 1 : extreme - light >= 0.1 ? -1 : 0;
    if (goes && goes !== direction) {
      changes.push(n);
      direction = goes;
      extreme = light;
    } else if (direction > 0 ? light > extreme : direction < 0 && light < extreme) extreme = light;
  });
  return Math.max(0, ...changes.map((last) => changes.filter((n) => n > last - RATE && n <= last).length / 2));
}

describe("the flash limiter", () => {
  it.each([4, 8, 10, 15, 30])("allows at most three flashes a second of a square wave of %i Hz", (hertz) => {
    const wave = square(hertz, 0.02, 0.9);
    expect(flashes(Array.from({ length: 300 }, (_, n) => wave(n / RATE, 0)))).toBeGreaterThan(3);
    expect(flashes(limit(wave, 5).lights)).toBeLessThanOrEqual(3);
  });

  it("judges every cell by itself", () => {
    const opposed: Wave = (time, cell) => square(10, 0.02, 0.9)(time + (cell % 2) / 20, cell); // the mean is constant
    for (const cell of [0, 1]) expect(flashes(limit(opposed, 5, cell).lights)).toBeLessThanOrEqual(3);
  });

  it("does not dim slow, faint, small or light changes", () => {
    const harmless: Wave[] = [
      square(2, 0.02, 0.9),
      square(10, 0.4, 0.46),
      square(10, 0.82, 1),
      (time, cell) => (cell < 2 ? square(10, 0.02, 0.9)(time, cell) : 0.5),
    ];
    for (const wave of harmless) expect(Math.min(...limit(wave, 3).gains)).toBe(1);
  });

  it("returns to full gain afterwards", () => {
    const { gains } = limit((time, cell) => (time < 2 ? square(10, 0.02, 0.9)(time, cell) : 0.6), 5);
    expect(Math.min(...gains)).toBeLessThan(0.7);
    expect(gains.at(-1)).toBe(1);
  });
});

it("averages the points of every cell", () => {
  const points = new Uint8Array(4 * 12 * 6).map((_, n) => (n >> 2) % 12 < 6 ? 255 : 0); // a light cell and a dark one
  const light = cellLuminances(points, 12);
  expect([...light].map((value) => Math.round(1000 * value))).toEqual([1000, 0]);
  expect(cellCounts(1280, 720)).toEqual([16, 9]);
  expect(cellCounts(360, 640)).toEqual([16, 28]);
});

it("computes the luminance of colors", () => {
  const luminances = [...luminance(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 255, 0, 255, 0, 255, 188, 188, 188, 255))];
  [1, 0, 0.7152, 0.503].forEach((value, n) => expect(luminances[n]).toBeCloseTo(value, 3));
});
