// The picture of the live view, drawn by this browser on a canvas of its own.

import { AdaptiveQuality } from "../picture/adaptiveQuality";
import { ShaderCanvas, type Shader } from "../picture/shaderCanvas";
import { limitAt, NO_LIMIT, type LimitTable } from "../track/moments";
import type { TrackField } from "../track/trackField";
import { FieldReader, withRows, type FieldMessage, type LimitMessage } from "./wire";

const EMPTY: Shader = [{ fragment: "#version 300 es\nprecision highp float;\nout vec4 c;\nvoid main() { c = vec4(0.0, 0.0, 0.0, 1.0); }" }];
const MAX_FRAME_GAP = 0.5; // seconds between two frames of one motion
const REST_SECONDS = 0.1; // for a picture at rest: the exact one of the kernel follows
const MIN_REST_PIXELS = 320 * 180; // fewer are drawn only where fewer are wanted
const TRIAL_SCALE = 0.25; // of the full size, at which drawing is measured first
export const NO_WEBGL = "this browser has no WebGL2";
export const LOST = "this browser lost its picture and has not got it back yet";

/** What draws on a canvas; null where the browser has no WebGL2. */
export function openCanvas(canvas: HTMLCanvasElement): ShaderCanvas | null {
  try {
    return new ShaderCanvas(canvas, EMPTY);
  } catch {
    return null;
  }
}

/** Draws the field that the kernel sent last. */
export class Painter {
  readonly canvas = document.createElement("canvas");
  readonly quality = new AdaptiveQuality();
  field = 0; // number of the field that it draws; 0: none yet
  onChange: () => void = () => {}; // another field, another limit, or another reason
  private readonly shaderCanvas: ShaderCanvas | null;
  private readonly reader = new FieldReader();
  private trackField: TrackField | null = null;
  private limits: LimitTable | null = null;
  private limitField = 0; // that the limits belong to
  private newest = 0; // number of the field that came last
  private refusal = ""; // why the kernel draws this field
  private failure = ""; // why this browser cannot draw
  private t = 0;
  private lastFrame = 0; // ms
  private pixelSeconds = 0; // that drawing takes; 0: not measured yet

  constructor() {
    this.shaderCanvas = openCanvas(this.canvas);
    this.failure = this.shaderCanvas ? "" : NO_WEBGL;
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault(); // or it would never come back
      this.setReasons(this.refusal, LOST);
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.shaderCanvas!.restore();
      this.setReasons(this.refusal, "");
    });
  }

  /** Why it cannot draw; empty where it can, or where nothing has come yet. */
  get reason(): string {
    return this.failure || this.refusal;
  }

  /** Whether it can draw the current field. */
  get isReady(): boolean {
    return !this.reason && this.trackField !== null;
  }

  /** Take what the kernel sends; resolves when it can be drawn. */
  async receive(message: FieldMessage | LimitMessage, buffer: DataView): Promise<void> {
    if (message.kind === "limits") return this.setLimits(message, buffer);
    this.newest = message.id;
    if (!this.shaderCanvas || message.reason) return this.setReasons(message.reason, this.failure);
    const field = this.reader.read(message, buffer), isCurrent = () => message.id === this.newest;
    const [first, ...others] = field.allShaders(this.t);
    await this.shaderCanvas.useAsync(first, isCurrent);
    if (!isCurrent()) return;
    this.trackField = field;
    this.field = message.id;
    if (this.limitField !== message.id) this.limits = null;
    this.setReasons("", this.shaderCanvas.contextLost ? LOST : "");
    for (const shader of others) if (isCurrent()) await this.shaderCanvas.useAsync(shader, isCurrent);
  }

  /** Draw a moment on `canvas`, in full size unless drawing is slow. */
  draw(t: number, width: number, height: number, moving: boolean): boolean {
    if (!this.isReady) return false;
    this.t = t;
    try {
      if (!this.pixelSeconds) this.measure(width, height);
      if (moving) this.countFrame();
      this.drawScaled(moving ? this.quality.scale : this.restScale(width, height), width, height, !moving);
    } catch (error) {
      this.setReasons(this.refusal, (error as Error).message.split("\n")[0]);
      return false;
    }
    return true;
  }

  close(): void {
    this.newest = -1;
    this.onChange = () => {};
    this.shaderCanvas?.close(); // there are only so many contexts
  }

  private setLimits(message: LimitMessage, buffer: DataView): void {
    if (message.id < this.newest) return;
    this.limits = withRows(this.limitField === message.id ? this.limits : null, message, buffer);
    this.limitField = message.id;
    this.onChange();
  }

  /** Draw at a scale; at rest measure how long that takes. */
  private drawScaled(scale: number, width: number, height: number, isTimed: boolean): void {
    const [columns, rows] = [width, height].map((side) => Math.max(16, Math.round(side * scale)));
    if (this.canvas.width !== columns) this.canvas.width = columns;
    if (this.canvas.height !== rows) this.canvas.height = rows;
    const start = performance.now(), limit = this.limits ? limitAt(this.limits, this.t) : NO_LIMIT;
    this.shaderCanvas!.draw(...this.trackField!.prepare(this.shaderCanvas!, this.t, columns, rows, limit));
    if (!isTimed) return;
    this.shaderCanvas!.finish();
    this.pixelSeconds = Math.max(performance.now() - start, 0.1) / 1000 / (columns * rows);
  }

  /** Choose the size of the first moving pictures; the first picture of all waits for the compiler. */
  private measure(width: number, height: number): void {
    for (let n = 0; n < 2; n++) this.drawScaled(TRIAL_SCALE, width, height, true);
    this.quality.start(this.pixelSeconds * width * height);
  }

  /** The scale of a picture at rest. */
  private restScale(width: number, height: number): number {
    return Math.min(1, Math.sqrt(Math.max(MIN_REST_PIXELS, REST_SECONDS / this.pixelSeconds) / (width * height)));
  }

  private countFrame(): void {
    const now = performance.now(), seconds = (now - this.lastFrame) / 1000;
    this.lastFrame = now;
    if (seconds < MAX_FRAME_GAP) this.quality.addFrame(seconds);
  }

  private setReasons(refusal: string, failure: string): void {
    [this.refusal, this.failure] = [refusal, failure];
    this.onChange();
  }
}
