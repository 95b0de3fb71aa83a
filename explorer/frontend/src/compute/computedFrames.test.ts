import { expect, it } from "vitest";
import type { TextureData } from "../picture/shaderCanvas";
import { ComputedFrames } from "./computedFrames";

const settled = () => new Promise((resolve) => setTimeout(resolve));

it("computes two frames at a time, shows the latest and says why there is none", async () => {
  const waiting: { width: number; done: () => void; fail: (error: Error) => void }[] = [], events: string[] = [];
  const compute = ({ width }: { width: number; height: number }) =>
    new Promise<TextureData[]>((done, fail) => waiting.push({ width, done: () => done([]), fail }));
  const frames = new ComputedFrames(compute, () => events.push("frame"), (reason) => events.push(reason));
  for (const width of [1, 2, 3]) frames.request({ width, height: 1 });
  expect(waiting.map(({ width }) => width)).toEqual([1, 2]);
  waiting[0].done();
  await settled();
  expect([frames.latest?.moment.width, frames.isBusy, events]).toEqual([1, true, ["frame"]]);
  waiting[1].fail(new Error("the GPU is lost\nand more"));
  await settled();
  expect([frames.latest?.moment.width, frames.isBusy, events.at(-1)]).toEqual([1, false, "the GPU is lost"]);
  frames.request({ width: 4, height: 1 });
  frames.close();
  waiting[2].fail(new Error("late"));
  await settled();
  frames.request({ width: 5, height: 1 });
  expect([events.length, waiting.length]).toEqual([2, 3]);
});
