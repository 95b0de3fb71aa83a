// What the kernel sends about fields (explorer/shaders/field_messages.py) as objects.

import { Moments, type CalmRules, type LimitTable, type MomentTable } from "../track/moments";
import { TrackField, type Part, type SectionTable } from "../track/trackField";

/** A run of float32 numbers in the buffer that comes with a message. */
interface Floats {
  first: number;
  count: number;
}

interface Table extends Omit<MomentTable, "rows" | "slow"> {
  rows: Floats;
  slow: Floats;
}

/** A field; without moments it draws from those of the one before. */
export interface FieldMessage {
  kind: "field";
  id: number;
  reason: string; // why the page cannot draw it; empty where it can
  parts: Part[]; // with `floats` in place of long lists of numbers
  sections: SectionTable | null;
  moments: Table | null;
  calm: CalmRules;
  index?: number; // of several fields
}

/** What the flash limiter does from a row on; the table is made when the first rows come. */
export interface LimitMessage {
  kind: "limits";
  id: number; // of the field
  count: number; // of all rows
  first: number;
  rate: number;
  visible: number;
}

const numbersOf = (buffer: DataView): Float32Array =>
  new Float32Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength));

/** A message with its numbers in their places. */
function restored(value: unknown, numbers: Float32Array): unknown {
  if (Array.isArray(value)) return value.map((each) => restored(each, numbers));
  if (value === null || typeof value !== "object") return value;
  if ("floats" in value) {
    const { first, count } = value.floats as Floats;
    return Array.from(numbers.subarray(first, first + count));
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, restored(each, numbers)]));
}

/** Reads messages; remembers the moments of the last field, which the next one may use, too. */
export class FieldReader {
  private moments: Moments | null = null;

  read(message: FieldMessage, buffer: DataView): TrackField {
    const numbers = numbersOf(buffer), { moments, calm } = message;
    const floats = ({ first, count }: Floats) => numbers.subarray(first, first + count);
    if (moments) this.moments = new Moments({ ...moments, rows: floats(moments.rows), slow: floats(moments.slow) }, calm);
    if (!this.moments) throw new Error("the kernel sent a field without its moments");
    return new TrackField(restored(message.parts, numbers) as Part[], message.sections, this.moments);
  }
}

/** The table with the rows of a message in it. */
export function withRows(table: LimitTable | null, message: LimitMessage, buffer: DataView): LimitTable {
  const rows = table?.rows.length === 2 * message.count ? table.rows : new Float32Array(2 * message.count).fill(NaN);
  rows.set(numbersOf(buffer), 2 * message.first);
  return { rate: message.rate, visible: message.visible, rows };
}
