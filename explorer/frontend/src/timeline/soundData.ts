// What is drawn of the sound: its outline at fixed steps, single samples of a stretch, its spectrum.

interface Stretch {
  start: number;
  rate: number;
  data: Int16Array;
}

const MARGIN = 0.5; // of the seconds on screen that are requested before and after them

export class SoundData {
  outline = new Int8Array();
  peak = 1; // the sample that is 127 in the outline
  onsets: ArrayLike<number> = [];
  spectrum: ImageBitmap | null = null;
  stretch: Stretch | null = null;
  private requested: [number, number] | null = null;

  constructor(private readonly request: (start: number, end: number) => void) {}

  async receive(message: { kind: string; start: number; rate: number; peak: number }, buffer: DataView): Promise<void> {
    const { buffer: memory, byteOffset, byteLength } = buffer;
    const bytes = memory.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    if (message.kind === "outline") [this.outline, this.peak] = [new Int8Array(bytes), message.peak];
    else if (message.kind === "onsets") this.onsets = Array.from(new Float32Array(bytes));
    else if (message.kind === "samples") this.stretch = { start: message.start, rate: message.rate, data: new Int16Array(bytes) };
    else if (message.kind === "spectrogram") this.spectrum = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  }
  /** Samples from one time to another where they are here; they are requested where not. */
  samples(start: number, end: number): Stretch | null {
    const { stretch } = this;
    if (stretch && stretch.start <= start && stretch.start + stretch.data.length / stretch.rate >= end - 1e-3) return stretch;
    const wanted = this.requested;
    if (!wanted || start < wanted[0] || end > wanted[1]) {
      const margin = MARGIN * (end - start);
      this.requested = [start - margin, end + margin];
      this.request(...this.requested);
    }
    return null;
  }
  close(): void {
    this.spectrum?.close();
    this.spectrum = null;
  }
}
