// What a field draws from along a whole track, as the kernel computed it: a row for each frame of the music.

/** Columns by name; `calm` says by their places what the flash limiter may add to which columns. */
export interface MomentTable {
  fps: number;
  lead: number; // rows before the start
  names: string[];
  rows: Float32Array; // row by row
  calm: number[]; // columns that can be calmed
  hits: string[]; // those of them that show hits, which are calmed last
  held: string[]; // those of them whose hits are held
  slow: Float32Array; // what is added to the calm columns for their slow course, row by row
  angles: string[]; // columns in radians, which may jump by a circle
}

/** How a swing calms (`calm.py`). */
export interface CalmRules {
  hit_swing: number; // below it columns that show hits are calmed
  hold_swing: number; // above it hits are held alone
  hold_seconds: number; // in which what is held falls to 1/e
  hold_reach: number; // seconds before a moment from which it may come
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
  private readonly hitSwing: number;
  private readonly holdWeights: number[]; // of the frames before a moment

  constructor(private readonly table: MomentTable, private readonly rules: CalmRules) {
    this.places = new Map(table.names.map((name, n) => [name, n]));
    this.calmPlaces = new Map(table.calm.map((place, n) => [table.names[place], n]));
    this.hitSwing = table.hits.length > 0 ? rules.hit_swing : 0;
    const reach = Math.round(rules.hold_reach * table.fps);
    this.holdWeights = Array.from({ length: reach + 1 }, (_, k) => Math.exp(-k / table.fps / rules.hold_seconds));
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
    const calm = this.calmPlaces.get(name);
    if (calm === undefined || swing >= 1) return value;
    const [slow, held] = this.shares(name, swing);
    const part = (factor: number, step: () => number) => (factor ? fround(fround(factor) * fround(step())) : 0);
    return fround(value + fround(part(slow, () => this.slowStep(calm, position)) + part(held, () => this.heldStep(name, calm, position))));
  }

  /** What is added to a calm column for its slow course, between two rows. */
  private slowStep(calm: number, position: number): number {
    const { slow, calm: { length: columns } } = this.table, last = slow.length / columns - 1;
    const row = Math.min(Math.floor(position), Math.max(0, last - 1)), from = slow[row * columns + calm];
    return from + (position - row) * (slow[Math.min(row + 1, last) * columns + calm] - from);
  }

  /** What is added to a column to hold hits: from each it falls to its slow course. */
  private heldStep(name: string, calm: number, position: number): number {
    const start = name.endsWith(" ago") ? 0 : Math.max(0, this.table.lead); // delayed: a course before the start
    const now = -this.slowStep(calm, position);
    let level = now;
    for (let k = 1; k < this.holdWeights.length && position - k >= start; k++) {
      level = Math.max(level, -this.slowStep(calm, position - k) * this.holdWeights[k]);
    }
    return level - now;
  }

  /** How far a column is moved to its slow course, and to what is held (`calm.py`). */
  private shares(name: string, swing: number): [number, number] {
    const { hitSwing, table, rules: { hold_swing } } = this;
    if (table.hits.includes(name)) return [1 - clamp(swing / hitSwing, 0, 1), 0];
    const isHeld = table.held.includes(name), high = isHeld ? hold_swing : 1;
    const slow = 1 - clamp((swing - hitSwing) / (high - hitSwing), 0, 1);
    return [slow, isHeld ? (1 - clamp((swing - hold_swing) / (1 - hold_swing), 0, 1)) * (1 - slow) : 0];
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
