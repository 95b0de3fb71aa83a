// Draws a timeline: one canvas, a lane below the other.

import { formatTime } from "../../unbuilt/player.js";
import type { LaneName, Part, Song } from "./song";
import { barNumbers, lanesOf } from "./song";
import type { SoundData } from "./soundData";
import { tickStep, type Viewport } from "./viewport";

export type RowName = "ruler" | "sound" | "spectrum" | LaneName | "overview";
export interface Row {
  name: RowName;
  top: number;
  height: number;
}
export interface Selection {
  lane: LaneName;
  time: number;
}
export interface Picture {
  song: Song;
  sound: SoundData;
  viewport: Viewport;
  t: number;
  lane: LaneName; // that the keys work on
  selection: Selection | null;
  drag: { lane: LaneName; from: number; to: number } | null;
  taps: number[];
  isFocused: boolean;
}

const HEIGHTS: [RowName, number][] = [
  ["ruler", 22], ["sound", 92], ["spectrum", 72], ["beats", 38], ["sections", 30], ["looks", 28], ["keyframes", 24], ["overview", 30],
];
const GAP = 3, GUTTER = 74;
const LABELS: Record<RowName, string> = {
  ruler: "", sound: "sound", spectrum: "spectrum", beats: "beats", sections: "sections", looks: "looks", keyframes: "keyframes", overview: "",
};
const HUES = [187, 24, 262, 330, 96, 44, 210, 0]; // of the names of sections
const MIN_BEAT_GAP = 5, MIN_BAR_GAP = 26; // pixels
const SAMPLE_ZOOM = 1 / 400; // seconds a pixel, of the outline: closer, single samples are drawn

export { GUTTER };

/** The rows with their places; keyframes have one where there are looks. */
export function layOut(song: Song): { rows: Row[]; height: number } {
  let top = 0;
  const rows: Row[] = [];
  for (const [name, height] of HEIGHTS) {
    if (name === "keyframes" && !lanesOf(song).includes(name)) continue;
    rows.push({ name, top, height });
    top += height + GAP;
  }
  return { rows, height: top - GAP };
}

export interface Colors {
  ink: string;
  muted: string;
  line: string;
  paper: string;
  accent: string;
  edited: string;
}

export class Drawing {
  constructor(private readonly context: CanvasRenderingContext2D, private readonly colors: Colors, private readonly picture: Picture, private readonly rows: Row[]) {}

  draw(width: number, height: number): void {
    const { context, colors, rows } = this;
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    const place = (name: RowName) => rows.find((row) => row.name === name);
    for (const row of rows) this.drawLabel(row);
    context.save();
    context.beginPath();
    context.rect(GUTTER, 0, width - GUTTER, height);
    context.clip();
    for (const row of rows) {
      if (row.name !== "ruler") this.fill(GUTTER, row.top, width - GUTTER, row.height, colors.paper);
      this.drawRow(row);
    }
    const first = place("sound"), last = place("keyframes") ?? place("looks");
    if (first && last) this.drawTaps(first.top, last.top + last.height);
    this.drawPlayhead();
    context.restore();
  }

  private fill(x: number, y: number, width: number, height: number, color: string): void {
    this.context.fillStyle = color;
    this.context.fillRect(x, y, width, height);
  }

  private drawLabel({ name, top, height }: Row): void {
    const { context, colors, picture } = this;
    const isActive = picture.isFocused && name === picture.lane;
    context.fillStyle = isActive ? colors.accent : colors.muted;
    context.textAlign = "right";
    context.fillText(LABELS[name], GUTTER - 10, top + height / 2);
    if (isActive) this.fill(GUTTER - 4, top + 3, 3, height - 6, colors.accent);
  }

