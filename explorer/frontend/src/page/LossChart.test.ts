import { expect, it } from "vitest";
import { linePoints } from "./LossChart";

it("draws the lowest loss at the bottom, the highest at the top, and omits missing values", () => {
  const history = [{ loss: 3 }, { loss: null }, { loss: 1 }];
  expect(linePoints(history, "loss", 1, 3)).toBe("0.0,0.0 300.0,110.0");
  expect(linePoints(history, "validation", 1, 3)).toBe("");
});
