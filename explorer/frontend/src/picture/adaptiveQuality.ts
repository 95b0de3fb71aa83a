// Chooses the finest resolution that the machine draws in time, by trying one level at a time.

/** Quality levels: resolution relative to the window, and sample points along each side of a pixel. */
export const LEVELS = [
  { scale: 0.2, samples: 1 },
  { scale: 0.35, samples: 1 },
  { scale: 0.5, samples: 1 },
  { scale: 0.7, samples: 1 },
  { scale: 1, samples: 1 },
  { scale: 1, samples: 2 },
];
const INITIAL_LEVEL = 1; // fast enough for software rendering
const MAX_FRAME_SECONDS = 1 / 30, MIN_FRAME_SECONDS = 1 / 45; // slower: one level down; faster: one up
const WINDOW_FRAMES = 20, WINDOW_SECONDS = 0.6, MIN_WINDOW_FRAMES = 4; // over which the frame time is measured
const RETRY_SECONDS = 30; // until a level that was too slow is tried again

export class AdaptiveQuality {
  private level = INITIAL_LEVEL;
  private frames = 0;
  private seconds = 0;
  private failedLevel = Infinity;
  private secondsSinceFailure = 0;

  get scale(): number {
    return LEVELS[this.level].scale;
  }

  get samples(): number {
    return LEVELS[this.level].samples;
  }

  /** Choose the level by the seconds that a frame takes at scale 1. */
  start(seconds: number): void {
    this.level = Math.max(0, LEVELS.findLastIndex(({ scale, samples }) => samples === 1 && seconds * scale ** 2 < MIN_FRAME_SECONDS));
  }

  /** Record a frame and the seconds since the previous one. */
  addFrame(seconds: number): void {
    this.frames += 1;
    this.seconds += seconds;
    this.secondsSinceFailure += seconds;
    if (this.secondsSinceFailure > RETRY_SECONDS) this.failedLevel = Infinity;
    if (this.frames < MIN_WINDOW_FRAMES || (this.frames < WINDOW_FRAMES && this.seconds < WINDOW_SECONDS)) return;
    const interval = this.seconds / this.frames;
    if (interval > MAX_FRAME_SECONDS && this.level > 0) this.stepDown();
    else if (interval < MIN_FRAME_SECONDS && this.level + 1 < Math.min(LEVELS.length, this.failedLevel)) this.level += 1;
    this.frames = this.seconds = 0;
  }

  private stepDown(): void {
    this.failedLevel = this.level;
    this.secondsSinceFailure = 0;
    this.level -= 1;
  }
}
