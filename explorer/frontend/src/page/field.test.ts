import { expect, it } from "vitest";
import { OFF } from "../picture/light";
import { LOOK } from "../picture/motion";
import { parseField, fieldFromJulia, juliaFromField } from "./field";

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

it("converts a Julia set from a field and back", () => {
  const julia = { surface: { ...OFF, light: { ...OFF.light, on: true, film: 0.5 } }, look: { ...LOOK, hue: 0.25, zoom: 3 }, smoothing: 0.4, model: "default" };
  expect(juliaFromField(fieldFromJulia(julia))).toEqual(julia);
  expect(juliaFromField({ kind: "julia", hue: "red" })).toEqual({ surface: OFF, look: LOOK, smoothing: null, model: "none" });
});
