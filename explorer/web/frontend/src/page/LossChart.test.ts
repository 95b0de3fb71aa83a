import { expect, it } from "vitest";
import { line } from "./LossChart";

it("draws the lowest loss at the bottom, the highest at the top, and leaves out what was not measured", () => {
  const history = [{ loss: 3 }, { loss: null }, { loss: 1 }];
  expect(line(history, "loss", 1, 3)).toBe("0.0,0.0 300.0,110.0");
  expect(line(history, "validation", 1, 3)).toBe("");
});
