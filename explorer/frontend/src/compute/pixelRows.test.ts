import { expect, it } from "vitest";
import { pixelRows, pointGrid } from "./pixelRows";

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(value * 1e6) / 1e6);

it("gives the centers of pixels, or several to a pixel and a border", () => {
  expect(pointGrid(4, 2, 0)).toEqual({ columns: 4, rows: 2, spacing: 1 });
  expect(pointGrid(4, 2, 2)).toEqual({ columns: 10, rows: 6, spacing: 0.5 });
  const rows = pixelRows(pointGrid(4, 2, 0), 8, 3, { symmetry: 0, coord_scale: 0.5 });
  expect(rounded(rows.subarray(0, 8))).toEqual([-0.75, -0.25, 0.25, 0.75, -0.75, -0.25, 0.25, 0.75]);
  expect(rounded(rows.subarray(8, 16))).toEqual([-0.25, -0.25, -0.25, -0.25, 0.25, 0.25, 0.25, 0.25]);
  expect(rounded(rows.subarray(16, 18))).toEqual(rounded([0.5 * Math.hypot(1.5, 0.5), 0.5 * Math.hypot(0.5, 0.5)]));
});

it("folds symmetric fields", () => {
  expect(rounded(pixelRows(pointGrid(2, 2, 0), 4, 2, { symmetry: 1, coord_scale: 1 }).subarray(0, 4))).toEqual([0.5, 0.5, 0.5, 0.5]);
  const rows = pixelRows(pointGrid(2, 2, 0), 4, 2, { symmetry: 4, coord_scale: 1 });
  expect(new Set(rounded(rows.subarray(0, 4))).size).toBe(1); // four mirrored corners
});
