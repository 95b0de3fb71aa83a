// Sound to picture: features go to the model, its answers steer the motion, every animation frame draws.

import constants from "./constants.json";
import { FEATURES, HOP, RATE } from "./audio/features";
import { Levels } from "./audio/levels";
import type { Heard } from "./audio/sound";
import { Windows } from "./audio/windows";
import type { Model } from "./model/inference";
import { cppnShader } from "./cppn/cppn.glsl";
import { moment, packed, timeOf, type Network } from "./cppn/network";
import { ShaderCanvas, type Uniforms } from "./picture/canvas";
import { cellsOf, FlashLimiter, meanLight, POINTS } from "./picture/flashes";
import { JULIA } from "./picture/julia.glsl";
import { Quality } from "./picture/quality";
import { Motion, REST, uniforms } from "./picture/motion";

const FRAME = HOP / RATE; // seconds between two frames of features
const BEHIND = 60; // windows that may wait for the model; older ones are given up
const MOST_PIXELS = 2560 * 1440;

export interface Numbers {
  fps: number;
  inference: number; // ms for each window
  width: number;
  height: number;
}

const shaderOf = (network: Network | null) => (network ? cppnShader(network) : JULIA);

/** What draws on the canvas of the page; it goes on until `close`. */
export class Stage {
  readonly features = new Float32Array(FEATURES.length); // heard last
  readonly parameters = Float32Array.from(REST); // answered last, before smoothing
  readonly motion = new Motion();
  smoothing = 0.2; // seconds
  readonly quality = new Quality();
  listening = false;
  calm = false; // less motion, and none while nothing is heard
  drawn = 0;
  onTrouble: (reason: string) => void = () => {};
  onDrawn: ((picture: HTMLCanvasElement, gain: number) => void) | null = null; // its pixels are there until this returns
  limiting = true; // flashes
  gain = 1; // by what the picture is dimmed
  private readonly flashes = new FlashLimiter();
  private screen: ShaderCanvas;
  private showing = 0; // the how manieth choice of a picture is being built
  private onFrame: (() => void)[] = []; // once, after the next frame
  private readonly levels = new Levels();
  private network: Network | null = null;
  private seconds = 0; // that a network's time has run
  private model: Model | null = null;
  private windows: Windows | null = null;
  private waiting: Float32Array[] = [];
  private answering = false;
  private inference = 0;
  private interval = 1 / 60; // seconds a frame, averaged
  private last = 0;
  private request = 0;

  /** Throws an Error where there is no WebGL2. */
  constructor(private canvas: HTMLCanvasElement) {
    this.screen = new ShaderCanvas(canvas, JULIA);
    this.request = requestAnimationFrame(this.tick);
  }

  get numbers(): Numbers {
    const { width, height } = this.canvas;
    return { fps: 1 / this.interval, inference: this.inference, width, height };
  }

  get hasModel(): boolean {
    return this.model !== null;
  }

  /** Let another model answer from now on; without one the picture rests. */
  play(model: Model | null): void {
    this.model = model;
    this.windows = model && new Windows(model.metadata);
    this.waiting = [];
    this.parameters.set(REST);
  }

  /** Draw a CPPN, or the Julia set again, once its shader is built; resolves when it is seen or was replaced. */
  async show(network: Network | null): Promise<void> {
    const turn = ++this.showing;
    await this.screen.useSoon(shaderOf(network), () => turn === this.showing);
    if (turn !== this.showing) return;
    this.screen.use(shaderOf(network)); // on another canvas than at first
    if (network) this.screen.texture(packed(network));
    this.network = network;
    await new Promise<void>((seen) => this.onFrame.push(seen)); // some drivers build at the first frame
  }

  /** Whether showing that takes a shader that is not there yet. */
  mustBuild(network: Network | null): boolean {
    return !this.screen.uses(shaderOf(network));
  }

  /** Go on in a context that was lost and came back, or on another canvas. Throws an Error where there is no WebGL2. */
  restore(canvas = this.canvas): void {
    const network = this.network;
    if (canvas === this.canvas) return this.screen.restore();
    this.screen = new ShaderCanvas(canvas, shaderOf(network));
    if (network) this.screen.texture(packed(network));
    this.canvas = canvas;
  }

