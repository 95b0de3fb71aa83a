// From sound to picture: the model turns features into parameters, motion smooths them, every animation frame is drawn.

import constants from "./constants.json";
import { ComputedFrames, type ComputedFrame, type ComputedMoment } from "./compute/computedFrames";
import { ComputedNetwork, isWide, type WideNetwork } from "./compute/computedNetwork";
import { texelShader } from "./compute/texelShader";
import { FEATURES, HOP, RATE } from "./audio/features";
import { FeatureLevels } from "./audio/levels";
import { LIGHT_AT_REST, LightLevels } from "./audio/lightLevels";
import type { AudioFrames } from "./audio/sound";
import { FeatureWindows } from "./audio/windows";
import type { Model } from "./model/inference";
import { cppnShader } from "./cppn/cppn.glsl";
import { firstBias, momentUniforms, networkLight, networkTime, packWeights, type Network } from "./cppn/network";
import { clockRate, type Levels } from "./audio/soundClock";
import { GraphMotion } from "./program/graphMotion";
import { PatternMotion } from "./program/patternMotion";
import { packPalettes, programShader, programUniforms, type ProgramField } from "./program/programField";
import { AdaptiveQuality } from "./picture/adaptiveQuality";
import { cellCounts, cellLuminances, FlashLimiter, POINTS_PER_CELL } from "./picture/flashLimiter";
import { juliaShader } from "./picture/julia.glsl";
import { OFF, surfaceUniforms, type LightMoment, type Surface } from "./picture/light";
import { accent, Motion, REST, uniforms } from "./picture/motion";
import { ShaderCanvas, type Shader, type TextureData, type Uniforms } from "./picture/shaderCanvas";
import { evaluate, type Program } from "./picture/expressions";
import { displaySize } from "./picture/displaySize";

const FRAME_SECONDS = HOP / RATE; // between two frames of features
const MAX_PENDING_WINDOWS = 60; // for the model; older ones are dropped

export interface RenderStats {
  fps: number;
  inference: number; // ms per window
  width: number;
  height: number;
}

/** A field as the server describes it. */
export type Description = Network | WideNetwork | ProgramField;

function textureOf(field: Description): TextureData {
  if (isWide(field)) return { width: 1, height: 1, data: new Float32Array(4) }; // until there is a frame of it
  return field.kind === "cppn" ? packWeights(field) : packPalettes(field);
}

/** A frame of a network that WebGPU computes. */
interface NetworkMoment extends ComputedMoment {
  bias: Float32Array<ArrayBuffer>;
}

/** The parameters of a Julia set as a program of levels (explorer/fields/julia/mapping.py). */
export interface JuliaFormulas {
  settings: Record<string, unknown>;
  parameters: Program;
}

/** Draws on the canvas of the page until `close`. */
export class Scene {
  readonly features = new Float32Array(FEATURES.length); // of the last frame
  readonly parameters = Float32Array.from(REST); // last output of the model, before smoothing
  readonly motion = new Motion();
  smoothing = 0.2; // seconds
  iterations = constants.julia.iterations; // of the Julia set
  juliaFormulas: JuliaFormulas | null = null; // which move it where there is no model
  readonly quality = new AdaptiveQuality();
  listening = false;
  reducedMotion = false; // slower motion, and none without sound
  frameCount = 0;
  onError: (reason: string) => void = () => {};
  onFrame: ((picture: HTMLCanvasElement, gain: number) => void) | null = null; // the pixels are valid until it returns
  limitFlashes = true;
  gain = 1; // of the last frame, by the flash limiter
  private readonly flashLimiter = new FlashLimiter();
  private shaderCanvas: ShaderCanvas;
  private generation = 0; // counts `setField`: only the latest one takes effect
  private frameCallbacks: (() => void)[] = []; // called once, after the next frame
  private readonly levels = new FeatureLevels();
  private readonly lightLevels = new LightLevels();
  private field: Description | null = null; // null: the Julia set
  private network: ComputedNetwork | null = null; // that WebGPU computes
  private frames: ComputedFrames<NetworkMoment> | null = null; // of it
  private drawnFrame: ComputedFrame<NetworkMoment> | null = null;
  private readonly graphMotion = new GraphMotion();
  private readonly patternMotion = new PatternMotion();
  private juliaSurface: Surface = OFF;
  private fieldSeconds = 0;
  private soundClock = 0; // seconds
  private model: Model | null = null;
  private windows: FeatureWindows | null = null;
  private pendingWindows: Float32Array[] = [];
  private modelRunning = false;
  private inference = 0;
  private frameSeconds = 1 / 60; // averaged
  private lastTime = 0; // ms
  private lastFrame = 0; // ms
  private request = 0;

