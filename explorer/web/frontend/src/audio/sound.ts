// Sound from a microphone, a file or another tab, heard at 48 kHz by the analysis.

import { RATE } from "./features";
import ear from "./worklet.ts?worker&url";

export type SoundKind = "microphone" | "tab" | "file";

/** What the worklet tells: frames of six features, and for each the levels of bands and the flatness. */
export interface Heard {
  frames: Float32Array[];
  bands: Float32Array[];
}

/** What the page does with a sound: gets its features, and hears when it ends by itself. */
export interface Listener {
  heard(heard: Heard): void;
  ended(reason: string): void;
}

/** A sound that is being listened to, until `close`. */
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

  /** Ask for the sound and begin to listen. Throws an Error whose message tells people what to do. */
  static async open(kind: SoundKind, listener: Listener, file?: File): Promise<Sound> {
    let media: MediaStream | null = null;
    let context: AudioContext | null = null;
    let player: HTMLAudioElement | null = null;
    try {
      if (kind === "file") player = await play(file!);
      else media = await ask(kind);
      context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
      await context.audioWorklet.addModule(ear);
      const source = player ? context.createMediaElementSource(player) : context.createMediaStreamSource(media!);
      if (player) source.connect(context.destination);
      const node = new AudioWorkletNode(context, "ear", { numberOfOutputs: 1 });
      node.port.onmessage = ({ data }: MessageEvent<Heard>) => listener.heard(data);
      source.connect(node).connect(context.destination); // its output is silence; unconnected nodes may sleep
      media?.getAudioTracks()[0].addEventListener("ended", () => listener.ended(`the ${kind} sound ended`));
      player?.addEventListener("ended", () => listener.ended(""));
      await context.resume();
      await player?.play();
      return new Sound(kind, file?.name ?? kind, context, node, source, media, player);
    } catch (error) {
      media?.getTracks().forEach((track) => track.stop());
      if (player) silence(player);
      await context?.close();
      throw new Error(explain(kind, error), { cause: error });
    }
  }

  /** The sound as a stream, to be recorded with the picture. */
  stream(): MediaStream {
    const destination = this.context.createMediaStreamDestination();
    this.source.connect(destination);
    return destination.stream;
  }

  /** Stop listening; the microphone's light goes out. */
  async close(): Promise<void> {
    this.node.port.onmessage = null;
    this.node.port.postMessage("close");
    this.media?.getTracks().forEach((track) => track.stop());
    if (this.player) silence(this.player);
    await this.context.close();
  }
}

function ask(kind: SoundKind): Promise<MediaStream> {
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
function play(file: File): Promise<HTMLAudioElement> {
  const player = new Audio(URL.createObjectURL(file));
  return new Promise((resolve, reject) => {
    player.oncanplay = () => resolve(player);
    player.onerror = () => {
      silence(player);
      reject(new DOMException("", "EncodingError"));
    };
  });
}

function silence(player: HTMLAudioElement): void {
  player.oncanplay = player.onerror = null;
  player.pause();
  URL.revokeObjectURL(player.src);
  player.removeAttribute("src");
}

const WORDS: Record<string, Partial<Record<SoundKind, string>>> = {
  NotAllowedError: {
    microphone: "The browser was told not to give the microphone. Allow it in the address bar, or play a file.",
    tab: "No tab was shared. Choose one and tick “share tab audio”, or play a file.",
    file: "The browser did not let the sound begin. Press the button once more.",
  },
  NotFoundError: { microphone: "No microphone was found. Plug one in, or play a file." },
  NotReadableError: { microphone: "Another program holds the microphone. Close that, or play a file." },
  NoSoundError: { tab: "The tab was shared without its sound. Tick “share tab audio” while you choose it." },
  EncodingError: { file: "This browser cannot play that file. Try wav, flac, ogg or mp3." },
  NotSupportedError: { microphone: "This browser cannot hear at 48 kHz from this microphone. Try Chrome or Edge." },
  SecurityError: {
    microphone: "Browsers give the microphone to https and localhost only. Open the page there, or play a file.",
    tab: "Browsers share tabs with https and localhost only. Open the page there, or play a file.",
  },
};

function explain(kind: SoundKind, error: unknown): string {
  const { name, message } = error as Error;
  return WORDS[name]?.[kind] ?? `The ${kind} cannot be heard: ${message || name}.`;
}
