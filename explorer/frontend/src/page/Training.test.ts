import { expect, it } from "vitest";
import { requestBody, phaseText, withLabels } from "./Training";

it("turns the form into a request: numbers as numbers, boxes as true or false", () => {
  const form = new FormData();
  for (const [name, value] of [["data_dir", "data/audio"], ["epochs", "3"], ["include_delta", "on"]]) form.set(name, value);
  const settings = {
    data_dir: { type: "string" }, epochs: { type: "integer" }, seed: { type: "integer" },
    include_delta: { type: "boolean" }, include_delta_delta: { type: "boolean" }, hidden: { type: "array" },
  } as const;
  expect(requestBody(form, settings)).toEqual({
    data_dir: "data/audio", epochs: 3, include_delta: true, include_delta_delta: false,
  });
});

it("names settings in errors as the form does", () => {
  expect(withLabels("data_dir: 'x' holds no sound file")).toBe("folder of sounds: 'x' holds no sound file");
  expect(withLabels("window_frames: got 0; allowed: 1 to 64")).toBe("frames per window: got 0; allowed: 1 to 64");
  expect(withLabels("The server cannot be reached.")).toBe("The server cannot be reached.");
});

it("names the phase after Stop", () => {
  const training = { status: "stopping", epoch: 2, epochs: 9 } as const;
  expect(phaseText({ ...training, phase: "training" })).toBe("Stopping. Training: epoch 2 of 9");
  expect(phaseText({ ...training, phase: "proving" })).toBe("Stopped in epoch 2; evaluating the model…");
  expect(phaseText({ ...training, status: "running", phase: "writing" })).toBe("Drawing the results…");
});
