import { expect, it } from "vitest";
import { filmSize } from "./recorder";

it("keeps the shape of the picture and is never below 720p", () => {
  expect(filmSize(1920, 1080)).toEqual({ width: 1920, height: 1080 });
  expect(filmSize(480, 270)).toEqual({ width: 1280, height: 720 });
  expect(filmSize(360, 640)).toEqual({ width: 720, height: 1280 });
  for (const [width, height] of [[1100, 420], [333, 333], [1281, 901]]) {
    const film = filmSize(width, height);
    expect(film.width / film.height).toBeCloseTo(width / height, 1);
    expect(Math.max(film.width, film.height)).toBeGreaterThanOrEqual(1280);
    expect(Math.min(film.width, film.height)).toBeGreaterThanOrEqual(720);
    expect([film.width % 2, film.height % 2]).toEqual([0, 0]);
  }
});