  /** Frames of features, as the sound gives them. */
  hear({ frames, bands }: Heard): void {
    this.listening = true;
    frames.forEach((frame, n) => {
      this.features.set(frame);
      this.levels.hear(frame, bands[n]);
      if (this.windows) this.waiting.push(this.windows.add(frame));
      else this.advance(REST, FRAME);
    });
    this.waiting = this.waiting.slice(-BEHIND);
    void this.answer();
  }

  /** The sound ended. */
  rest(): void {
    this.listening = false;
    this.waiting = [];
    this.features.fill(0);
    this.parameters.set(REST);
  }

  close(): void {
    cancelAnimationFrame(this.request);
  }

  private async answer(): Promise<void> {
    if (this.answering) return;
    this.answering = true;
    let model: Model | null = null;
    try {
      while ((model = this.model) && this.waiting.length) {
        const windows = this.waiting;
        this.waiting = [];
        const start = performance.now();
        const answers = await model.run(windows);
        this.inference += 0.1 * ((performance.now() - start) / windows.length - this.inference);
        if (model !== this.model) break;
        for (const answer of answers) this.advance(answer, FRAME);
        this.parameters.set(answers.at(-1)!);
      }
    } catch (error) {
      if (model !== this.model) return; // it was closed meanwhile
      this.play(null);
      this.onTrouble(`The model cannot be run: ${(error as Error).message}`);
    } finally {
      this.answering = false;
    }
  }

  private advance(target: ArrayLike<number>, seconds: number): void {
    const smoothing = this.calm ? Math.max(this.smoothing, 0.8) : this.smoothing;
    this.motion.advance(target, seconds, smoothing, this.calm ? 0.25 : 1);
  }

  private julia(): Uniforms {
    return uniforms(this.motion.controls, constants.julia.iterations, this.quality.samples);
  }

  /** What a network draws from now; what is not heard rests. */
  private heardBy(network: Network): Uniforms {
    const names = network.settings.features as string[];
    const rest = (name: string) => (constants.features.timbres.includes(name) ? 0 : -1);
    const features = names.map((name) => (this.listening ? this.levels.values[name] : undefined) ?? rest(name));
    return moment(network, timeOf(network, this.seconds), features);
  }

  private readonly tick = (now: number): void => {
    this.request = requestAnimationFrame(this.tick);
    const seconds = Math.min((now - this.last) / 1000, 0.25);
    this.last = now;
    if (document.hidden || this.screen.lost) return;
    this.quality.drawn(seconds);
    this.interval += 0.05 * (seconds - this.interval);
    if (!this.listening && !this.calm) this.advance(REST, seconds);
    this.fit();
    if (!this.calm || this.listening) this.seconds += this.calm ? seconds / 4 : seconds;
    const values = this.network ? this.heardBy(this.network) : this.julia();
    this.gain = this.limiting ? this.flashes.take(this.light(values), now / 1000) : 1;
    this.canvas.style.opacity = String(this.gain); // before black, and at the same moment as the frame
    this.screen.draw(values);
    this.onDrawn?.(this.canvas, this.gain);
    this.drawn += 1;
    this.onFrame.splice(0).forEach((seen) => seen());
  };

  /** The luminance of the next frame in cells, from points of it. */
  private light(values: Uniforms): Float32Array {
    const { width, height } = this.canvas;
    const [columns, rows] = cellsOf(width, height).map((cells) => cells * POINTS);
    const fine = Math.min(columns, rows) / (Math.min(width, height) * this.quality.samples);
    return meanLight(this.screen.sample({ ...values, samples: 1, fine }, columns, rows), columns);
  }

  /** The size at which the picture is shown, in dots of the screen, as far as it would ever be drawn. */
  get shown(): [number, number] {
    const { clientWidth, clientHeight } = this.canvas;
    const dots = Math.min(devicePixelRatio, 2);
    const share = dots * Math.min(1, Math.sqrt(MOST_PIXELS / (clientWidth * clientHeight * dots * dots)));
    return [clientWidth * share, clientHeight * share];
  }

  /** The canvas as large as it is shown, or coarser where drawing is slow. */
  private fit(): void {
    const [width, height] = this.shown.map((side) => Math.max(1, Math.round(side * this.quality.scale)));
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }
}
