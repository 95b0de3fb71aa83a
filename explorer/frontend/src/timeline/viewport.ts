// Which seconds of a song are on screen, and where.

export const MIN_SAMPLES = 24; // on screen, at the closest zoom
const MIN_TICK_GAP = 76; // pixels between two labels
const STEPS = [1, 2, 5];
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

export class Viewport {
  start = 0;
  end: number;
  left = 0; // pixels, of the first moment on screen
  width = 1; // pixels

  constructor(readonly duration: number, readonly sampleRate: number) {
    this.end = duration;
  }
  get span(): number {
    return this.end - this.start;
  }
  get secondsPerPixel(): number {
    return this.span / this.width;
  }
  x(t: number): number {
    return this.left + ((t - this.start) / this.span) * this.width;
  }
  t(x: number): number {
    const t = this.start + ((x - this.left) / this.width) * this.span;
    return Math.min(Math.max(t, 0), this.duration);
  }
  /** Show `factor` times as many seconds; the moment `at` stays where it is. */
  zoom(factor: number, at: number): void {
    const least = Math.min(this.duration, MIN_SAMPLES / this.sampleRate);
    const span = Math.min(Math.max(this.span * factor, least), this.duration);
    const share = Math.min(Math.max((at - this.start) / this.span, 0), 1);
    this.place(at - share * span, span);
  }
  scroll(seconds: number): void {
    this.place(this.start + seconds, this.span);
  }
  /** Scroll until a moment is on screen, with some room before and after it. */
  reveal(t: number, margin = 0.08): void {
    const room = margin * this.span;
    if (t < this.start + room || t > this.end - room) this.place(t - (t < this.start + room ? room : this.span - room), this.span);
  }
  /** The page that holds a moment while it plays. */
  follow(t: number): void {
    if (t < this.start || t > this.end) this.place(t - 0.05 * this.span, this.span);
  }
  private place(start: number, span: number): void {
    this.start = Math.min(Math.max(start, 0), Math.max(this.duration - span, 0));
    this.end = this.start + span;
  }
}

/** Seconds between two labels of the ruler, and how many digits a label needs. */
export function tickStep(secondsPerPixel: number): { step: number; digits: number } {
  const least = secondsPerPixel * MIN_TICK_GAP;
  const long = CLOCK_STEPS.find((step) => step >= least);
  if (least > 1) return { step: long ?? Math.ceil(least / 3600) * 3600, digits: 0 };
  const decade = Math.floor(Math.log10(least));
  for (const exponent of [decade, decade + 1])
    for (const factor of STEPS) {
      const step = factor * 10 ** exponent;
      if (step >= least * (1 - 1e-9)) return { step, digits: Math.max(0, -exponent) };
    }
  return { step: 1, digits: 0 };
}
