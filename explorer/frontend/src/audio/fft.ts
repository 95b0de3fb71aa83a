// The discrete Fourier transform of real windows, in double precision.

/** |FFT| of windows of one length, a power of two. */
export class Spectrum {
  readonly bins: number;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly order: Uint32Array; // position of each sample after the reversal of its index's bits
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;

  constructor(readonly length: number) {
    const bits = Math.log2(length);
    if (!Number.isInteger(bits)) throw new Error(`a window of ${length} samples: a power of two is needed`);
    this.bins = length / 2 + 1;
    this.cosines = Float64Array.from({ length: length / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / length));
    this.sines = Float64Array.from({ length: length / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / length));
    this.order = new Uint32Array(length);
    for (let i = 1; i < length; i++) this.order[i] = (this.order[i >> 1] >> 1) | ((i & 1) << (bits - 1));
    this.real = new Float64Array(length);
    this.imaginary = new Float64Array(length);
  }

  /** Magnitudes of the bins 0 ... length / 2, written into `magnitudes`. */
  measure(window: Float64Array, magnitudes: Float64Array): void {
    const { real, imaginary } = this;
    for (let i = 0; i < this.length; i++) real[this.order[i]] = window[i];
    imaginary.fill(0);
    for (let half = 1; half < this.length; half *= 2) this.combine(half);
    for (let k = 0; k < this.bins; k++) magnitudes[k] = Math.hypot(real[k], imaginary[k]);
  }

  /** Joins neighboring transforms of `half` samples (Cooley and Tukey 1965). */
  private combine(half: number): void {
    const { real, imaginary } = this;
    const step = this.length / (2 * half);
    for (let start = 0; start < this.length; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const cosine = this.cosines[k * step], sine = this.sines[k * step];
        const a = start + k, b = a + half;
        const re = real[b] * cosine + imaginary[b] * sine;
        const im = imaginary[b] * cosine - real[b] * sine;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}
