// The loss over the epochs, on the training data and on the held-out tracks.

import type { History } from "../api";

const COLUMNS = ["loss", "validation"];
const LABELS: Record<string, string> = { loss: "trained on", validation: "held out" };
const WIDTH = 300, HEIGHT = 110;

/** SVG points of a line through the numbers of a column. */
export function linePoints(history: History, column: string, low: number, high: number): string {
  const last = Math.max(1, history.length - 1), span = high - low || 1;
  return history
    .map((row, n) => ({ x: (n / last) * WIDTH, value: row[column] }))
    .filter(({ value }) => value !== null && value !== undefined)
    .map(({ x, value }) => `${x.toFixed(1)},${(HEIGHT * (1 - (value! - low) / span)).toFixed(1)}`)
    .join(" ");
}

export function LossChart({ history }: { history: History }) {
  const columns = COLUMNS.filter((name) => name in (history[0] ?? {}));
  const values = history.flatMap((row) => columns.map((name) => row[name] ?? NaN)).filter(Number.isFinite);
  if (history.length < 2 || !values.length) return null;
  const low = Math.min(...values), high = Math.max(...values);
  return (
    <figure className="chart">
      <svg viewBox={`-2 -4 ${WIDTH + 4} ${HEIGHT + 8}`} preserveAspectRatio="none" role="img" aria-label="loss over the epochs">
        {columns.map((name, n) => <polyline key={name} className={`line${n}`} points={linePoints(history, name, low, high)} />)}
      </svg>
      <figcaption>
        {columns.map((name, n) => <span key={name} className={`line${n}`}>{LABELS[name]}</span>)}
        <span className="quiet">{low.toFixed(2)} to {high.toFixed(2)}, {history.length} epochs</span>
      </figcaption>
    </figure>
  );
}
