// Records the picture and its sound to a video file.

import type { Scene } from "./scene";

const MIME_TYPES = ["video/mp4;codecs=avc1,mp4a.40.2", "video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm"];
const FRAME_RATE = 60, BITS_PER_SECOND = 16_000_000;
const MIN_LONG_SIDE = 1280, MIN_SHORT_SIDE = 720; // pixels

/** Whether this browser can record. */
export const canRecord = () => typeof MediaRecorder !== "undefined" && mimeType() !== undefined;

const mimeType = () => MIME_TYPES.find((name) => MediaRecorder.isTypeSupported(name));

/** The size of a video of a picture displayed at some size: the same shape, at least 1280 x 720 (or 720 x 1280), even. */
export function videoSize(width: number, height: number): { width: number; height: number } {
  const long = Math.max(width, height), short = Math.min(width, height);
  const scale = Math.max(1, MIN_LONG_SIDE / long, MIN_SHORT_SIDE / short);
  const even = (side: number) => 2 * Math.round((side * scale) / 2);
  return { width: even(width), height: even(height) };
}

/** A running recording: its size, and the function that ends it and saves the file. */
export interface Recording {
  width: number;
  height: number;
  stop: () => Promise<Blob>;
}

/** Start a recording. All frames of the video have the same size; coarser pictures are enlarged to it. */
export function record(scene: Scene, sound: MediaStream | null, start: Date): Recording {
  const type = mimeType()!;
  const canvas = document.createElement("canvas");
  const { width, height } = Object.assign(canvas, videoSize(...scene.displaySize));
  const context = canvas.getContext("2d", { alpha: false })!;
  context.imageSmoothingQuality = "high";
  scene.onFrame = (picture, gain) => {
    context.globalAlpha = 1;
    context.fillRect(0, 0, width, height);
    context.globalAlpha = gain;
    context.drawImage(picture, 0, 0, width, height);
  };
  const stream = new MediaStream([...canvas.captureStream(FRAME_RATE).getVideoTracks(), ...(sound?.getAudioTracks() ?? [])]);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS_PER_SECOND });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const finished = new Promise<Blob>((resolve) => {
    recorder.onstop = () => resolve(new Blob(parts, { type: type.split(";")[0] }));
  });
  recorder.start(1000);
  const stop = async () => {
    recorder.stop();
    scene.onFrame = null;
    const video = await finished;
    stream.getVideoTracks().forEach((track) => track.stop());
    const name = start.toISOString().replace(/[-:]|\.\d+/g, "");
    download(video, `explorer_${name}.${video.type.includes("mp4") ? "mp4" : "webm"}`);
    return video;
  };
  return { width, height, stop };
}

function download(video: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(video);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
