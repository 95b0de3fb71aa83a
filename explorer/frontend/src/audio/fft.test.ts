import { expect, it } from "vitest";
import { Spectrum } from "./fft";

it("is the discrete Fourier transform", () => {
  const window = Float64Array.from({ length: 16 }, (_, n) => Math.sin(n * n) + (n % 3));
  const magnitudes = new Float64Array(9);
  new Spectrum(16).measure(window, magnitudes);
  for (let k = 0; k <= 8; k++) {
    let real = 0, imaginary = 0;
    window.forEach((value, n) => {
      real += value * Math.cos((2 * Math.PI * k * n) / 16);
      imaginary -= value * Math.sin((2 * Math.PI * k * n) / 16);
    });
    expect(magnitudes[k]).toBeCloseTo(Math.hypot(real, imaginary), 12);
  }
});

it("refuses a length that is no power of two", () => {
  expect(() => new Spectrum(800)).toThrow("power of two");
});