  private drawRow(row: Row): void {
    const draw: Record<RowName, () => void> = {
      ruler: () => this.drawRuler(row),
      sound: () => this.drawSound(row),
      spectrum: () => this.drawSpectrum(row),
      beats: () => this.drawBeats(row),
      sections: () => this.drawParts(row, "sections", this.picture.song.sections),
      looks: () => this.drawParts(row, "looks", this.picture.song.looks),
      keyframes: () => this.drawKeyframes(row),
      overview: () => this.drawOverview(row),
    };
    draw[row.name]();
  }

  private drawRuler({ top, height }: Row): void {
    const { context, colors, picture: { viewport } } = this;
    const { step, digits } = tickStep(viewport.secondsPerPixel);
    context.textAlign = "left";
    for (let n = Math.floor(viewport.start / step); n * step <= viewport.end; n++) {
      const x = Math.round(viewport.x(n * step));
      this.fill(x, top + 6, 1, height - 6, colors.line);
      context.fillStyle = colors.muted;
      context.fillText(formatTime(n * step, digits), x + 4, top + height / 2 + 1);
    }
  }

  private drawSound({ top, height }: Row): void {
    const { viewport, sound } = this.picture, middle = top + height / 2;
    this.fill(viewport.left, Math.round(middle), viewport.width, 1, this.colors.line);
    this.context.fillStyle = this.context.strokeStyle = this.colors.ink;
    this.context.globalAlpha = 0.72;
    const stretch = viewport.secondsPerPixel < SAMPLE_ZOOM ? sound.samples(viewport.start, viewport.end) : null;
    if (stretch && viewport.secondsPerPixel * stretch.rate < 3) this.drawSamples(stretch, middle, (height / 2 - 3) / sound.peak);
    else {
      const values = stretch ? stretch.data : sound.outline, scale = (height / 2 - 3) / (stretch ? 32767 * sound.peak : 127);
      const perSecond = stretch ? stretch.rate : sound.outline.length / 2 / viewport.duration;
      const origin = stretch ? stretch.start : 0, pair = stretch ? 1 : 2;
      this.drawEnvelope(values, pair, perSecond, origin, middle, scale);
    }
    this.context.globalAlpha = 1;
  }

  /** Lowest and highest value under each pixel. */
  private drawEnvelope(values: ArrayLike<number>, pair: number, perSecond: number, origin: number, middle: number, scale: number): void {
    const { viewport } = this.picture, count = values.length / pair;
    for (let x = 0; x < viewport.width; x++) {
      const time = viewport.start + x * viewport.secondsPerPixel - origin;
      const first = Math.max(0, Math.floor(time * perSecond));
      const last = Math.min(count, Math.max(first + 1, Math.floor((time + viewport.secondsPerPixel) * perSecond)));
      let low = Infinity, high = -Infinity;
      for (let n = first * pair; n < last * pair; n++) {
        if (values[n] < low) low = values[n];
        if (values[n] > high) high = values[n];
      }
      if (low <= high) this.context.fillRect(viewport.left + x, middle - high * scale, 1, Math.max(1, (high - low) * scale));
    }
  }

  private drawSamples(stretch: { start: number; rate: number; data: Int16Array }, middle: number, half: number): void {
    const { context, picture: { viewport } } = this;
    const first = Math.max(0, Math.floor((viewport.start - stretch.start) * stretch.rate));
    const last = Math.min(stretch.data.length, Math.ceil((viewport.end - stretch.start) * stretch.rate) + 1);
    const gap = 1 / (viewport.secondsPerPixel * stretch.rate);
    context.lineWidth = 1.2;
    context.beginPath();
    for (let n = first; n < last; n++) {
      const x = viewport.x(stretch.start + n / stretch.rate), y = middle - (stretch.data[n] / 32767) * half;
      if (n === first) context.moveTo(x, y);
      else context.lineTo(x, y);
      if (gap > 6) context.fillRect(x - 2, y - 2, 4, 4);
    }
    context.stroke();
  }

