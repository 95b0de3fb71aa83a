import { expect, it } from "vitest";
import type { ModelSummary } from "../api";
import { title } from "./Models";
import { first, own } from "./useModels";

const model = (id: string, finished: boolean, shipped = false): ModelSummary =>
  ({ id, finished, shipped, created: null, hidden: null, trained_on: [] });

it("begins with the newest finished training, else with the model that ships", () => {
  expect(first([model("train_3", false), model("train_2", true), model("train_1", true)])).toBe("train_2");
  expect(first([model("train_3", false), model("default", true, true)])).toBe("default");
  expect(first([model("train_3", false)])).toBe("train_3");
  expect(first([])).toBe("");
});

it("plays what ships for a field without a model of its own, and its own for any other", () => {
  const models = [model("train_1", true), model("default", true, true)];
  expect(own("none", models)).toBe("default");
  expect(own("train_1", models)).toBe("train_1");
  expect(own("none", models.slice(0, 1))).toBe("train_1");
});

it("says of a model that its training was broken off", () => {
  expect(title(model("train_20260101T000000Z_abcdef", false))).toContain("unfinished");
  expect(title(model("train_20260101T000000Z_abcdef", true))).not.toContain("unfinished");
});
