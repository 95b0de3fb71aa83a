import { expect, it } from "vitest";
import { complaint, link, linked } from "./useNetwork";

it("carries settings in a link and survives a damaged one", () => {
  const settings = { hidden: 8, palette: "ember", time_span: 20, features: ["bass", "a&b=#%"] };
  expect(linked(link(settings))).toEqual(settings);
  for (const hash of ["", "#probe", "#cppn=", "#cppn=%7B", "#cppn=[1]", "#cppn=%", "#cppn=3"]) expect(linked(hash)).toBeNull();
});

it("says of an address what it does not know of it", () => {
  for (const hash of ["", "#", "#probe", link({ hidden: 8 })]) expect(complaint(hash)).toBe("");
  expect(complaint("#cppn=%7B")).toContain("cut or damaged");
  expect(complaint("#model=train_nothing")).toContain("does not know what #model=train_nothing");
});
