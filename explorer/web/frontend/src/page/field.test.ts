import { expect, it } from "vitest";
import { LOOK } from "../picture/motion";
import { fieldOf, juliaField, juliaOf } from "./field";

it("finds the field in a recipe, and says what is there instead", () => {
  const field = { kind: "cppn", hidden: 8 };
  expect(fieldOf(JSON.stringify({ audio: {}, field }))).toEqual(field);
  expect(fieldOf(JSON.stringify(field))).toEqual(field);
  expect(fieldOf('{"field": {"kind": "julia", "hue": 0.5}}')).toEqual({ kind: "julia", hue: 0.5 });
  for (const text of ["null", "[]", "3", '{"field": {"kind": 3}}']) expect(() => fieldOf(text)).toThrow("no field");
  expect(() => fieldOf('{"field": {"kind": "patterns"}}')).toThrow("it draws patterns");
  expect(() => fieldOf('{"field": {"ki')).toThrow("cut or damaged");
});

it("takes a Julia set apart and puts it together again", () => {
  const julia = { look: { ...LOOK, hue: 0.25, zoom: 3 }, smoothing: 0.4, model: "default" };
  expect(juliaOf(juliaField(julia))).toEqual(julia);
  expect(juliaOf({ kind: "julia", hue: "red" })).toEqual({ look: LOOK, smoothing: null, model: "none" });
});
