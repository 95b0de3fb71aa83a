import { expect, it } from "vitest";
import type { ModelSummary } from "../../api";
import { modelTitle } from "../PictureMenu";
import { defaultModel, modelForField } from "./useModels";

const model = (id: string, finished: boolean, shipped = false, initial = false): ModelSummary =>
  ({ id, finished, shipped, initial, created: null, hidden: null, trained_on: [], damaged: null });

it("starts with the server's choice", () => {
  expect(defaultModel([model("train_2", true), model("default", true, true, true)])).toBe("default");
  expect(defaultModel([model("train_3", false)])).toBe("train_3");
  expect(defaultModel([])).toBe("");
});

it("plays the model that ships for a field without a model, else the field's own", () => {
  const models = [model("train_1", true), model("default", true, true)];
  expect(modelForField("none", models)).toBe("default");
  expect(modelForField("train_1", models)).toBe("train_1");
  expect(modelForField("none", models.slice(0, 1))).toBe("train_1");
});

it("marks a model whose training was stopped early", () => {
  expect(modelTitle(model("train_20260101T000000Z_abcdef", false))).toContain("unfinished");
  expect(modelTitle({ ...model("train_20260101T000000Z_abcdef", false), damaged: "no JSON" })).toContain("damaged");
  expect(modelTitle(model("train_20260101T000000Z_abcdef", true))).not.toContain("unfinished");
});
