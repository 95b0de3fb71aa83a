import { expect, it } from "vitest";
import { OFF } from "../picture/light";
import { LOOK } from "../picture/motion";
import { parseField, fieldFromJulia, juliaFromField, withoutWebGpu } from "./field";

it("parses the field of a recipe, and names what is there instead", () => {
  const field = { kind: "cppn", hidden: 8 };
  expect(parseField(JSON.stringify({ audio: {}, field }))).toEqual(field);
  expect(parseField(JSON.stringify(field))).toEqual(field);
  expect(parseField('{"field": {"kind": "julia", "hue": 0.5}}')).toEqual({ kind: "julia", hue: 0.5 });
  expect(parseField('{"kind": "patterns", "seed": 3}').seed).toBe(3);
  expect(parseField('{"kind": "sketch:waves", "source": "x"}').source).toBe("x");
  for (const text of ["null", "[]", "3", '{"field": {"kind": 3}}']) expect(() => parseField(text)).toThrow("no field");
  expect(() => parseField('{"field": {"kind": "mix"}}')).toThrow("it draws mix");
  expect(() => parseField('{"field": {"ki')).toThrow("cut or damaged");
});

it("offers no large networks without WebGPU", () => {
  const slider = { name: "hidden", low: 4, high: 256, step: 4, choices: [], switch: false, help: "", value: 256 };
  const looks = { wide: { kind: "cppn", hidden: 64, layers: 4 }, narrow: { kind: "cppn", hidden: 16, layers: 4 }, silk: { kind: "patterns" } };
  const fields = withoutWebGpu({ looks, runs: ["a"], sliders: { cppn: [slider], patterns: [slider] } });
  expect(Object.keys(fields.looks)).toEqual(["narrow", "silk"]);
  expect([fields.sliders.cppn[0].high, fields.sliders.patterns[0].high, fields.runs]).toEqual([32, 256, ["a"]]);
});

it("converts a Julia set from a field and back", () => {
  const julia = { surface: { ...OFF, light: { ...OFF.light, on: true, film: 0.5 } }, look: { ...LOOK, hue: 0.25, zoom: 3 }, smoothing: 0.4, model: "default" };
  expect(juliaFromField(fieldFromJulia(julia))).toEqual(julia);
  expect(juliaFromField({ kind: "julia", hue: "red" })).toEqual({ surface: OFF, look: LOOK, smoothing: null, model: "none" });
});