  /** Throws an Error without WebGL2. */
  constructor(private canvas: HTMLCanvasElement) {
    this.shaderCanvas = new ShaderCanvas(canvas, this.shaderOf(null));
    this.request = requestAnimationFrame(this.tick);
  }

  get stats(): RenderStats {
    const { width, height } = this.canvas;
    return { fps: 1 / this.frameSeconds, inference: this.inference, width, height };
  }

  get hasModel(): boolean {
    return this.model !== null;
  }

  /** Use another model; without one the parameters are at rest. */
  setModel(model: Model | null): void {
    this.model = model;
    this.windows = model && new FeatureWindows(model.metadata);
    this.pendingWindows = [];
    this.parameters.set(REST);
  }

  /** The light and finish of the Julia set. */
  setJuliaSurface(surface: Surface): Promise<void> {
    this.juliaSurface = surface;
    return this.field ? Promise.resolve() : this.setField(null);
  }

  private shaderOf(field: Description | null): Shader {
    const { light, finish } = this.julia;
    if (!field) return juliaShader(light, finish);
    if (isWide(field)) return texelShader(field);
    return field.kind === "cppn" ? cppnShader(field) : programShader(field);
  }

  /** Light and finish of the Julia set, null where they are off. */
  private get julia() {
    const { light, finish } = this.juliaSurface;
    return { light: light.on ? light : null, finish: finish.on ? finish : null };
  }

  /** Draw a field, or the Julia set for null; resolves when its first frame is drawn, or when a later call replaces it. */
  async setField(field: Description | null): Promise<void> {
    const generation = ++this.generation;
    const isCurrent = () => generation === this.generation;
    const network = field && isWide(field) ? await ComputedNetwork.open(field) : null;
    await this.shaderCanvas.useAsync(this.shaderOf(field), isCurrent);
    if (!isCurrent()) return network?.close();
    this.shaderCanvas.use(this.shaderOf(field)); // the canvas may be another one now
    if (field) this.shaderCanvas.setTexture(textureOf(field));
    this.field = field;
    this.replaceNetwork(network);
    await new Promise<void>((resolve) => this.frameCallbacks.push(resolve)); // some drivers compile at the first frame
  }

  private replaceNetwork(network: ComputedNetwork | null): void {
    this.frames?.close();
    this.network?.close();
    [this.network, this.frames, this.drawnFrame] = [network, null, null];
    if (!network) return;
    this.onError(""); // of a device that was lost
    const onFailure = (reason: string) => {
      this.onError(`The picture cannot be drawn: ${reason}.`);
      void this.setField(null);
    };
    this.frames = new ComputedFrames(async ({ bias, width, height }) => [await network.compute(bias, width, height)], () => {}, onFailure);
  }

  /** Whether a field needs a shader that is not compiled yet. */
  needsCompilation(field: Description | null): boolean {
    return !this.shaderCanvas.uses(this.shaderOf(field));
  }

  /** Continue after a lost context was restored, or on another canvas. Throws an Error without WebGL2. */
  restore(canvas = this.canvas): void {
    const { field } = this;
    if (canvas === this.canvas) return this.shaderCanvas.restore();
    this.shaderCanvas = new ShaderCanvas(canvas, this.shaderOf(field));
    if (field) this.shaderCanvas.setTexture(textureOf(field));
    this.canvas = canvas;
  }

  /** Take frames of features from the sound. */
  pushFrames({ frames, bands }: AudioFrames): void {
    this.listening = true;
    frames.forEach((frame, n) => {
      this.features.set(frame);
      this.levels.push(frame, bands[n]);
      this.lightLevels.push(this.levels.values.rms, this.levels.values.onset);
      this.advanceField(this.soundLevels, FRAME_SECONDS, frame);
      if (this.windows) this.pendingWindows.push(this.windows.add(frame));
      else this.advance(this.juliaTarget, FRAME_SECONDS);
    });
    this.pendingWindows = this.pendingWindows.slice(-MAX_PENDING_WINDOWS);
    void this.runModel();
  }

