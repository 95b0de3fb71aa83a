// Sound from a microphone, a file or another tab, analyzed at 48 kHz.

import { RATE } from "./features";
import worklet from "./worklet.ts?worker&url";

export type SoundKind = "microphone" | "tab" | "file";

/** Messages of the worklet: frames of six features, and for each the levels of bands and the flatness. */
export interface AudioFrames {
  frames: Float32Array[];
  bands: Float32Array[];
}

/** Callbacks of a sound: its features, and its end when it ends by itself. */
export interface SoundListener {
  onFrames(frames: AudioFrames): void;
  onEnd(reason: string): void;
}

/** A sound that is analyzed until `close`. */
export class Sound {
  private constructor(
    readonly kind: SoundKind,
    readonly name: string,
    private readonly context: AudioContext,
    private readonly node: AudioWorkletNode,
    private readonly source: AudioNode,
    private readonly media: MediaStream | null,
    readonly player: HTMLAudioElement | null, // of a file: play, pause and seek there
  ) {}

  /** Request the sound and start the analysis. Throws an Error whose message says what to do. */
  static async open(kind: SoundKind, listener: SoundListener, file?: File): Promise<Sound> {
    let media: MediaStream | null = null;
    let context: AudioContext | null = null;
    let player: HTMLAudioElement | null = null;
    try {
      if (kind === "file") player = await loadPlayer(file!);
      else media = await requestStream(kind);
      context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
      await context.audioWorklet.addModule(worklet);
      const source = player ? context.createMediaElementSource(player) : context.createMediaStreamSource(media!);
      if (player) source.connect(context.destination);
      const node = new AudioWorkletNode(context, "features", { numberOfOutputs: 1 });
      node.port.onmessage = ({ data }: MessageEvent<AudioFrames>) => listener.onFrames(data);
      source.connect(node).connect(context.destination); // its output is silence; unconnected nodes may sleep
      media?.getAudioTracks()[0].addEventListener("ended", () => listener.onEnd(`the ${kind} sound ended`));
      player?.addEventListener("ended", () => listener.onEnd(""));
      await Promise.all([player?.play(), context.resume()]); // where playing is blocked, only `play` says so
      return new Sound(kind, file?.name ?? kind, context, node, source, media, player);
    } catch (error) {
      media?.getTracks().forEach((track) => track.stop());
      if (player) releasePlayer(player);
      await context?.close();
      throw new Error(errorMessage(kind, error), { cause: error });
    }
  }

  /** The sound as a stream, to be recorded with the picture. */
  stream(): MediaStream {
    const destination = this.context.createMediaStreamDestination();
    this.source.connect(destination);
    return destination.stream;
  }

  /** Stop the analysis and release the microphone. */
  async close(): Promise<void> {
    this.node.port.onmessage = null;
    this.node.port.postMessage("close");
    this.media?.getTracks().forEach((track) => track.stop());
    if (this.player) releasePlayer(this.player);
    await this.context.close();
  }
}

function requestStream(kind: SoundKind): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new DOMException("", "SecurityError"); // neither https nor localhost
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  if (kind === "microphone") return devices.getUserMedia({ audio: raw });
  return devices.getDisplayMedia({ video: true, audio: raw }).then((media) => {
    if (media.getAudioTracks().length) return media;
    media.getTracks().forEach((track) => track.stop());
    throw new DOMException("", "NoSoundError");
  });
}

/** An audio element with the file, ready to play. */
function loadPlayer(file: File): Promise<HTMLAudioElement> {
  const player = new Audio(URL.createObjectURL(file));
  return new Promise((resolve, reject) => {
    player.oncanplay = () => resolve(player);
    player.onerror = () => {
      releasePlayer(player);
      reject(new DOMException("", "EncodingError"));
    };
  });
}

function releasePlayer(player: HTMLAudioElement): void {
  player.oncanplay = player.onerror = null;
  player.pause();
  URL.revokeObjectURL(player.src);
  player.removeAttribute("src");
}

const ERROR_MESSAGES: Record<string, Partial<Record<SoundKind, string>>> = {
  NotAllowedError: {
    microphone: "The browser does not allow the microphone. Allow it in the address bar, or play a file.",
    tab: "No tab was shared. Choose one and tick “share tab audio”, or play a file.",
    file: "The browser plays a sound only after a click. Press the button.",
  },
  NotFoundError: { microphone: "No microphone was found. Plug one in, or play a file." },
  NotReadableError: { microphone: "Another program uses the microphone. Close it, or play a file." },
  NoSoundError: { tab: "The tab was shared without its sound. Tick “share tab audio” when you choose it." },
  EncodingError: { file: "This browser cannot play that file. Try wav, flac, ogg or mp3." },
  NotSupportedError: { microphone: "This browser cannot record this microphone at 48 kHz. Try Chrome or Edge." },
  SecurityError: {
    microphone: "Browsers allow the microphone on https and localhost only. Open the page there, or play a file.",
    tab: "Browsers share tabs on https and localhost only. Open the page there, or play a file.",
  },
};

function errorMessage(kind: SoundKind, error: unknown): string {
  const { name, message } = error as Error;
  return ERROR_MESSAGES[name]?.[kind] ?? `The ${kind} cannot be opened: ${message || name}.`;
}
