import { describe, expect, it } from "vitest";
import constants from "../constants.json";
import { constant, Motion, PARAMETERS, REST } from "./motion";

const changed = (changes: Record<string, number>) =>
  Float32Array.from(PARAMETERS, ({ name, rest }) => changes[name] ?? rest);

describe("motion", () => {
  it("puts c on the main cardioid at distance 1", () => {
    expect(constant(0, 1)[0]).toBeCloseTo(0.25); // its cusp
    expect(constant(Math.PI, 1)[0]).toBeCloseTo(-0.75); // its far end
    expect(constant(Math.PI, 1)[1]).toBeCloseTo(0);
  });

  it("integrates speed and turn at once without smoothing", () => {
    const motion = new Motion(1);
    for (let n = 0; n < 60; n++) motion.advance(changed({ speed: 1, turn: -0.5 }), 1 / 60, 0);
    expect(motion.angle).toBeCloseTo(1 + constants.julia.speed, 6);
    expect(motion.rotation).toBeCloseTo(-0.5 * constants.julia.turn, 6);
  });

  it("goes most of the way in the time of smoothing, however time is cut", () => {
    const once = new Motion(0), often = new Motion(0);
    const target = changed({ zoom: 1.8 });
    once.advance(target, 0.5, 0.5);
    for (let n = 0; n < 50; n++) often.advance(target, 0.01, 0.5);
    expect(once.controls.zoom).toBeCloseTo(often.controls.zoom, 9);
    expect((once.controls.zoom - 1) / 0.8).toBeCloseTo(1 - 1 / Math.E, 6);
  });

  it("rests where the parameters say", () => {
    const motion = new Motion(0);
    motion.advance(REST, 1, 0.1);
    expect(motion.controls.zoom).toBeCloseTo(1);
  });
});
