// Moving pictures over the thumbnails of a board (the kernel's half: explorer/notebook/live/field_board.py). One context
// of this browser draws them all; under what it cannot draw stays the thumbnail, which the kernel lets move. A browser
// that is too slow for their resolution leaves all of them to the kernel.
//
// page -> kernel   {kind: "ready", draws, no_webgpu}, {kind: "answer", id, index, draws}: whether this page draws a field

import { GridPainter } from "./gridPainter";
import type { FieldMessage } from "./wire";

const MIN_SCALE = 0.5; // of the resolution: below, loops of the kernel are finer
const MAX_SLOW_SECONDS = 5; // below it, with everything on screen

interface Model {
  get(name: string): unknown;
  on(event: string, handler: (...values: never[]) => void): void;
  send(message: object): void;
}

class Board {
  private readonly painter = new GridPainter();
  private overlays: HTMLCanvasElement[] = [];
  private answers: boolean[] = [];
  private id = 0; // of the fields
  private slowSeconds = 0;
  private lastFrame = 0; // ms
  private place: HTMLElement | null = null;
  private frame: number;

  constructor(private readonly model: Model) {
    model.on("msg:custom", (message: FieldMessage, buffers: DataView[]) => this.receive(message, buffers));
    model.send({ kind: "ready", draws: !this.painter.failure, no_webgpu: this.painter.noWebGpu });
    this.tick = this.tick.bind(this);
    this.frame = requestAnimationFrame(this.tick);
  }

  /** Draw over the thumbnails around an element. */
  attach(element: HTMLElement): void {
    this.place = element;
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.clear();
    this.painter.close();
  }

  private receive(message: FieldMessage, buffers: DataView[]): void {
    if (message.kind !== "field") return;
    if (message.id !== this.id) {
      this.id = message.id;
      this.clear();
    }
    const index = message.index!, answer = () => message.id === this.id && this.answer(index);
    if (this.isSlow) answer();
    else void this.painter.receive(message, buffers[0]).then(answer, answer);
  }

  /** Tell the kernel whether this page draws a field, when that is known or changes. */
  private answer(index: number): void {
    const draws = !this.isSlow && !this.painter.reasonOf(index);
    if (this.answers[index] === draws) return;
    this.answers[index] = draws;
    this.model.send({ kind: "answer", id: this.id, index, draws });
  }

  private get isSlow(): boolean {
    return this.slowSeconds > MAX_SLOW_SECONDS;
  }

  private tick(now: number): void {
    if (this.isSlow) return;
    this.frame = requestAnimationFrame(this.tick);
    const board = this.place?.closest(".explorer-panel");
    if (!board || document.hidden || !this.isOnScreen(board)) return;
    const thumbnails = [...board.querySelectorAll<HTMLElement>(".explorer-board .explorer-thumb")];
    const [start, seconds] = this.model.get("loop") as [number, number];
    const [width, height, count] = ["width", "height", "count"].map((name) => this.model.get(name) as number);
    const painted = this.painter.draw(start + ((now / 1000) % seconds), now, count, width, height);
    for (let n = 0; n < Math.min(count, thumbnails.length); n++) {
      if (this.answers[n]) this.answer(n); // it may fail later
      this.show(n, thumbnails[n], painted[n]);
    }
    const isComplete = Array.from({ length: count }, (_, n) => this.answers[n] === Boolean(painted[n])).every(Boolean);
    if (this.painter.scale >= MIN_SCALE) this.slowSeconds = 0;
    else if (isComplete) this.slowSeconds += Math.min(0.5, (now - this.lastFrame) / 1000);
    this.lastFrame = now;
    if (this.isSlow) this.leave();
  }

  /** Leave everything to the kernel. */
  private leave(): void {
    this.overlays.forEach((overlay) => overlay.remove());
    this.answers.forEach((_, n) => this.answer(n));
  }

  private isOnScreen(board: Element): boolean {
    const { top, bottom, width } = board.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < innerHeight;
  }

  private show(n: number, thumbnail: HTMLElement, rectangle: [number, number, number, number] | null): void {
    const overlay = (this.overlays[n] ??= document.createElement("canvas"));
    if (!rectangle) return overlay.remove();
    if (overlay.parentElement !== thumbnail) {
      overlay.className = "explorer-overlay";
      thumbnail.insertBefore(overlay, thumbnail.querySelector("button"));
    }
    const [, , width, height] = rectangle, context = overlay.getContext("2d")!;
    if (overlay.width !== width) overlay.width = width;
    if (overlay.height !== height) overlay.height = height;
    context.globalAlpha = 1;
    context.fillRect(0, 0, width, height); // black, under what the flash limiter dims
    context.globalAlpha = this.painter.gain;
    context.drawImage(this.painter.canvas, ...rectangle, 0, 0, width, height);
  }

  private clear(): void {
    this.overlays.forEach((overlay) => overlay.remove());
    [this.overlays, this.answers] = [[], []];
  }
}

/** The view of a FieldBoard: nothing of its own on the page. */
export const boardView = () => {
  let board: Board;
  return {
    initialize({ model }: { model: Model }) {
      board = new Board(model);
      return () => board.close();
    },
    render({ el }: { el: HTMLElement }) {
      board.attach(el);
      return () => {};
    },
  };
};
