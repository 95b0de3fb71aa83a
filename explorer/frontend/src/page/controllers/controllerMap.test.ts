import { expect, it } from "vitest";
import { EMPTY_MAP, movedValues, withController, withoutController, type ControllerMap, type SettingRange } from "./controllerMap";

const RANGES: SettingRange[] = [
  { name: "gain", low: 0.5, high: 10.5, step: 0.1 },
  { name: "layers", low: 1, high: 8, step: 1 },
  { name: "palette", low: null, high: null, step: null, choices: ["ember", "aurora", "ice"] },
  { name: "light.on", low: null, high: null, step: null, choices: [], switch: true },
];
const MAP = RANGES.reduce((map, { name }, n) => withController(map, `cc ${n}`, name), EMPTY_MAP);

it("moves numbers over their slider, choices in equal parts, and switches from the middle on", () => {
  const at = (share: number) => movedValues(MAP, RANGES, RANGES.map((_, n) => [`cc ${n}`, share])).map(([, value]) => value);
  expect(at(0)).toEqual([0.5, 1, "ember", false]);
  expect(at(0.5)).toEqual([5.5, 5, "aurora", true]);
  expect(at(1)).toEqual([10.5, 8, "ice", true]);
});

it("ignores controllers that move nothing, settings of other pictures, and a damaged map", () => {
  expect(movedValues(MAP, RANGES.slice(1), [["cc 0", 1], ["cc 9", 1]])).toEqual([]);
  expect(movedValues(withoutController(MAP, "cc 1"), RANGES, [["cc 1", 1]])).toEqual([]);
  for (const damaged of [{ format: 1, controllers: 3 }, { format: 1, controllers: null }, { format: 1, controllers: { "cc 0": 3 } }])
    expect(movedValues(damaged as unknown as ControllerMap, RANGES, [["cc 0", 1]])).toEqual([]);
});