  /** Return to rest at the end of the sound. */
  endSound(): void {
    this.listening = false;
    this.pendingWindows = [];
    this.features.fill(0);
    this.parameters.set(REST);
  }

  close(): void {
    cancelAnimationFrame(this.request);
  }

  private async runModel(): Promise<void> {
    if (this.modelRunning) return;
    this.modelRunning = true;
    let model: Model | null = null;
    try {
      while ((model = this.model) && this.pendingWindows.length) {
        const windows = this.pendingWindows;
        this.pendingWindows = [];
        const start = performance.now();
        const outputs = await model.run(windows);
        this.inference += 0.1 * ((performance.now() - start) / windows.length - this.inference);
        if (model !== this.model) break;
        for (const output of outputs) this.advance(output, FRAME_SECONDS);
        this.parameters.set(outputs.at(-1)!);
      }
    } catch (error) {
      if (model !== this.model) return; // it was closed meanwhile
      this.setModel(null);
      this.onError(`The model cannot be run: ${(error as Error).message}`);
    } finally {
      this.modelRunning = false;
    }
  }

  /** The parameters of the Julia set without a model. */
  private get juliaTarget(): ArrayLike<number> {
    const { juliaFormulas } = this;
    return juliaFormulas ? evaluate(juliaFormulas.parameters, this.inputs(juliaFormulas.settings)) : REST;
  }

  private advance(target: ArrayLike<number>, seconds: number): void {
    const smoothing = this.reducedMotion ? Math.max(this.smoothing, 0.8) : this.smoothing;
    this.motion.advance(target, seconds, smoothing, this.reducedMotion ? 0.25 : 1);
  }

  /** Levels in [0, 1], and timbres in [-1, 1]. */
  private get soundLevels(): Levels {
    const levels = Object.entries(this.levels.values);
    return Object.fromEntries(levels.map(([name, value]) => [name, constants.features.timbres.includes(name) ? value : (value + 1) / 2]));
  }

  /** Advance the clocks that run on sound; `frame` holds features, null without sound. */
  private advanceField(levels: Levels, seconds: number, frame: Float32Array | null): void {
    const { field } = this, step = this.reducedMotion ? seconds / 4 : seconds;
    this.soundClock += clockRate(levels) * step;
    this.graphMotion.push(levels);
    if (field?.kind === "graph") this.graphMotion.advance(field.settings, levels, step);
    if (field?.kind !== "patterns") return;
    if (frame) this.patternMotion.push(field.settings, frame, levels);
    this.patternMotion.advance(field.settings, levels, step);
  }

  private programUniforms(field: ProgramField, width: number, height: number): Uniforms {
    const { settings } = field;
    const inputs = { graph: this.graphMotion, patterns: this.patternMotion, sketch: this }[field.kind].inputs(settings);
    return programUniforms(field, inputs, this.lightMoment, this.frameCount, width, height);
  }

  /** Seconds and the levels of features; without sound, and of features of whole songs, they are 0. */
  inputs({ features }: Record<string, unknown>): Levels {
    const levels = this.listening ? this.soundLevels : {};
    const named = (features as string[]).map((name) => [name, levels[name] ?? 0]);
    return { ...Object.fromEntries(named), time: this.fieldSeconds };
  }

  private juliaUniforms(width: number, height: number): Uniforms {
    const { controls } = this.motion, { light, finish } = this.julia;
    return {
      ...uniforms(controls, this.iterations, this.quality.samples),
      ...surfaceUniforms(light, finish, accent(controls), this.lightMoment, this.frameCount, width, height),
    };
  }

  private get lightMoment(): LightMoment {
    return this.listening && !this.reducedMotion ? this.lightLevels.now : LIGHT_AT_REST;
  }

  /** The inputs of a network now; features without sound are at rest. */
  private networkInputs(network: Network): [time: number, features: number[]] {
    const names = network.settings.features as string[];
    const rest = (name: string) => (constants.features.timbres.includes(name) ? 0 : -1);
    const features = names.map((name) => (this.listening ? this.levels.values[name] : undefined) ?? rest(name));
    if (!network.settings.weights) return [networkTime(network, this.fieldSeconds, this.soundClock), features];
    return [1, names.map((name, n) => (rest(name) ? (features[n] + 1) / 2 : features[n]))]; // a painted picture is at rest in silence
  }

