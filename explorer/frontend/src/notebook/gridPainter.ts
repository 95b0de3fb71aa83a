// Several fields in one canvas of this browser, with one context: browsers allow about 16 of them in a page.

import { ComputedGrid } from "../compute/computedGrid";
import { missingWebGpu } from "../compute/device";
import { AdaptiveQuality } from "../picture/adaptiveQuality";
import { cellCounts, cellLuminances, FlashLimiter, POINTS_PER_CELL } from "../picture/flashLimiter";
import type { ShaderCanvas } from "../picture/shaderCanvas";
import { NO_LIMIT } from "../track/moments";
import type { TrackField } from "../track/trackField";
import { LOST, NO_WEBGL, openCanvas } from "./painter";
import { FieldReader, type FieldMessage } from "./wire";

type Rectangle = [left: number, top: number, width: number, height: number];

const MAX_FRAME_GAP = 0.5; // seconds between two frames of one motion

/** Draws fields beside each other on `canvas`. */
export class GridPainter {
  readonly canvas = document.createElement("canvas");
  readonly noWebGpu = missingWebGpu();
  failure = ""; // why this browser cannot draw
  gain = 1; // of the last frame, by the flash limiter
  private readonly quality = new AdaptiveQuality();
  private readonly flashLimiter = new FlashLimiter();
  private readonly shaderCanvas: ShaderCanvas | null;
  private id = 0; // of the fields
  private fields: (TrackField | null)[] = [];
  private readonly computed = new ComputedGrid();
  private refusals: string[] = [];
  private lastFrame = 0; // ms

  constructor() {
    this.shaderCanvas = openCanvas(this.canvas);
    this.failure = this.shaderCanvas ? "" : NO_WEBGL;
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault(); // or it would never come back
      this.failure = LOST;
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.shaderCanvas!.restore();
      this.failure = "";
    });
  }

  /** The resolution that this machine draws in time, relative to the size of a picture. */
  get scale(): number {
    return this.quality.scale;
  }

  /** Why the kernel has to draw a field; empty where this browser does, or will. */
  reasonOf(index: number): string {
    return this.failure || this.refusals[index] || "";
  }

  /** Take a field; resolves when it can be drawn. */
  async receive(message: FieldMessage, buffer: DataView): Promise<void> {
    const index = message.index!;
    if (message.id !== this.id) this.clear(message.id);
    this.refusals[index] = message.reason;
    this.fields[index] = null;
    if (!this.shaderCanvas || message.reason) return;
    const field = new FieldReader().read(message, buffer), isCurrent = () => message.id === this.id;
    const refuse = (reason: string) => {
      if (isCurrent()) this.refusals[index] = reason;
    };
    try {
      await field.open();
      for (const shader of field.allShaders(0)) await this.shaderCanvas.useAsync(shader, isCurrent);
    } catch (error) {
      refuse((error as Error).message.split("\n")[0]);
    }
    if (!isCurrent() || this.refusals[index]) return field.close();
    this.fields[index] = field;
    if (field.isComputed) this.computed.add(index, field, refuse);
  }

  /** Draw the first `count` fields at a moment; returns where each of them is on the canvas, null where it is not. */
  draw(t: number, now: number, count: number, width: number, height: number): (Rectangle | null)[] {
    if (!this.shaderCanvas || this.failure) return [];
    const seconds = (now - this.lastFrame) / 1000, { scale } = this.quality;
    this.lastFrame = now;
    if (seconds < MAX_FRAME_GAP) this.quality.addFrame(seconds);
    const [columns, rows] = [width, height].map((side) => Math.max(16, Math.round(side * scale)));
    const across = Math.ceil(Math.sqrt(count)), down = Math.ceil(count / across);
    if (this.canvas.width !== across * columns) this.canvas.width = across * columns;
    if (this.canvas.height !== down * rows) this.canvas.height = down * rows;
    const places = Array.from({ length: count }, (_, n): Rectangle | null => {
      const place: Rectangle = [(n % across) * columns, Math.floor(n / across) * rows, columns, rows];
      return this.fields[n] && this.drawField(n, t, place) ? place : null;
    });
    this.computed.request(t, columns, rows);
    this.gain = this.flashLimiter.update(this.luminances(), now / 1000);
    return places;
  }

  close(): void {
    this.clear(-1);
    this.shaderCanvas?.close();
  }

  /** Forget all fields; others have the number `id`. */
  private clear(id: number): void {
    this.computed.close();
    this.fields.forEach((field) => field?.close());
    [this.id, this.fields, this.refusals] = [id, [], []];
  }

  private drawField(n: number, t: number, place: Rectangle): boolean {
    const [, , width, height] = place, frame = this.computed.frameOf(n, width, height);
    if (frame === null || this.refusals[n]) return false;
    const { moment, numbers } = frame ?? { moment: { t }, numbers: [] };
    try {
      this.shaderCanvas!.drawTile(this.fields[n]!.prepare(this.shaderCanvas!, moment.t, width, height, NO_LIMIT, numbers), ...place);
      return true;
    } catch (error) {
      this.refusals[n] = (error as Error).message.split("\n")[0];
      return false;
    }
  }

  /** The luminances of the cells of the canvas. */
  private luminances(): Float32Array {
    const { width, height } = this.canvas, [columns, rows] = cellCounts(width, height).map((cells) => cells * POINTS_PER_CELL);
    return cellLuminances(this.shaderCanvas!.thumbnail(columns, rows), columns);
  }
}
