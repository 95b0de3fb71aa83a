// The picture of the live view, drawn by this browser on a canvas of its own.

import { ComputedPicture } from "../compute/computedPicture";
import { missingWebGpu } from "../compute/device";
import { AdaptiveQuality } from "../picture/adaptiveQuality";
import { ShaderCanvas, type Shader, type TextureData } from "../picture/shaderCanvas";
import { limitAt, NO_LIMIT, type Limit, type LimitTable } from "../track/moments";
import type { TrackField, TrackMoment } from "../track/trackField";
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
  readonly noWebGpu = missingWebGpu();
  readonly quality = new AdaptiveQuality();
  field = 0; // number of the field that it draws; 0: none yet
  onChange: () => void = () => {}; // another field, another limit, or another reason
  private readonly shaderCanvas: ShaderCanvas | null;
  private readonly reader = new FieldReader();
  private trackField: TrackField | null = null;
  private computed: ComputedPicture | null = null; // of a field that WebGPU computes
  private limits: LimitTable | null = null;
  private limitField = 0; // that the limits belong to
  private newest = 0; // number of the field that came last
  private refusal = ""; // why the kernel draws this field
  private failure = ""; // why this browser cannot draw
  private t = 0;
  private lastFrame = 0; // ms
  private pixelSeconds = 0; // that drawing takes; 0: not measured yet
  private isNewSpeed = false; // the quality does not follow it yet

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
    const field = this.reader.read(message, buffer);
    const isCurrent = () => message.id === this.newest;
    const [first, ...others] = field.allShaders(this.t);
    const computingSeconds = await this.open(field, isCurrent);
    if (isCurrent()) await this.shaderCanvas.useAsync(first, isCurrent);
    if (!isCurrent() || computingSeconds === null) return field.close();
    this.replaceField(field, computingSeconds);
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
      if (this.computed) return this.drawComputed(this.computed, width, height, moving);
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
    this.computed?.close();
    this.trackField?.close();
    this.onChange = () => {};
    this.shaderCanvas?.close(); // there are only so many contexts
  }

  private setLimits(message: LimitMessage, buffer: DataView): void {
    if (message.id < this.newest) return;
    this.limits = withRows(this.limitField === message.id ? this.limits : null, message, buffer);
    this.limitField = message.id;
    this.onChange();
  }

  /** Open what computes a field; returns the seconds of a pixel, 0 where nothing is computed, null where it fails. */
  private async open(field: TrackField, isCurrent: () => boolean): Promise<number | null> {
    if (!field.isComputed) return 0;
    try {
      await field.open();
      return await field.pixelSeconds(this.t);
    } catch (error) {
      if (isCurrent()) this.setReasons((error as Error).message, this.failure);
      return null;
    }
  }

  private replaceField(field: TrackField, computingSeconds: number): void {
    const wasComputed = this.computed !== null;
    this.computed?.close();
    this.trackField?.close();
    [this.trackField, this.computed] = [field, null];
    if (computingSeconds) {
      const onFailure = (reason: string) => this.setReasons(reason, this.failure);
      this.computed = new ComputedPicture(field, computingSeconds, this.quality, () => this.onChange(), onFailure);
      this.isNewSpeed ||= this.pixelSeconds !== computingSeconds;
      this.pixelSeconds = computingSeconds;
    } else if (wasComputed) this.pixelSeconds = 0;
  }

  private drawComputed(computed: ComputedPicture, width: number, height: number, moving: boolean): boolean {
    if (this.isNewSpeed) this.quality.start(this.pixelSeconds * width * height);
    this.isNewSpeed = false;
    const frame = computed.frameAt(this.t, width, height, this.limit, moving);
    if (!frame) return false;
    if (moving) this.countFrame();
    this.drawMoment(frame.moment, frame.numbers);
    return true;
  }

  private get limit(): Limit {
    return this.limits ? limitAt(this.limits, this.t) : NO_LIMIT;
  }

  private drawMoment({ t, width, height, limit }: TrackMoment, computed: TextureData[] = []): void {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.shaderCanvas!.draw(...this.trackField!.prepare(this.shaderCanvas!, t, width, height, limit, computed));
  }

  /** Draw at a scale; at rest measure how long that takes. */
  private drawScaled(scale: number, width: number, height: number, isTimed: boolean): void {
    const [columns, rows] = [width, height].map((side) => Math.max(16, Math.round(side * scale))), start = performance.now();
    this.drawMoment({ t: this.t, width: columns, height: rows, limit: this.limit });
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
