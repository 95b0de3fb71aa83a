import { expect, it } from "vitest";
import { linkError, linkTo, settingsFromLink } from "./useField";

it("carries settings in a link and survives a damaged one", () => {
  const settings = { hidden: 8, palette: "ember", time_span: 20, features: ["bass", "a&b=#%"] };
  expect(settingsFromLink(linkTo(settings))).toEqual({ kind: "cppn", ...settings });
  expect(linkTo({ kind: "graph" })).toMatch(/^#graph=/);
  expect(settingsFromLink(linkTo({ kind: "patterns", seed: 3 }))).toEqual({ kind: "patterns", seed: 3 });
  const sketch = { kind: "sketch:waves", source: "x" };
  expect(settingsFromLink(linkTo(sketch))).toEqual(sketch);
  for (const hash of ["", "#probe", "#cppn=", "#cppn=%7B", "#cppn=[1]", "#cppn=%", "#cppn=3"]) expect(settingsFromLink(hash)).toBeNull();
});

it("reports an unknown address", () => {
  for (const hash of ["", "#", "#probe", linkTo({ hidden: 8 })]) expect(linkError(hash)).toBe("");
  expect(linkError("#cppn=%7B")).toContain("cut or damaged");
  expect(linkError("#model=train_nothing")).toContain("does not know #model=train_nothing");
});
