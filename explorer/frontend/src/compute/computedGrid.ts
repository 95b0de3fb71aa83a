// Fields side by side that WebGPU computes: one after the other in turn, since they share a GPU.

import { NO_LIMIT } from "../track/moments";
import type { TrackField, TrackMoment } from "../track/trackField";
import { ComputedFrames, type ComputedFrame } from "./computedFrames";

/** The frames of some of the fields of a grid, by index. */
export class ComputedGrid {
  private readonly frames = new Map<number, ComputedFrames<TrackMoment>>();
  private turn = 0;

  add(index: number, field: TrackField, onFailure: (reason: string) => void): void {
    this.frames.set(index, new ComputedFrames((moment) => field.compute(moment), () => {}, onFailure));
  }

  /** The frame to draw of a field in a size; undefined where WebGPU does not compute it, null where there is none yet. */
  frameOf(index: number, width: number, height: number): ComputedFrame<TrackMoment> | null | undefined {
    const frames = this.frames.get(index), latest = frames?.latest;
    return frames && (latest?.moment.width === width && latest.moment.height === height ? latest : null);
  }

  /** Compute a moment of the field whose turn it is, unless another one is being computed. */
  request(t: number, width: number, height: number): void {
    const all = [...this.frames.values()];
    if (!all.length || all.some(({ isBusy }) => isBusy)) return;
    all[this.turn++ % all.length].request({ t, width, height, limit: NO_LIMIT });
  }

  close(): void {
    this.frames.forEach((frames) => frames.close());
    this.frames.clear();
  }
}
