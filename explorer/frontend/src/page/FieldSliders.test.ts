import { expect, it } from "vitest";
import { valueOf, withValue } from "./FieldSliders";

it("reads and changes settings of groups", () => {
  const settings = { hidden: 8, light: { on: true, relief: 0.5 } };
  expect(valueOf(settings, "light.relief")).toBe(0.5);
  expect(valueOf(settings, "finish.on")).toBeUndefined();
  expect(withValue(settings, "light.relief", 1)).toEqual({ hidden: 8, light: { on: true, relief: 1 } });
  expect(withValue(settings, "finish.on", true)).toEqual({ ...settings, finish: { on: true } });
  expect(withValue(settings, "hidden", 4)).toEqual({ ...settings, hidden: 4 });
});