  /** The inputs of a network now, and its light for a size. */
  private networkUniforms(network: Network, width: number, height: number): Uniforms {
    const light = networkLight(network, this.lightMoment, this.frameCount, width, height);
    return isWide(network) ? light : { ...momentUniforms(network, ...this.networkInputs(network)), ...light };
  }

  /** The newest frame of the network that is computed, which is in the texture now; null until there is another one. */
  private computedFrame(frames: ComputedFrames<NetworkMoment>): NetworkMoment | null {
    const network = this.field as Network, [width, height] = this.targetSize, { latest } = frames;
    frames.request({ bias: firstBias(network, ...this.networkInputs(network)), width, height });
    if (!latest || latest === this.drawnFrame) return null;
    this.drawnFrame = latest;
    this.shaderCanvas.fillTexture(latest.numbers[0]);
    return latest.moment;
  }

  private uniforms(width: number, height: number): Uniforms {
    const { field } = this;
    if (!field) return this.juliaUniforms(width, height);
    return field.kind === "cppn" ? this.networkUniforms(field, width, height) : this.programUniforms(field, width, height);
  }

  private readonly tick = (now: number): void => {
    this.request = requestAnimationFrame(this.tick);
    const seconds = Math.min((now - this.lastTime) / 1000, 0.25);
    this.lastTime = now;
    if (document.hidden || this.shaderCanvas.contextLost) return;
    if (!this.listening && !this.reducedMotion) {
      this.advance(REST, seconds);
      this.advanceField({}, seconds, null);
    }
    if (!this.reducedMotion || this.listening) this.fieldSeconds += this.reducedMotion ? seconds / 4 : seconds;
    const computed = this.frames && this.computedFrame(this.frames);
    if (this.frames && !computed) return;
    this.countFrame(now);
    this.resize(computed ? [computed.width, computed.height] : this.targetSize);
    if (this.field?.kind === "graph") this.shaderCanvas.setTextureRow(0, this.graphMotion.curve(this.field.settings));
    if (computed) this.shaderCanvas.draw(this.uniforms(this.canvas.width, this.canvas.height)); // its luminances are those of the canvas
    this.gain = this.limitFlashes ? this.flashLimiter.update(this.luminances(computed !== null), now / 1000) : 1;
    this.canvas.style.opacity = String(this.gain); // before a black background, together with the frame
    if (!computed) this.shaderCanvas.draw(this.uniforms(this.canvas.width, this.canvas.height));
    this.onFrame?.(this.canvas, this.gain);
    this.frameCount += 1;
    this.frameCallbacks.splice(0).forEach((callback) => callback());
  };

  private countFrame(now: number): void {
    const seconds = Math.min((now - this.lastFrame) / 1000, 0.25);
    this.lastFrame = now;
    this.quality.addFrame(seconds);
    this.frameSeconds += 0.05 * (seconds - this.frameSeconds);
  }

  /** The luminances of the cells of the next frame, from a small copy of it, or of the one on the canvas. */
  private luminances(isDrawn: boolean): Float32Array {
    const { width, height } = this.canvas;
    const [columns, rows] = cellCounts(width, height).map((cells) => cells * POINTS_PER_CELL);
    if (isDrawn) return cellLuminances(this.shaderCanvas.thumbnail(columns, rows), columns);
    const detailScale = Math.min(columns, rows) / (Math.min(width, height) * this.quality.samples);
    const pixels = this.shaderCanvas.sample({ ...this.uniforms(columns, rows), samples: 1, detail_scale: detailScale }, columns, rows);
    return cellLuminances(pixels, columns);
  }

  /** The display size of the picture in device pixels, as far as it would ever be drawn. */
  get displaySize(): [number, number] {
    return displaySize(this.canvas);
  }

  /** The display size of the canvas, or coarser if drawing is slow. */
  private get targetSize(): [number, number] {
    const [width, height] = this.displaySize.map((side) => Math.max(1, Math.round(side * this.quality.scale)));
    return [width, height];
  }

  private resize([width, height]: [number, number]): void {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }
}
