// A field along a track that WebGPU computes: which of its frames is drawn now, and which is computed next.

import { LEVELS, type AdaptiveQuality } from "../picture/adaptiveQuality";
import type { Limit } from "../track/moments";
import type { TrackField, TrackMoment } from "../track/trackField";
import { ComputedFrames, type ComputedFrame } from "./computedFrames";

const REST_SECONDS = 0.1; // for a picture at rest: the exact one of the kernel follows
const MIN_REST_PIXELS = 96 * 54; // fewer are drawn only where fewer are wanted
const MAX_FRAME_SECONDS = 0.25; // in the lowest quality: the kernel is quicker than that
const MIN_SIDE = 16; // pixels

interface Moment extends TrackMoment {
  moving: boolean;
}

type Frame = ComputedFrame<Moment>;

/** The frames of a field. */
export class ComputedPicture {
  private readonly frames: ComputedFrames<Moment>;
  private drawn: Frame | null = null;

  /** `pixelSeconds`: that a pixel takes; `onFrame` is called when there is a frame, `onFailure` with why there are none. */
  constructor(
    field: TrackField, private readonly pixelSeconds: number, private readonly quality: AdaptiveQuality, onFrame: () => void, private readonly onFailure: (reason: string) => void,
  ) {
    this.frames = new ComputedFrames((moment) => field.compute(moment), onFrame, onFailure);
  }

  /** The frame to draw for a moment of a picture; null where it is still computed. */
  frameAt(t: number, width: number, height: number, limit: Limit, moving: boolean): Frame | null {
    const { latest } = this.frames, full = this.pixelSeconds * width * height, lowest = LEVELS[0].scale;
    if (full * lowest ** 2 > MAX_FRAME_SECONDS) {
      this.onFailure(`a frame of this network takes this browser ${(full * lowest ** 2).toFixed(1)} s`);
      return null;
    }
    const restPixels = Math.max(MIN_REST_PIXELS, REST_SECONDS / this.pixelSeconds);
    const scale = moving ? this.quality.scale : Math.min(1, Math.sqrt(restPixels / (width * height)));
    const isOfMoment = latest && (moving ? latest !== this.drawn : isAtRest(latest.moment, t, limit));
    if (moving || !isOfMoment) {
      const [columns, rows] = [width, height].map((side) => Math.max(MIN_SIDE, Math.round(side * scale)));
      this.frames.request({ t, width: columns, height: rows, limit, moving });
    }
    return isOfMoment ? (this.drawn = latest) : null;
  }

  close(): void {
    this.frames.close();
  }
}

const isAtRest = (moment: Moment, t: number, { swing, exposure }: Limit) =>
  !moment.moving && moment.t === t && moment.limit.swing === swing && moment.limit.exposure === exposure;
