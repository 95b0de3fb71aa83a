import { expect, it } from "vitest";
import { link, linked } from "./useNetwork";

it("carries settings in a link and survives a damaged one", () => {
  const settings = { hidden: 8, palette: "ember", time_span: 20, features: ["bass", "a&b=#%"] };
  expect(linked(link(settings))).toEqual(settings);
  for (const hash of ["", "#probe", "#cppn=", "#cppn=%7B", "#cppn=[1]", "#cppn=%", "#cppn=3"]) expect(linked(hash)).toBeNull();
});
