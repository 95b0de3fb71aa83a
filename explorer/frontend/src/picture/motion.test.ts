import { describe, expect, it } from "vitest";
import constants from "../constants.json";
import { juliaConstant, LOOK, Motion, PARAMETERS, REST } from "./motion";

const changed = (changes: Record<string, number>) =>
  Float32Array.from(PARAMETERS, ({ name, rest }) => changes[name] ?? rest);

describe("motion", () => {
  it("puts c on the main cardioid at distance 1", () => {
    expect(juliaConstant(0, 1)[0]).toBeCloseTo(0.25); // its cusp
    expect(juliaConstant(Math.PI, 1)[0]).toBeCloseTo(-0.75); // its far end
    expect(juliaConstant(Math.PI, 1)[1]).toBeCloseTo(0);
  });

  it("integrates speed and turn at once without smoothing", () => {
    const motion = new Motion();
    const start = motion.controls;
    for (let n = 0; n < 60; n++) motion.advance(changed({ speed: 1, turn: 0.5 }), 1 / 60, 0);
    const { angle, rotation } = motion.controls;
    expect(angle - start.angle).toBeCloseTo(constants.julia.speed * LOOK.speed + LOOK.travel, 6);
    expect(rotation - start.rotation).toBeCloseTo(0.5 * constants.julia.turn * LOOK.speed, 6);
  });

  it("goes most of the way in the time of smoothing, whatever the time step", () => {
    const once = new Motion(), often = new Motion();
    const target = changed({ zoom: 1.8 });
    once.advance(target, 0.5, 0.5);
    for (let n = 0; n < 50; n++) often.advance(target, 0.01, 0.5);
    expect(once.controls.zoom).toBeCloseTo(often.controls.zoom, 9);
    expect((once.controls.zoom / LOOK.zoom - 1) / 0.8).toBeCloseTo(1 - 1 / Math.E, 6);
  });

  it("stays nearer to rest with less gain, and follows the sliders of the look at once", () => {
    const motion = new Motion();
    Object.assign(motion.look, { audio_gain: 0.5, hue: 0.25, saturation: 9 });
    motion.advance(changed({ hue: 0.9 }), 1, 0);
    expect(motion.controls.hue).toBeCloseTo(0.25 + 0.7, 6); // rest is 0.5
    expect(motion.controls.saturation).toBe(1);
  });

  it("rests where the parameters say", () => {
    const motion = new Motion();
    motion.advance(REST, 1, 0.1);
    expect(motion.controls.zoom).toBeCloseTo(LOOK.zoom);
  });
});
