import { expect, it } from "vitest";
import { FeatureWindows } from "./windows";

const settings = { window_frames: 3, include_delta: false, include_delta_delta: false };
const frame = (...values: number[]) => Float32Array.from(values);

it("puts the oldest frame first and repeats the first one before the start", () => {
  const windows = new FeatureWindows(settings);
  expect([...windows.add(frame(1, 10))]).toEqual([1, 10, 1, 10, 1, 10]);
  expect([...windows.add(frame(2, 20))]).toEqual([1, 10, 1, 10, 2, 20]);
  windows.add(frame(3, 30));
  expect([...windows.add(frame(4, 40))]).toEqual([2, 20, 3, 30, 4, 40]);
});

it("adds the changes, and the changes of the changes, behind the values of a frame", () => {
  const windows = new FeatureWindows({ ...settings, window_frames: 2, include_delta: true, include_delta_delta: true });
  expect([...windows.add(frame(1))]).toEqual([1, 0, 0, 1, 0, 0]);
  expect([...windows.add(frame(4))]).toEqual([1, 0, 0, 4, 3, 3]);
  expect([...windows.add(frame(5))]).toEqual([4, 3, 3, 5, 1, -2]);
});

it("includes the deltas with the deltas of deltas", () => {
  const windows = new FeatureWindows({ ...settings, include_delta_delta: true });
  expect(windows.add(frame(1))).toHaveLength(9);
});
