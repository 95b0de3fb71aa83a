// The picture, with the sound that moves it, as a video file.

const KINDS = ["video/mp4;codecs=avc1,mp4a.40.2", "video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm"];
const RATE = 60, BITS = 16_000_000; // frames and bits a second

/** Whether this browser can record. */
export const canRecord = () => typeof MediaRecorder !== "undefined" && kind() !== undefined;

const kind = () => KINDS.find((name) => MediaRecorder.isTypeSupported(name));

/** Begin to record; the returned function ends that and saves the file. */
export function record(canvas: HTMLCanvasElement, sound: MediaStream | null, stamp: Date): () => Promise<Blob> {
  const type = kind()!;
  const stream = new MediaStream([...canvas.captureStream(RATE).getVideoTracks(), ...(sound?.getAudioTracks() ?? [])]);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const finished = new Promise<Blob>((resolve) => {
    recorder.onstop = () => resolve(new Blob(parts, { type: type.split(";")[0] }));
  });
  recorder.start(1000);
  return async () => {
    recorder.stop();
    const film = await finished;
    stream.getVideoTracks().forEach((track) => track.stop());
    const name = stamp.toISOString().replace(/[-:]|\.\d+/g, "");
    save(film, `explorer_${name}.${film.type.includes("mp4") ? "mp4" : "webm"}`);
    return film;
  };
}

function save(film: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(film);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
