import { describe, expect, it } from "vitest";
import constants from "../constants.json";
import { FEATURES } from "../audio/features";
import { evaluate } from "../picture/expressions";
import { FamilySelection, suitableFamily } from "./familySelection";
import { GraphMotion, soundCurve } from "./graphMotion";
import { PatternMotion, shareInputs } from "./patternMotion";

const [FRACTAL, ORGANIC, FLOWING, GEOMETRIC] = constants.patterns.families.keys();
const frame = (rms: number, centroid: number) => FEATURES.map((name) => (name === "rms" ? rms : name === "centroid" ? centroid : 0));

describe("programs", () => {
  it("computes operations on inputs, with the remainder of Python", () => {
    const program = { operations: ["input x", "constant 3.0", "mod 0 1", "constant -2.0", "max 2 3", "sin 0"], outputs: [4, 2, 5] };
    expect(evaluate(program, { x: -1 })).toEqual([2, 2, Math.sin(-1)]);
    const choices = ["input x", "constant 0.5", "less 0 1", "not 2", "or 2 3", "and 2 3", "floor 0", "abs 0", "where 5 0 7"];
    expect(evaluate({ operations: choices, outputs: [2, 3, 4, 5, 6, 7, 8] }, { x: -1.5 })).toEqual([1, 0, 1, 0, -2, 1.5, 1.5]);
    expect(() => evaluate({ operations: ["erf 0"], outputs: [0] }, {})).toThrow("erf");
  });
});

describe("families of patterns", () => {
  it("follow loudness and brightness relative to what was heard", () => {
    const memory = [-40, -20, -20, -20, -8].map((energy) => ({ energy, brightness: 3 }));
    const of = (energy: number, brightness = 3) => suitableFamily({ energy, brightness }, memory, FLOWING);
    expect([of(-8), of(-20), of(-38), of(-20, 5), of(-90)]).toEqual([GEOMETRIC, FLOWING, ORGANIC, FRACTAL, ORGANIC]);
    expect(suitableFamily({ energy: -15, brightness: 3 }, memory, GEOMETRIC)).toBe(GEOMETRIC); // hysteresis
    expect(of(-15)).toBe(FLOWING);
  });

  it("change after their dwell, over the time of a crossfade", () => {
    const selection = new FamilySelection(), settings = { window: 0.5, dwell: 2, fade: 1 };
    const push = (frames: number, rms: number) => { for (let n = 0; n < frames; n++) selection.push(frame(rms, 0.1), 0.5, settings); };
    push(300, 0.6);
    expect(selection.family).toBe(FLOWING);
    expect(selection.shares(1)[FLOWING]).toBe(1);
    push(60, 0.95);
    expect(selection.family).toBe(GEOMETRIC);
    const shares = selection.shares(10);
    expect(shares[GEOMETRIC]).toBeGreaterThan(0);
    expect(shares[GEOMETRIC]).toBeLessThan(1);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  });

  it("leave out the smallest shares", () => {
    expect(Object.values(shareInputs([0.001, 0.499, 0, 0.5]))).toEqual([0, 0.499 / 0.999, 0, 0.5 / 0.999]);
  });

  it("are those of the settings where these name one", () => {
    const inputs = new PatternMotion().inputs({ family: "fractal", fade: 1 });
    expect([inputs.fractal, inputs.organic]).toEqual([1, 0]);
  });
});

describe("the motion of a graph", () => {
  const settings = { speed: 1, audio_gain: 1, spin: 0.5, features: ["bass", "rms"] };

  it("runs on sound, and turns with its clock", () => {
    const motion = new GraphMotion();
    motion.advance(settings, {}, 2);
    expect(motion.inputs(settings).time).toBeCloseTo(2 * constants.clock.silent_rate, 9);
    expect(motion.inputs(settings).motion).toBe(0);
    motion.advance(settings, { rms: 1, onset: 1 }, 2); // it has no onset
    const { motion: progress, rotation } = motion.inputs(settings);
    expect(progress).toBeCloseTo(2 * constants.clock.loudness_rate, 9);
    expect(rotation).toBeCloseTo(0.5 * progress, 9);
  });

  it("hears a hit later where it is farther away", () => {
    const motion = new GraphMotion();
    motion.push({ bass: 1, mid: 1 });
    for (let n = 0; n < 60; n++) motion.push({});
    const curve = motion.curve(settings);
    const bass = Array.from({ length: curve.length / 4 }, (_, n) => curve[4 * n]);
    const seconds = (bass.indexOf(Math.max(...bass)) / constants.graph.curve_steps) * constants.graph.delay_seconds;
    expect(seconds).toBeCloseTo(1, 1);
    expect(curve[4 * 200 + 1]).toBe(0); // the mid is not one of its features
  });

  it("hears a steady sound everywhere alike", () => {
    const past = Array.from({ length: 3 }, () => new Array<number>(constants.graph.delays).fill(0.5));
    const curve = soundCurve([0.5, 0.5, 0.5], past, 2);
    for (const n of [0, 100, curve.length / 4 - 1]) expect(curve[4 * n]).toBeCloseTo(constants.graph.present_share + constants.graph.past_share, 6);
  });
});
