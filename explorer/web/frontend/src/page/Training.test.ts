import { expect, it } from "vitest";
import { body } from "./Training";

it("turns the form into a request: numbers as numbers, boxes as true or false", () => {
  const form = new FormData();
  for (const [name, value] of [["data_dir", "data/audio"], ["epochs", "3"], ["include_delta", "on"]]) form.set(name, value);
  const settings = {
    data_dir: { type: "string" }, epochs: { type: "integer" }, seed: { type: "integer" },
    include_delta: { type: "boolean" }, include_delta_delta: { type: "boolean" }, hidden: { type: "array" },
  } as const;
  expect(body(form, settings)).toEqual({
    data_dir: "data/audio", epochs: 3, include_delta: true, include_delta_delta: false,
  });
});
