// What the kernel says about the song: beats, sections, looks, keyframes. Pure.

export type LaneName = "beats" | "sections" | "looks" | "keyframes";

export interface Beat {
  time: number;
  isDownbeat: boolean;
  isEdited: boolean;
}
export interface Part {
  start: number;
  end: number;
  name: string;
}
export interface Keyframe {
  time: number;
  values: [look: string, setting: string, value: number][];
}
export type SettingInWords = [name: string, words: string, allowed: string];
export interface Song {
  beats: Beat[];
  sections: Part[];
  looks: Part[];
  keyframes: Keyframe[];
  settings: Record<string, SettingInWords[]>; // of each look, that keyframes may move
}
export interface TraitReader {
  get(name: string): unknown;
}

export const MIN_GAPS: Record<LaneName, number> = { beats: 0.05, sections: 0.25, looks: 0.25, keyframes: 0.005 }; // seconds, as the kernel's
const DOWNBEAT = 1, EDITED = 6; // flags of a beat

export function readSong(model: TraitReader): Song {
  const bytes = model.get("beats") as DataView, flags = model.get("flags") as DataView;
  const beats = Array.from({ length: flags.byteLength }, (_, n) => {
    const flag = flags.getUint8(n);
    return { time: bytes.getFloat64(8 * n, true), isDownbeat: (flag & DOWNBEAT) > 0, isEdited: (flag & EDITED) > 0 };
  });
  const duration = model.get("duration") as number;
  const parts = (name: string) => {
    const pairs = model.get(name) as [number, string][];
    return pairs.map(([start, text], n) => ({ start, end: pairs[n + 1]?.[0] ?? duration, name: text }));
  };
  const keyframes = (model.get("keyframes") as [number, Keyframe["values"]][]).map(([time, values]) => ({ time, values }));
  const settings = model.get("look_settings") as Song["settings"];
  return { beats, sections: parts("sections"), looks: parts("looks"), keyframes, settings };
}

/** The moments of a lane that can be selected. */
export function momentsOf(song: Song, lane: LaneName): number[] {
  if (lane === "beats" || lane === "keyframes") return song[lane].map((each) => each.time);
  return song[lane].map((part) => part.start);
}

/** The look that is drawn at a time; empty where there are no looks. */
export function lookAt(song: Song, time: number): string {
  return (song.looks.findLast((part) => part.start <= time) ?? song.looks[0])?.name ?? "";
}

/** The lanes that are there: keyframes are of looks. */
export function lanesOf(song: Song): LaneName[] {
  return song.looks.length ? ["beats", "sections", "looks", "keyframes"] : ["beats", "sections", "looks"];
}

/** The number of the moment nearest to a time. */
export function nearest(moments: ArrayLike<number>, time: number): number {
  let low = 0, high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && (low === moments.length || time - moments[low - 1] <= moments[low] - time) ? low - 1 : low;
}

/** A time at the nearest of some moments, if one is within reach. */
export function snapTo(moments: ArrayLike<number>, time: number, reach: number): number | null {
  if (!moments.length) return null;
  const moment = moments[nearest(moments, time)];
  return Math.abs(moment - time) <= reach ? moment : null;
}

/** Where something on a lane snaps to: beats to onsets, sections to bars and beats, looks and keyframes to sections first. */
export function snapped(song: Song, onsets: ArrayLike<number>, lane: LaneName, time: number, reach: number): number {
  if (lane === "beats") return snapTo(onsets, time, reach) ?? time;
  const beats = song.beats.map((beat) => beat.time);
  const bars = song.beats.filter((beat) => beat.isDownbeat).map((beat) => beat.time);
  const sections = lane !== "sections" ? song.sections.map((part) => part.start) : [];
  return snapTo(sections, time, 1.5 * reach) ?? snapTo(bars, time, 1.5 * reach) ?? snapTo(beats, time, reach) ?? time;
}

/** Between which times something can be moved without meeting its neighbors. */
export function limits(song: Song, lane: LaneName, index: number, duration: number): [number, number] {
  const moments = momentsOf(song, lane), gap = MIN_GAPS[lane];
  return [index > 0 ? moments[index - 1] + gap : 0, index + 1 < moments.length ? moments[index + 1] - gap : duration - 1e-3];
}

/** The bar and beat of each beat, counted from 1; bar 0 before the first downbeat. */
export function barNumbers(beats: Beat[]): [number, number][] {
  let bar = 0, place = 0;
  return beats.map((beat) => {
    if (beat.isDownbeat) [bar, place] = [bar + 1, 0];
    place += 1;
    return [bar, place];
  });
}
