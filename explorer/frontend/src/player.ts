// An exported page: one look that moves with a microphone, a file, or along a track that is in the page.

import { Sound, type SoundKind } from "./audio/sound";
import { button, element, toggleFullscreen, watchInput } from "./export/controls";
import { TrackPlayer, type TrackContent } from "./export/trackPlayer";
import { OFF } from "./picture/light";
import { Scene, type Description, type JuliaFormulas } from "./scene";
import type { JuliaField } from "./track/trackField";

/** What explorer/shaders/export/page.py puts into the page. */
interface Content {
  title: string;
  notes: string[]; // what the page cannot do
  field: Description | (JuliaField & JuliaFormulas); // as it moves with a live sound
  track: TrackContent | null;
}

const LENGTH_TOLERANCE = 0.25; // seconds between a file and the track that it is taken for

class Player {
  readonly canvas = element("canvas", "picture");
  track: TrackPlayer | null = null;
  scene: Scene | null = null;
  private sound: Sound | null = null;
  private audio: HTMLAudioElement | null = null; // of a file that plays along the track
  private readonly welcome = element("main", "welcome");
  private readonly bar = element("footer", "bar fades");
  private readonly message = element("p", "message");
  private readonly fileInput = element("input");

  constructor(private readonly content: Content) {
    const { title, track, notes } = content, { canvas, welcome, bar, fileInput } = this;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${title}, a picture that moves with the sound`);
    Object.assign(fileInput, { type: "file", accept: "audio/*,video/*", hidden: true });
    fileInput.addEventListener("change", () => {
      this.openFile(fileInput.files?.[0]);
      fileInput.value = "";
    });
    this.message.setAttribute("aria-live", "polite");
    const ways = [
      ...(track ? [button("Play the piece", "as it was analyzed; add its sound by dropping the file", () => this.playTrack(null))] : []),
      button("Microphone", "the picture moves with what this device hears", () => void this.listen("microphone")),
      button("Sound file", track ? "its own file plays along the piece" : "or drop it anywhere", () => fileInput.click()),
    ];
    welcome.append(element("h1", "", title), element("div", "ways", ...ways), element("p", "quiet", "The sound stays in this browser."));
    if (notes.length) welcome.append(element("ul", "quiet", ...notes.map((note) => element("li", "", note))));
    bar.append(button("Stop", "back to the start", () => this.stop()), button("Full screen", "f", toggleFullscreen));
    document.body.append(canvas, welcome, bar, this.message, fileInput);
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.openFile(event.dataTransfer?.files[0]);
    });
    addEventListener("keydown", ({ key, target }) => {
      if (key === "f") toggleFullscreen();
      if (key === " " && !(target instanceof HTMLButtonElement)) this.togglePause();
    });
    watchInput();
    this.stop();
  }

  /** Return to the welcome; behind it the picture is at rest. */
  stop(): void {
    this.closeSound();
    this.show(false);
    if (this.content.track) this.openTrack().clock = () => Math.min(1, this.content.track!.duration / 2);
    else this.openScene().endSound();
  }

  /** Play the track that is in the page, with the sound of a file or without. */
  playTrack(audio: HTMLAudioElement | null): void {
    this.closeSound();
    const track = this.openTrack(), start = performance.now();
    this.audio = audio;
    track.clock = () => (audio ? audio.currentTime : ((performance.now() - start) / 1000) % track.duration);
    audio?.addEventListener("ended", () => this.stop());
    this.show(true);
    audio?.play().catch((error: Error) => this.fail(error));
  }

  async listen(kind: SoundKind, file?: File): Promise<void> {
    this.closeSound();
    const scene = this.openScene();
    try {
      const onEnd = () => this.stop();
      this.sound = await Sound.open(kind, { onFrames: (frames) => scene.pushFrames(frames), onEnd }, file);
      this.show(true);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private openFile(file?: File): void {
    if (!file) return;
    const { track } = this.content, audio = new Audio(URL.createObjectURL(file));
    if (!track) return void this.listen("file", file);
    audio.onloadedmetadata = () => {
      const isOwn = Math.abs(audio.duration - track.duration) < LENGTH_TOLERANCE;
      if (isOwn) this.playTrack(audio);
      else void this.listen("file", file);
    };
    audio.onerror = () => void this.listen("file", file); // which says what is wrong with it
  }

  private openTrack(): TrackPlayer {
    this.scene?.close();
    this.scene = null;
    return (this.track ??= new TrackPlayer(this.newCanvas(), this.content.track!));
  }

  private openScene(): Scene {
    this.track?.close();
    this.track = null;
    if (this.scene) return this.scene;
    const { field } = this.content, scene = (this.scene = new Scene(this.newCanvas()));
    scene.onError = (reason) => this.fail(new Error(reason));
    const isShown = field.kind === "julia" ? showJulia(scene, field) : scene.setField(field);
    isShown.catch((error: Error) => this.fail(error));
    return scene;
  }

  /** A canvas in the place of the last one, whose context may be lost. */
  private newCanvas(): HTMLCanvasElement {
    const canvas = this.canvas.cloneNode() as HTMLCanvasElement;
    document.querySelector(".picture")!.replaceWith(canvas);
    return canvas;
  }

  private togglePause(): void {
    const audio = this.audio ?? this.sound?.player;
    if (audio) void (audio.paused ? audio.play() : audio.pause());
  }

  private closeSound(): void {
    void this.sound?.close();
    this.audio?.pause();
    this.sound = this.audio = null;
    this.message.textContent = "";
  }

  private show(isPlaying: boolean): void {
    this.welcome.hidden = isPlaying;
    this.bar.hidden = !isPlaying;
  }

  private fail(error: Error): void {
    this.show(false);
    this.message.textContent = error.message;
  }
}

/** Draw a Julia set that moves by its formulas. */
function showJulia(scene: Scene, { settings, light, finish, parameters }: JuliaField & JuliaFormulas): Promise<void> {
  for (const name of Object.keys(scene.motion.look)) scene.motion.look[name] = Number(settings[name]);
  scene.iterations = Number(settings.iterations);
  scene.juliaFormulas = { settings, parameters };
  if (typeof settings.motion_smoothing === "number") scene.smoothing = settings.motion_smoothing;
  return scene.setJuliaSurface({ light: light ?? OFF.light, finish: finish ?? OFF.finish });
}

try {
  Object.assign(window, { player: new Player(JSON.parse(document.getElementById("content")!.textContent) as Content) });
} catch (error) {
  document.body.append(element("main", "welcome", element("p", "", `This browser cannot draw the picture: ${(error as Error).message}.`)));
}
