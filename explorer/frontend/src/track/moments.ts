// What a field draws from along a whole track, as the kernel computed it: a row for each frame of the music.

/** Columns by name; `calm` says by their places what the flash limiter may add to which columns. */
export interface MomentTable {
  fps: number;
  lead: number; // rows before the start
  names: string[];
  rows: Float32Array; // row by row
  calm: number[]; // columns that can be calmed
  hits: string[]; // those of them that show hits, which are calmed last
  gated: string[]; // those of them that a gate closes between hits
  slow: Float32Array; // what is added to the calm columns for their slow course, row by row
  angles: string[]; // columns in radians, which may jump by a circle
  onsets: [number, number][]; // hits: when, and how far the nearest stronger one is, in seconds
}

/** How a swing calms (`calm.py`): swings, and seconds. */
export interface CalmRules {
  flicker_swing: number; // down to it the gate closes between hits
  gate_swing: number; // down to it the gate closes for hits near stronger ones
  hit_swing: number; // below it columns that show hits are calmed
  min_spacing: number; // how near, from the first
  max_spacing: number; // to the last
  spacing_ramp: number;
  open_before: number; // around a hit
  open_after: number;
  opening_seconds: number;
  closing_seconds: number;
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
  private gate = { t: NaN, swing: NaN, closed: 0 }; // the last one

  constructor(private readonly table: MomentTable, private readonly rules: CalmRules) {
    this.places = new Map(table.names.map((name, n) => [name, n]));
    this.calmPlaces = new Map(table.calm.map((place, n) => [table.names[place], n]));
    this.hitSwing = table.hits.length > 0 ? rules.hit_swing : 0;
  }

  get names(): string[] {
    return this.table.names;
  }

  has(name: string): boolean {
    return this.places.has(name);
  }

  /** A column at a moment, calmed by a swing; what is shown later is calmed as of the moment that shows it. */
  at(name: string, t: number, swing = 1, shown = t): number {
    const { table } = this, place = this.places.get(name)!, width = table.names.length;
    const last = table.rows.length / width - 1, position = clamp(Math.round((t * table.fps + table.lead) * 1e6) / 1e6, 0, last);
    const row = Math.min(Math.floor(position), Math.max(0, last - 1)), share = position - row;
    const first = table.rows[row * width + place], next = table.rows[Math.min(row + 1, last) * width + place];
    let step = next - first;
    if (table.angles.includes(name)) step -= CIRCLE * Math.round(step / CIRCLE);
    const value = fround(first + share * step); // Python's controls are rounded, and last bits matter to Julia sets
    const calm = this.calmPlaces.get(name);
    if (calm === undefined || swing >= 1) return value;
    const moved = this.share(name, swing, shown);
    return moved ? fround(value + fround(fround(moved) * fround(this.slowStep(calm, position)))) : value;
  }

  /** What is added to a calm column for its slow course, between two rows. */
  private slowStep(calm: number, position: number): number {
    const { slow, calm: { length: columns } } = this.table, last = slow.length / columns - 1;
    const row = Math.min(Math.floor(position), Math.max(0, last - 1)), from = slow[row * columns + calm];
    return from + (position - row) * (slow[Math.min(row + 1, last) * columns + calm] - from);
  }

  /** How far a column is moved to its slow course (`calm.py`). */
  private share(name: string, swing: number, t: number): number {
    const { hitSwing, table, rules: { gate_swing } } = this;
    if (table.hits.includes(name)) return 1 - clamp(swing / hitSwing, 0, 1);
    const isGated = table.gated.includes(name);
    const rest = clamp((swing - hitSwing) / ((isGated ? gate_swing : 1) - hitSwing), 0, 1);
    return 1 - rest * (1 - (isGated ? this.closed(t, swing) : 0));
  }

  /** How far the gate is closed at a moment. */
  private closed(t: number, swing: number): number {
    if (this.gate.t === t && this.gate.swing === swing) return this.gate.closed;
    const { rules, table: { onsets } } = this;
    const weaker = clamp((rules.flicker_swing - swing) / (rules.flicker_swing - rules.gate_swing), 0, 1);
    const spacing = rules.min_spacing + (rules.max_spacing - rules.min_spacing) * weaker;
    let opening = 0;
    for (let n = firstAfter(onsets, t - rules.open_after - rules.closing_seconds); n < onsets.length; n++) {
      const [onset, distance] = onsets[n], since = t - onset;
      if (since <= -rules.open_before - rules.opening_seconds) break;
      const edges = [
        1 + (since + rules.open_before) / rules.opening_seconds,
        1 - (since - rules.open_after) / rules.closing_seconds,
        1 + (distance - spacing) / rules.spacing_ramp,
      ];
      opening = Math.max(opening, edges.reduce((product, edge) => product * clamp(edge, 0, 1), 1));
    }
    const closed = (1 - opening) * clamp((1 - swing) / (1 - rules.flicker_swing), 0, 1);
    this.gate = { t, swing, closed };
    return closed;
  }
}

/** The first onset at or after a moment. */
function firstAfter(onsets: [number, number][], t: number): number {
  let [low, high] = [0, onsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (onsets[middle][0] < t) low = middle + 1;
    else high = middle;
  }
  return low;
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