  private drawSpectrum({ top, height }: Row): void {
    const { context, picture: { viewport, sound: { spectrum } } } = this;
    if (!spectrum) return;
    const scale = spectrum.width / viewport.duration;
    context.imageSmoothingEnabled = true;
    context.drawImage(spectrum, viewport.start * scale, 0, Math.max(viewport.span * scale, 1e-3), spectrum.height, viewport.left, top, viewport.width, height);
  }

  private drawBeats({ top, height }: Row): void {
    const { context, colors, picture } = this, { song, viewport, selection, drag } = picture;
    const bars = barNumbers(song.beats);
    const gaps = (viewport.width / viewport.span) * (song.beats.length > 1 ? (song.beats[song.beats.length - 1].time - song.beats[0].time) / song.beats.length : 1);
    const sound = this.rows.find((row) => row.name === "sound");
    let lastLabel = -Infinity;
    song.beats.forEach((beat, n) => {
      const time = drag?.lane === "beats" && drag.from === beat.time ? drag.to : beat.time;
      if (time < viewport.start || time > viewport.end) return;
      const x = Math.round(viewport.x(time)), isSelected = selection?.lane === "beats" && Math.abs(selection.time - beat.time) < 1e-3;
      if (!beat.isDownbeat && gaps < MIN_BEAT_GAP && !isSelected) return;
      const color = isSelected ? colors.accent : beat.isEdited ? colors.edited : colors.ink;
      context.globalAlpha = beat.isDownbeat ? 0.85 : 0.5;
      this.fill(x, beat.isDownbeat ? top + 14 : top + 20, beat.isDownbeat ? 2 : 1, beat.isDownbeat ? height - 14 : height - 24, color);
      context.globalAlpha = isSelected ? 0.9 : beat.isDownbeat ? 0.3 : 0.13;
      if (sound && (beat.isDownbeat || isSelected || gaps > 4 * MIN_BEAT_GAP)) this.fill(x, sound.top, isSelected ? 2 : 1, sound.height, color);
      context.globalAlpha = 1;
      if (isSelected || beat.isEdited || gaps > 14) {
        context.fillStyle = color;
        context.beginPath();
        context.arc(x + 0.5, top + height - 6, isSelected ? 5 : beat.isDownbeat ? 4 : 3, 0, 2 * Math.PI);
        context.fill();
      }
      if (beat.isDownbeat && x - lastLabel > MIN_BAR_GAP) {
        context.fillStyle = isSelected ? colors.accent : colors.muted;
        context.textAlign = "left";
        context.fillText(String(bars[n][0]), x + 3, top + 8);
        lastLabel = x;
      }
    });
  }

  private drawParts({ top, height }: Row, lane: "sections" | "looks", parts: Part[]): void {
    const { context, colors, picture: { viewport, selection, drag } } = this;
    if (lane === "looks" && !parts.length) {
      context.fillStyle = colors.muted;
      context.textAlign = "left";
      context.fillText("choose a look above and drop it here, or press l", GUTTER + 10, top + height / 2);
    }
    const hues = new Map<string, number>();
    parts.forEach((part, n) => {
      const key = part.name.toLowerCase() || `\n${n}`;
      if (!hues.has(key)) hues.set(key, HUES[hues.size % HUES.length]);
      const start = drag?.lane === lane && drag.from === part.start ? drag.to : part.start;
      const next = parts[n + 1], end = next && drag?.lane === lane && drag.from === next.start ? drag.to : part.end;
      if (end < viewport.start || start > viewport.end) return;
      const x = viewport.x(start), width = viewport.x(end) - x;
      const isSelected = selection?.lane === lane && Math.abs(selection.time - part.start) < 1e-3;
      this.fill(x + 1, top, Math.max(1, width - 2), height, `hsl(${hues.get(key)} ${lane === "looks" ? "30% 38%" : part.name ? "42% 36%" : "8% 42%"})`);
      if (isSelected) {
        context.strokeStyle = colors.accent;
        context.lineWidth = 3;
        context.strokeRect(x + 2.5, top + 1.5, Math.max(1, width - 5), height - 3);
      }
      const text = part.name || (lane === "sections" ? `section ${n}` : ""), left = Math.max(x, viewport.left) + 8;
      context.save();
      context.beginPath();
      context.rect(x, top, Math.max(0, width - 4), height);
      context.clip();
      context.fillStyle = "#fff";
      context.globalAlpha = part.name ? 1 : 0.75;
      context.textAlign = "left";
      context.fillText(text, left, top + height / 2 + 0.5);
      context.restore();
      if (n) this.fill(Math.round(x) - 1, top, 3, height, isSelected ? colors.accent : colors.ink);
    });
  }

