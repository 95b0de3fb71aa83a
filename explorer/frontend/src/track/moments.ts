// What a field draws from along a whole track, as the kernel computed it: a row for each frame of the music.

/** Columns by name; `calm` says by their places what the flash limiter may add to which columns. */
export interface MomentTable {
  fps: number;
  lead: number; // rows before the start
  names: string[];
  rows: Float32Array; // row by row
  calm: number[]; // columns that can be calmed
  light: string[]; // those of them that are light, which is calmed last
  slow: Float32Array; // what is added to the calm columns for their slow course, row by row
  angles: string[]; // columns in radians, which may jump by a circle
}

/** What the flash limiter does, `rate` times a second; NaN where it is not known yet. */
export interface LimitTable {
  rate: number;
  rows: Float32Array; // swing of the controls and exposure of the light, in turn
  visible: number; // a factor above it changes nothing
}

/** Factors of a moment, 0 to 1. */
export interface Limit {
  swing: number;
  exposure: number;
}

export const NO_LIMIT: Limit = { swing: 1, exposure: 1 };
const CIRCLE = 2 * Math.PI, { fround } = Math;

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** The controls of a track at any moment, between two of its frames. */
export class Moments {
  private readonly places: Map<string, number>;
  private readonly calmPlaces: Map<string, number>;
  private readonly hasLight: boolean;

  constructor(private readonly table: MomentTable, private readonly lightSwing: number) {
    this.places = new Map(table.names.map((name, n) => [name, n]));
    this.calmPlaces = new Map(table.calm.map((place, n) => [table.names[place], n]));
    this.hasLight = table.light.length > 0;
  }

  get names(): string[] {
    return this.table.names;
  }

  has(name: string): boolean {
    return this.places.has(name);
  }

  /** A column at a moment, calmed by a swing; columns that calm may be read at an earlier moment. */
  at(name: string, t: number, swing = 1): number {
    const { table } = this, place = this.places.get(name)!, width = table.names.length;
    const last = table.rows.length / width - 1, position = clamp(Math.round((t * table.fps + table.lead) * 1e6) / 1e6, 0, last);
    const row = Math.min(Math.floor(position), Math.max(0, last - 1)), share = position - row;
    const first = table.rows[row * width + place], next = table.rows[Math.min(row + 1, last) * width + place];
    let step = next - first;
    if (table.angles.includes(name)) step -= CIRCLE * Math.round(step / CIRCLE);
    const value = fround(first + share * step); // Python's controls are rounded, and last bits matter to Julia sets
    const calm = this.calmPlaces.get(name), away = swing < 1 ? this.away(name, swing) : 0;
    if (calm === undefined || !away) return value;
    const columns = table.calm.length, slow = table.slow;
    const from = slow[row * columns + calm], to = slow[Math.min(row + 1, last) * columns + calm];
    return fround(value + fround(fround(away) * fround(from + share * (to - from))));
  }

  /** How far a column is moved to its slow course (`calm.py`). */
  private away(name: string, swing: number): number {
    if (!this.hasLight) return 1 - swing;
    const { lightSwing } = this;
    return 1 - clamp(this.table.light.includes(name) ? swing / lightSwing : (swing - lightSwing) / (1 - lightSwing), 0, 1);
  }
}

/** What the flash limiter does at a moment. */
export function limitAt({ rate, rows, visible }: LimitTable, t: number): Limit {
  const position = Math.max(0, Math.round(t * rate * 1e6) / 1e6), last = rows.length / 2 - 1;
  const first = Math.min(Math.floor(position), last), next = Math.min(first + 1, last), share = Math.min(position - first, 1);
  const value = (k: number) => rows[2 * first + k] + share * (rows[2 * next + k] - rows[2 * first + k]);
  const [swing, exposure] = [value(0), value(1)];
  if (Number.isNaN(swing + exposure)) return NO_LIMIT;
  return { swing: swing < visible ? swing : 1, exposure: exposure < visible ? exposure : 1 };
}
