// What a model hears at every frame: the last frames, the oldest first, with their changes when it asks for them.

/** How a model wants to be told what is heard; its metadata says so. */
export interface Hearing {
  window_frames: number;
  include_delta: boolean;
  include_delta_delta: boolean;
}

/** Windows of frames as they come; before the beginning the first frame repeats. */
export class Windows {
  private frames: Float32Array[] = []; // values, deltas, deltas of deltas, as many as are asked for
  private readonly parts: number;

  constructor(private readonly hearing: Hearing) {
    this.parts = hearing.include_delta_delta ? 3 : hearing.include_delta ? 2 : 1;
  }

  /** The window that ends with this frame of features, in one row. */
  add(values: Float32Array): Float32Array {
    const width = values.length;
    const frame = new Float32Array(width * this.parts);
    frame.set(values);
    const before = this.frames.at(-1) ?? frame;
    for (let i = width; i < frame.length; i++) {
      // the delta of the number one part before; at the first frame nothing has changed
      frame[i] = this.frames.length ? frame[i - width] - before[i - width] : 0;
    }
    if (!this.frames.length) this.frames = Array<Float32Array>(this.hearing.window_frames).fill(frame);
    else this.frames = [...this.frames.slice(1), frame];
    return this.row();
  }

  private row(): Float32Array {
    const row = new Float32Array(this.frames.length * this.frames[0].length);
    this.frames.forEach((frame, n) => row.set(frame, n * frame.length));
    return row;
  }
}
