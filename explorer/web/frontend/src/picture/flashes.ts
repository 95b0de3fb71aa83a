// Dims what would flash more than three times a second, as it happens: the page does not know what comes.
//
// A flash is what explorer/rendering/flashes.py counts (WCAG 2.3.1): a rise and a fall of a tenth of relative
// luminance, from or to something dark. In every cell rises and falls take turns, so it is enough to stop rises: one is
// let through only while the second before it holds four changes or fewer. With it and the fall that follows there
// are six, three flashes, and never more.

import constants from "../constants.json";

export const POINTS = 6; // across a cell and down it, where its luminance is taken
const CELLS = 16; // across the picture: 64 px of the screen of 1024 that WCAG assumes
const LEAST = 0.08; // change that counts; 0.1 in WCAG, but of cells only some points are known
const DARKER_BELOW = 0.8;
const BEFORE = 5; // changes of the second past with which there may be no further rise
const SPARE = 0.028; // share of the picture that may flash: a quarter of a field of view of 341 x 256 in 1024 x 768
const RELEASE = 1; // share of full light that comes back in a second
const GAMMA = 2.2; // light of a picture that is dimmed by a factor: factor^2.2, nearly

const { slope, limit, scale, offset, gamma } = constants.color.srgb;
const [red, green, blue] = constants.color.luminance;
const LIGHT = Float32Array.from({ length: 256 }, (_, level) => {
  const value = level / 255;
  return value <= limit ? value / slope : ((value + offset) / scale) ** gamma;
});

/** Relative luminance of RGBA pixels, 0 to 1. */
export function luminance(pixels: Uint8Array): Float32Array {
  return Float32Array.from({ length: pixels.length / 4 }, (_, n) =>
    red * LIGHT[pixels[4 * n]] + green * LIGHT[pixels[4 * n + 1]] + blue * LIGHT[pixels[4 * n + 2]]);
}

/** Columns and rows of cells that a picture of some size is judged in. */
export const cellsOf = (width: number, height: number): [number, number] =>
  [CELLS, Math.max(2, Math.min(2 * CELLS, Math.round((CELLS * height) / width)))];

/** The mean luminance of each cell, from RGBA points in rows of `columns`. */
export function meanLight(pixels: Uint8Array, columns: number): Float32Array {
  const light = luminance(pixels);
  const cells = new Float32Array(light.length / POINTS ** 2);
  light.forEach((value, n) => {
    const x = Math.floor((n % columns) / POINTS), y = Math.floor(n / columns / POINTS);
    cells[y * (columns / POINTS) + x] += value / POINTS ** 2;
  });
  return cells;
}

export class FlashLimiter {
  private gain = 1;
  private before = 0; // seconds
  private low = new Float32Array(0); // of each cell, as it was shown, since its last change
  private high = new Float32Array(0);
  private direction = new Int8Array(0); // of the last change
  private changes = new Float64Array(0); // when the last ones were, BEFORE for each cell, the oldest first

  /** By what the next frame is dimmed, from 0 to 1; `light` is the luminance of its cells, `now` in seconds. */
  take(light: Float32Array, now: number): number {
    if (light.length !== this.low.length) this.begin(light);
    const wanted = this.wanted(light, now).sort();
    const released = this.gain + RELEASE * Math.max(0, now - this.before);
    this.gain = Math.min(1, wanted[Math.floor(SPARE * light.length)], released);
    this.before = now;
    const dimmed = this.gain ** GAMMA;
    light.forEach((full, cell) => this.turn(cell, full * dimmed, now));
    return this.gain;
  }

  private begin(light: Float32Array): void {
    this.low = light.slice();
    this.high = light.slice();
    this.direction = new Int8Array(light.length);
    this.changes = new Float64Array(BEFORE * light.length).fill(-Infinity);
  }

  /** What each cell would be dimmed by. */
  private wanted(light: Float32Array, now: number): Float32Array {
    return light.map((full, cell) => {
      const most = this.low[cell] + 0.95 * LEAST;
      const free = this.direction[cell] > 0 || this.changes[BEFORE * cell] <= now - 1 || this.low[cell] >= DARKER_BELOW;
      return free || full <= most ? 1 : (most / full) ** (1 / GAMMA);
    });
  }

  /** A cell's next luminance, as it is shown (`Turns` of flashes.py). */
  private turn(cell: number, now: number, time: number): void {
    const { low, high, direction, changes } = this;
    low[cell] = Math.min(low[cell], now);
    high[cell] = Math.max(high[cell], now);
    const rise = direction[cell] <= 0 && now - low[cell] >= LEAST && low[cell] < DARKER_BELOW;
    const fall = !rise && direction[cell] >= 0 && high[cell] - now >= LEAST && now < DARKER_BELOW;
    if (!rise && !fall) return;
    direction[cell] = rise ? 1 : -1;
    if (rise) high[cell] = now;
    else low[cell] = now;
    changes.copyWithin(BEFORE * cell, BEFORE * cell + 1, BEFORE * (cell + 1));
    changes[BEFORE * cell + BEFORE - 1] = time;
  }
}
