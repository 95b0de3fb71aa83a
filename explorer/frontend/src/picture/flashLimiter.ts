// Dims the picture as soon as it would flash more than three times a second; the page cannot look ahead.
//
// A flash is defined as in explorer/rendering/flashes.py (WCAG 2.3.1): a rise and a fall of a tenth of relative
// luminance, from or to something dark. In every cell rises and falls alternate, so it is enough to stop rises: a rise
// is allowed only while the last second holds four changes or fewer. With it and the fall that follows there are six
// changes, that is three flashes, and never more.

import constants from "../constants.json";

const { min_change, max_dark_luminance, max_flashes, exempt_share } = constants.flashes;
export const POINTS_PER_CELL = 6; // along each side of a cell, where its luminance is measured
const CELL_COLUMNS = 16; // of the picture: 64 px of the screen of 1024 px that WCAG assumes
const MIN_CHANGE = 0.8 * min_change; // stricter than WCAG, because only some points of a cell are measured
const MAX_DARK_LUMINANCE = max_dark_luminance;
const MAX_CHANGES = 2 * max_flashes - 1; // in the last second; with as many there may be no further rise
const EXEMPT_SHARE = exempt_share; // of the picture: a quarter of a field of view may flash
const RELEASE_PER_SECOND = 1; // of full gain
const GAMMA = 2.2; // a gain g dims the luminance by about g^2.2

const { slope, limit, scale, offset, gamma } = constants.color.srgb;
const [red, green, blue] = constants.color.luminance;
const LINEAR_LIGHT = Float32Array.from({ length: 256 }, (_, level) => {
  const value = level / 255;
  return value <= limit ? value / slope : ((value + offset) / scale) ** gamma;
});

/** Relative luminance of RGBA pixels, 0 to 1. */
export function luminance(pixels: Uint8Array): Float32Array {
  return Float32Array.from({ length: pixels.length / 4 }, (_, n) =>
    red * LINEAR_LIGHT[pixels[4 * n]] + green * LINEAR_LIGHT[pixels[4 * n + 1]] + blue * LINEAR_LIGHT[pixels[4 * n + 2]]);
}

/** Columns and rows of cells in a picture of some size. */
export const cellCounts = (width: number, height: number): [number, number] =>
  [CELL_COLUMNS, Math.max(2, Math.min(2 * CELL_COLUMNS, Math.round((CELL_COLUMNS * height) / width)))];

/** The mean luminance of each cell, from RGBA points in rows of `columns`. */
export function cellLuminances(pixels: Uint8Array, columns: number): Float32Array {
  const points = luminance(pixels);
  const cells = new Float32Array(points.length / POINTS_PER_CELL ** 2);
  points.forEach((value, n) => {
    const x = Math.floor((n % columns) / POINTS_PER_CELL), y = Math.floor(n / columns / POINTS_PER_CELL);
    cells[y * (columns / POINTS_PER_CELL) + x] += value / POINTS_PER_CELL ** 2;
  });
  return cells;
}

/** Computes the gain of each frame from the luminances of its cells. */
export class FlashLimiter {
  private gain = 1;
  private lastTime = 0; // seconds
  private low = new Float32Array(0); // luminance of each cell as displayed, since its last change
  private high = new Float32Array(0);
  private direction = new Int8Array(0); // of the last change
  private changes = new Float64Array(0); // times of the last MAX_CHANGES of each cell, the oldest first

  /** The gain of the next frame, 0 to 1; `luminances` of its cells, `now` in seconds. */
  update(luminances: Float32Array, now: number): number {
    if (luminances.length !== this.low.length) this.reset(luminances);
    const gains = this.cellGains(luminances, now).sort();
    const released = this.gain + RELEASE_PER_SECOND * Math.max(0, now - this.lastTime);
    this.gain = Math.min(1, gains[Math.floor(EXEMPT_SHARE * luminances.length)], released);
    this.lastTime = now;
    const dimming = this.gain ** GAMMA;
    luminances.forEach((full, cell) => this.updateCell(cell, full * dimming, now));
    return this.gain;
  }

  private reset(luminances: Float32Array): void {
    this.low = luminances.slice();
    this.high = luminances.slice();
    this.direction = new Int8Array(luminances.length);
    this.changes = new Float64Array(MAX_CHANGES * luminances.length).fill(-Infinity);
  }

  /** The gain that each cell needs. */
  private cellGains(luminances: Float32Array, now: number): Float32Array {
    return luminances.map((full, cell) => {
      const limit = this.low[cell] + 0.95 * MIN_CHANGE;
      const mayRise = this.direction[cell] > 0 || this.changes[MAX_CHANGES * cell] <= now - 1 || this.low[cell] >= MAX_DARK_LUMINANCE;
      return mayRise || full <= limit ? 1 : (limit / full) ** (1 / GAMMA);
    });
  }

  /** Count a change of a cell from its next displayed luminance; see flashes.py. */
  private updateCell(cell: number, now: number, time: number): void {
    const { low, high, direction, changes } = this;
    low[cell] = Math.min(low[cell], now);
    high[cell] = Math.max(high[cell], now);
    const rise = direction[cell] <= 0 && now - low[cell] >= MIN_CHANGE && low[cell] < MAX_DARK_LUMINANCE;
    const fall = !rise && direction[cell] >= 0 && high[cell] - now >= MIN_CHANGE && now < MAX_DARK_LUMINANCE;
    if (!rise && !fall) return;
    direction[cell] = rise ? 1 : -1;
    if (rise) high[cell] = now;
    else low[cell] = now;
    changes.copyWithin(MAX_CHANGES * cell, MAX_CHANGES * cell + 1, MAX_CHANGES * (cell + 1));
    changes[MAX_CHANGES * cell + MAX_CHANGES - 1] = time;
  }
}