  private drawKeyframes({ top, height }: Row): void {
    const { context, colors, picture: { viewport, song, selection, drag } } = this;
    if (!song.keyframes.length) {
      context.fillStyle = colors.muted;
      context.textAlign = "left";
      context.fillText("double-click, or press k: a setting of the look gets a value here", GUTTER + 10, top + height / 2);
    }
    for (const { time } of song.keyframes) {
      const isSelected = selection?.lane === "keyframes" && Math.abs(selection.time - time) < 1e-3, size = isSelected ? 8 : 6;
      const x = viewport.x(drag?.lane === "keyframes" && drag.from === time ? drag.to : time), y = top + height / 2;
      context.fillStyle = isSelected ? colors.accent : colors.edited;
      context.beginPath();
      for (const [dx, dy] of [[0, -size], [size, 0], [0, size], [-size, 0]]) context.lineTo(x + dx, y + dy);
      context.fill();
    }
  }

  private drawOverview({ top, height }: Row): void {
    const { context, colors, picture: { viewport, sound, song, t } } = this;
    const share = (time: number) => viewport.left + (time / viewport.duration) * viewport.width;
    context.fillStyle = colors.muted;
    context.globalAlpha = 0.5;
    const columns = sound.outline.length / 2;
    for (let x = 0; x < viewport.width; x++) {
      const first = Math.floor((x / viewport.width) * columns), last = Math.max(first + 1, Math.floor(((x + 1) / viewport.width) * columns));
      let high = 0;
      for (let n = 2 * first; n < 2 * last; n++) high = Math.max(high, Math.abs(sound.outline[n] ?? 0));
      context.fillRect(viewport.left + x, top + height / 2 - (high / 127) * (height / 2 - 2), 1, Math.max(1, (high / 127) * (height - 4)));
    }
    context.globalAlpha = 0.6;
    for (const part of song.sections.slice(1)) this.fill(Math.round(share(part.start)), top, 1, height, colors.ink);
    context.globalAlpha = 1;
    this.fill(Math.round(share(t)), top, 2, height, colors.accent);
    context.fillStyle = colors.accent;
    context.globalAlpha = 0.14;
    context.fillRect(share(viewport.start), top, share(viewport.end) - share(viewport.start), height);
    context.globalAlpha = 1;
    context.strokeStyle = colors.accent;
    context.lineWidth = 1.5;
    context.strokeRect(share(viewport.start) + 0.75, top + 0.75, Math.max(3, share(viewport.end) - share(viewport.start) - 1.5), height - 1.5);
  }

  private drawTaps(top: number, bottom: number): void {
    for (const tap of this.picture.taps) this.fill(Math.round(this.picture.viewport.x(tap)), top, 2, bottom - top, this.colors.edited);
  }

  private drawPlayhead(): void {
    const { viewport, t } = this.picture, last = this.rows[this.rows.length - 1];
    if (t < viewport.start || t > viewport.end) return;
    const x = Math.round(viewport.x(t)), { context, colors } = this;
    this.fill(x, 8, 2, last.top - 8 - GAP, colors.accent);
    context.fillStyle = colors.accent;
    context.beginPath();
    context.moveTo(x - 5, 2);
    context.lineTo(x + 7, 2);
    context.lineTo(x + 1, 12);
    context.fill();
  }
}
