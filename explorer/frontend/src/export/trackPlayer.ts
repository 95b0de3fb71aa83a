// Draws a field along a track that is in the page, at the moment of a clock.

import { FieldReader, type FieldMessage } from "../notebook/wire";
import { AdaptiveQuality } from "../picture/adaptiveQuality";
import { resizeCanvas } from "../picture/displaySize";
import { cellCounts, cellLuminances, FlashLimiter, POINTS_PER_CELL } from "../picture/flashLimiter";
import { ShaderCanvas } from "../picture/shaderCanvas";
import type { TrackField } from "../track/trackField";

/** A field with the controls of every frame; `numbers` are float32 in base64. */
export interface TrackContent {
  message: FieldMessage;
  numbers: string;
  duration: number; // seconds
}

export class TrackPlayer {
  readonly duration: number;
  clock: () => number = () => 0; // seconds of the track
  private readonly quality = new AdaptiveQuality();
  private readonly flashLimiter = new FlashLimiter();
  private readonly shaderCanvas: ShaderCanvas;
  private readonly field: TrackField;
  private lastTime = 0;
  private request = 0;

  /** Throws an Error without WebGL2. */
  constructor(private readonly canvas: HTMLCanvasElement, { message, numbers, duration }: TrackContent) {
    const bytes = Uint8Array.from(atob(numbers), (c) => c.charCodeAt(0));
    this.duration = duration;
    this.field = new FieldReader().read(message, new DataView(bytes.buffer));
    this.shaderCanvas = new ShaderCanvas(canvas, this.field.allShaders(0)[0]);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault()); // or it would never come back
    canvas.addEventListener("webglcontextrestored", () => this.shaderCanvas.restore());
    this.request = requestAnimationFrame(this.tick);
  }

  close(): void {
    cancelAnimationFrame(this.request);
    this.shaderCanvas.close();
  }

  /** Draw a moment on the canvas in its present size; returns its pixels, row by row from the top, RGB. */
  pixels(t: number): Uint8Array {
    this.draw(t);
    return this.shaderCanvas.readPixels();
  }

  private draw(t: number): void {
    const { canvas, shaderCanvas } = this;
    shaderCanvas.draw(...this.field.prepare(shaderCanvas, t, canvas.width, canvas.height));
  }

  private readonly tick = (now: number): void => {
    this.request = requestAnimationFrame(this.tick);
    const { canvas, quality, shaderCanvas } = this;
    if (document.hidden || shaderCanvas.contextLost || !canvas.clientWidth) return;
    quality.addFrame(Math.min((now - this.lastTime) / 1000, 0.25));
    this.lastTime = now;
    resizeCanvas(canvas, quality.scale);
    this.draw(this.clock());
    const [columns, rows] = cellCounts(canvas.width, canvas.height).map((cells) => cells * POINTS_PER_CELL);
    const luminances = cellLuminances(shaderCanvas.thumbnail(columns, rows), columns);
    canvas.style.opacity = String(this.flashLimiter.update(luminances, now / 1000)); // together with the frame
  };
}
