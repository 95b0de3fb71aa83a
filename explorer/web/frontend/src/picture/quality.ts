// How fine a picture the machine can draw in time: found by trying, one step at a time.

/** Steps of quality: the share of the window's pixels across, and the points across each pixel. */
export const STEPS = [
  { scale: 0.2, samples: 1 },
  { scale: 0.35, samples: 1 },
  { scale: 0.5, samples: 1 },
  { scale: 0.7, samples: 1 },
  { scale: 1, samples: 1 },
  { scale: 1, samples: 2 },
];
const FIRST = 1; // good enough where nothing but the processor draws
const SLOW = 1 / 30, FAST = 1 / 45; // seconds a frame
const FRAMES = 20, SECONDS = 0.6, FEWEST = 4; // after so many frames, or so much time, it is judged
const PATIENCE = 30; // seconds until a step that was too slow is tried again

export class Quality {
  private step = FIRST;
  private count = 0;
  private time = 0;
  private barred = Infinity; // the step that was too slow
  private waited = 0;

  get scale(): number {
    return STEPS[this.step].scale;
  }

  get samples(): number {
    return STEPS[this.step].samples;
  }

  /** Another frame was drawn, so many seconds after the one before. */
  drawn(seconds: number): void {
    this.count += 1;
    this.time += seconds;
    this.waited += seconds;
    if (this.waited > PATIENCE) this.barred = Infinity;
    if (this.count < FEWEST || (this.count < FRAMES && this.time < SECONDS)) return;
    const interval = this.time / this.count;
    if (interval > SLOW && this.step > 0) this.bar(this.step);
    else if (interval < FAST && this.step + 1 < Math.min(STEPS.length, this.barred)) this.step += 1;
    this.count = this.time = 0;
  }

  private bar(step: number): void {
    this.barred = step;
    this.waited = 0;
    this.step = step - 1;
  }
}
