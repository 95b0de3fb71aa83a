import { expect, it } from "vitest";
import { LatestTask } from "./latestTask";

it("finishes the first task, then runs the last of those that came meanwhile", async () => {
  const done: number[] = [], tasks = new LatestTask();
  const ended = new Promise<void>((resolve) => {
    const task = (n: number) => async () => {
      await Promise.resolve();
      done.push(n);
      if (n === 4) resolve();
    };
    [1, 2, 3, 4].forEach((n) => tasks.run(task(n)));
  });
  await ended;
  expect(done).toEqual([1, 4]);
});
