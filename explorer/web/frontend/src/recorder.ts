// The picture, with the sound that moves it, as a video file.

import type { Stage } from "./stage";

const KINDS = ["video/mp4;codecs=avc1,mp4a.40.2", "video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm"];
const RATE = 60, BITS = 16_000_000; // frames and bits a second
const LONG = 1280, SHORT = 720; // pixels of the sides of a film, at least

/** Whether this browser can record. */
export const canRecord = () => typeof MediaRecorder !== "undefined" && kind() !== undefined;

const kind = () => KINDS.find((name) => MediaRecorder.isTypeSupported(name));

/** The size of a film of a picture shown at this size: the same shape, at least 1280 x 720 (or 720 x 1280), even. */
export function filmSize(width: number, height: number): { width: number; height: number } {
  const long = Math.max(width, height), short = Math.min(width, height);
  const scale = Math.max(1, LONG / long, SHORT / short);
  const even = (side: number) => 2 * Math.round((side * scale) / 2);
  return { width: even(width), height: even(height) };
}

/** A recording that goes on: its size, and what ends it and saves the file. */
export interface Recording {
  width: number;
  height: number;
  end: () => Promise<Blob>;
}

/** Begin to record. The film has one size from first to last frame; coarser pictures are enlarged to it. */
export function record(stage: Stage, sound: MediaStream | null, stamp: Date): Recording {
  const type = kind()!;
  const film = document.createElement("canvas");
  const { width, height } = Object.assign(film, filmSize(...stage.shown));
  const pen = film.getContext("2d", { alpha: false })!;
  pen.imageSmoothingQuality = "high";
  stage.onDrawn = (picture, gain) => {
    pen.globalAlpha = 1;
    pen.fillRect(0, 0, width, height);
    pen.globalAlpha = gain;
    pen.drawImage(picture, 0, 0, width, height);
  };
  const stream = new MediaStream([...film.captureStream(RATE).getVideoTracks(), ...(sound?.getAudioTracks() ?? [])]);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const finished = new Promise<Blob>((resolve) => {
    recorder.onstop = () => resolve(new Blob(parts, { type: type.split(";")[0] }));
  });
  recorder.start(1000);
  const end = async () => {
    recorder.stop();
    stage.onDrawn = null;
    const whole = await finished;
    stream.getVideoTracks().forEach((track) => track.stop());
    const name = stamp.toISOString().replace(/[-:]|\.\d+/g, "");
    save(whole, `explorer_${name}.${whole.type.includes("mp4") ? "mp4" : "webm"}`);
    return whole;
  };
  return { width, height, end };
}

function save(film: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(film);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
