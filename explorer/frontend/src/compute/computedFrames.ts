// Frames whose numbers are computed while the page goes on: the latest one that is complete is drawn.

import type { TextureData } from "../picture/shaderCanvas";

const MAX_PENDING = 2; // one is computed while the other is read

/** What a frame is computed for. */
export interface ComputedMoment {
  width: number;
  height: number;
}

/** A complete frame: its moment, and the numbers of each of its networks. */
export interface ComputedFrame<M> {
  moment: M;
  numbers: TextureData[];
}

/** Computes frames in their order. */
export class ComputedFrames<M extends ComputedMoment> {
  latest: ComputedFrame<M> | null = null;
  private pending = 0;
  private closed = false;

  constructor(
    private readonly compute: (moment: M) => Promise<TextureData[]>, private readonly onFrame: () => void, private readonly onFailure: (reason: string) => void,
  ) {}

  /** Whether a frame is being computed. */
  get isBusy(): boolean {
    return this.pending > 0;
  }

  /** Compute a frame, unless enough are being computed. */
  request(moment: M): void {
    if (this.pending >= MAX_PENDING || this.closed) return;
    this.pending += 1;
    this.compute(moment).then(
      (numbers) => this.end(() => {
        this.latest = { moment, numbers };
        this.onFrame();
      }),
      (error: Error) => this.end(() => this.onFailure(error.message.split("\n")[0])),
    );
  }

  close(): void {
    this.closed = true;
  }

  private end(report: () => void): void {
    this.pending -= 1;
    if (!this.closed) report();
  }
}
