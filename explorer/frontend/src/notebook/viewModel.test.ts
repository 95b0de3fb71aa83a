import { describe, expect, it } from "vitest";
import { viewModel } from "./viewModel";

describe("the model of a view", () => {
  it("sends and reads", () => {
    const sent: unknown[] = [], model = viewModel({ get: (name: string) => name, send: (message: unknown) => sent.push(message) });
    model.send({ kind: "ready" });
    expect(sent).toEqual([{ kind: "ready" }]);
    expect(model.get("view")).toBe("view");
  });

  it("drops messages to a kernel that was restarted", () => {
    let attempts = 0;
    const model = viewModel({
      send(_message: unknown) {
        attempts += 1;
        throw new Error("Cannot send");
      },
    });
    expect(() => model.send({ kind: "frame" })).not.toThrow();
    expect(attempts).toBe(1);
  });
});
