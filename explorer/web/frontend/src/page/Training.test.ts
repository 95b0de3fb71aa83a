import { expect, it } from "vitest";
import { body, doing } from "./Training";

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

it("says what is done after Stop", () => {
  const told = { status: "stopping", epoch: 2, epochs: 9 } as const;
  expect(doing({ ...told, phase: "training" })).toBe("Stopping. Training: epoch 2 of 9");
  expect(doing({ ...told, phase: "proving" })).toBe("Stopped in epoch 2; proving what it learned…");
  expect(doing({ ...told, status: "running", phase: "writing" })).toBe("Drawing what it learned…");
});
