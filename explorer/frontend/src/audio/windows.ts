// Input windows of a model: at every frame the last frames, the oldest first, with deltas if the model uses them.

/** The settings of the windows of a model, from its metadata. */
export interface WindowSettings {
  window_frames: number;
  include_delta: boolean;
  include_delta_delta: boolean;
}

/** Windows of incoming frames; before the start the first frame repeats. */
export class FeatureWindows {
  private frames: Float32Array[] = []; // values, deltas, deltas of deltas, as the settings say
  private readonly parts: number;

  constructor(private readonly settings: WindowSettings) {
    this.parts = settings.include_delta_delta ? 3 : settings.include_delta ? 2 : 1;
  }

  /** The window that ends with this frame of features, in one row. */
  add(values: Float32Array): Float32Array {
    const width = values.length;
    const frame = new Float32Array(width * this.parts);
    frame.set(values);
    const before = this.frames.at(-1) ?? frame;
    for (let i = width; i < frame.length; i++) {
      // the delta of the number one part earlier; 0 at the first frame
      frame[i] = this.frames.length ? frame[i - width] - before[i - width] : 0;
    }
    if (!this.frames.length) this.frames = Array<Float32Array>(this.settings.window_frames).fill(frame);
    else this.frames = [...this.frames.slice(1), frame];
    return this.row();
  }

  private row(): Float32Array {
    const row = new Float32Array(this.frames.length * this.frames[0].length);
    this.frames.forEach((frame, n) => row.set(frame, n * frame.length));
    return row;
  }
}
