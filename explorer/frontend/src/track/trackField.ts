// A field along a track, as the kernel describes it: what the page needs to draw it at any moment.

import constants from "../constants.json";
import { ComputedNetwork, isWide } from "../compute/computedNetwork";
import { pixelSeconds } from "../compute/speed";
import { texelShader } from "../compute/texelShader";
import { cppnShader } from "../cppn/cppn.glsl";
import { firstBias, momentUniforms, networkLight, packWeights, type Network } from "../cppn/network";
import { juliaShader } from "../picture/julia.glsl";
import { NEUTRAL, surfaceUniforms, type Finish, type Light, type LightMoment } from "../picture/light";
import { accent, uniforms as juliaUniforms } from "../picture/motion";
import type { Shader, ShaderCanvas, TextureData, Uniforms } from "../picture/shaderCanvas";
import { evaluate } from "../picture/expressions";
import { soundCurve } from "../program/graphMotion";
import { shareInputs } from "../program/patternMotion";
import { packPalettes, programShader, programUniforms, type ProgramField } from "../program/programField";
import { Moments, NO_LIMIT, type Limit } from "./moments";
import { changeShader, dimmableShader } from "./trackPasses.glsl";

const { delays, delay_seconds } = constants.light;
const { front_decay, max_distance } = constants.sections;
const GRAPH = constants.graph;

export interface JuliaField {
  kind: "julia";
  settings: Record<string, unknown>;
  light: Light | null;
  finish: Finish | null;
}

export interface AnimatedNetwork extends Network {
  other_weights: number[][][]; // of the other networks that a moving one is a mixture of
}

export type Part = AnimatedNetwork | ProgramField | JuliaField;

/** Where sections begin, in seconds, which part each of them shows, and how fast it opens. */
export interface SectionTable {
  starts: number[];
  parts: number[];
  speed: number;
}

/** What is on screen at a moment: a section, and while it opens the one before it. */
interface Change {
  part: number;
  before: number | null;
  radius: number;
  glow: number;
}

/** A moment of the track, and the size of its picture. */
export interface TrackMoment {
  t: number;
  width: number;
  height: number;
  limit: Limit;
}

const UNLIT: LightMoment = { loud: 0, swell: 0, hits: [] };

/** Draws a field at any moment of a track. */
export class TrackField {
  private readonly shaders = new Map<string, Shader>();
  private readonly textures: TextureData[];
  private networks: (ComputedNetwork | null)[] = []; // by part; null where a fragment shader draws it

  constructor(private readonly parts: Part[], private readonly sections: SectionTable | null, readonly moments: Moments) {
    this.textures = parts.map(textureOf);
  }

  /** Whether WebGPU computes some of it: `compute` comes before `prepare` then. */
  get isComputed(): boolean {
    return this.parts.some(isWide);
  }

  /** Open what computes the field; nothing for most fields. Throws an Error that says why this page cannot. */
  async open(): Promise<void> {
    this.networks = await Promise.all(this.parts.map((part) => (isWide(part) ? ComputedNetwork.open(part) : null)));
  }

  close(): void {
    this.networks.forEach((network) => network?.close());
  }

  /** The seconds that computing a pixel takes. */
  async pixelSeconds(t: number): Promise<number> {
    const speeds = this.networks.map((network, n) => network && pixelSeconds(network.code, (width, height) => network.compute(this.bias(n, t, 1), width, height)));
    return Math.max(...(await Promise.all(speeds)).map(Number));
  }

  /** The numbers of the networks of a moment, for `prepare`. */
  compute({ t, width, height, limit }: TrackMoment): Promise<TextureData[]> {
    const parts = this.partsAt(this.changeAt(t));
    return Promise.all(parts.map((part) => this.networks[part]?.compute(this.bias(part, t, limit.swing), width, height) ?? this.textures[part]));
  }

  /** All shaders that the field needs, those of the moment first. */
  allShaders(t: number): Shader[] {
    const now = this.shader(this.changeAt(t));
    const others = (this.sections?.starts ?? []).flatMap((start) => [this.shader(this.changeAt(start)), this.shader(this.changeAt(Infinity, start))]);
    return [...new Set([now, ...others])];
  }

  /** Use the shader of a moment; returns the uniforms of its parts for a size of the picture. */
  prepare(canvas: ShaderCanvas, t: number, width: number, height: number, { swing, exposure }: Limit = NO_LIMIT, computed: TextureData[] = []): Uniforms[] {
    const change = this.changeAt(t);
    canvas.use(this.shader(change));
    const numbers = this.partsAt(change);
    const accents = numbers.map((part) => this.accent(this.parts[part], t, swing));
    const values = numbers.map((part, n) => {
      const shown = n ? accents[n] : mixed(accents, change);
      if (this.networks[part]) this.fillTexture(canvas, part, n, computed[n]);
      return this.uniforms(canvas, part, n, t, swing, shown, width, height);
    });
    return values.map((uniforms) => ({ ...uniforms, exposure, front: [change.radius, change.glow] }));
  }

  /** The parts on screen, the newer one first. */
  private partsAt({ part, before }: Change): number[] {
    return before === null ? [part] : [part, before];
  }

  private fillTexture(canvas: ShaderCanvas, part: number, place: number, numbers: TextureData): void {
    const texture = this.textures[part];
    canvas.setTexture(texture, place);
    if (texture.data !== numbers.data) canvas.fillTexture(numbers, place);
  }

  /** Time and sound of a moment, as the bias of a network's first layer. */
  private bias(part: number, t: number, swing: number): Float32Array<ArrayBuffer> {
    const network = this.parts[part] as Network, at = (name: string) => this.moments.at(name, t, swing);
    return firstBias(network, at("time"), (network.settings.features as string[]).map(at));
  }

  private shader({ part, before }: Change): Shader {
    const key = `${part} ${before}`, isChange = before !== null;
    let shader = this.shaders.get(key);
    if (!shader) {
      const after = shaderOf(this.parts[part], this.sections !== null);
      const samples = (this.parts[part].finish ?? NEUTRAL).samples;
      shader = dimmableShader(isChange ? changeShader(shaderOf(this.parts[before], true), after, samples) : after);
      this.shaders.set(key, shader);
    }
    return shader;
  }

  /** The section of a moment; of one that began at `start`, if that is given, when its ring has left. */
  private changeAt(t: number, start?: number): Change {
    if (!this.sections) return { part: 0, before: null, radius: 0, glow: 0 };
    const { starts, parts, speed } = this.sections, moment = Math.round((start ?? t) * 1e6) / 1e6;
    const number = Math.max(0, starts.findLastIndex((begin) => begin <= moment));
    const age = t - starts[number], radius = speed * age;
    const isChange = number > 0 && radius < max_distance;
    return { part: parts[number], before: isChange ? parts[number - 1] : null, radius, glow: isChange ? Math.exp(-front_decay * age) : 0 };
  }

  private uniforms(
    canvas: ShaderCanvas, part: number, place: number, t: number, swing: number, accentColor: number[], width: number, height: number,
  ): Uniforms {
    const field = this.parts[part], { light, finish } = field, seed = Math.round(t * 1e6);
    const at = (name: string) => this.moments.at(name, t, swing);
    const moment = light ? this.lightMoment(t, swing) : UNLIT;
    canvas.setTexture(this.textures[part], place);
    if (field.kind === "julia") {
      const { travel, iterations, samples } = field.settings as Record<string, number>;
      const [rotation, distance, zoom, hue, saturation, brightness] = ["rotation", "distance", "zoom", "hue", "saturation", "brightness"].map(at);
      const controls = { angle: at("angle") + travel * t, rotation, distance, zoom, hue, saturation, brightness };
      return {
        ...juliaUniforms(controls, iterations, samples),
        ...surfaceUniforms(light, finish, accentColor, moment, seed, width, height),
      };
    }
    if (field.kind === "cppn") {
      const network = this.networkAt(field, at);
      if (network !== field) {
        this.textures[part].data.set(packWeights(network).data);
        canvas.refreshTexture(place);
      }
      const { surface } = field, features = (field.settings.features as string[]).map(at);
      const lit = surface && { ...field, surface: { ...surface, accent: accentColor } };
      if (isWide(field)) return networkLight(lit ?? field, moment, seed, width, height);
      return { ...momentUniforms(network, at("time"), features), ...networkLight(lit ?? field, moment, seed, width, height) };
    }
    const inputs = this.inputs(field, t, swing);
    if (field.kind === "graph") canvas.setTextureRow(0, this.soundCurve(field, t, swing), place);
    return { ...programUniforms(field, inputs, moment, seed, width, height), ...surfaceUniforms(light, finish, accentColor, moment, seed, width, height) };
  }

  /** The network of a moment: the sum of several in their shares, its layers scaled. */
  private networkAt(field: AnimatedNetwork, at: (name: string) => number): Network {
    if (!this.moments.has("share 0")) return field;
    const networks = [field.weights, ...field.other_weights], shares = networks.map((_, n) => at(`share ${n}`));
    const coordinates = at("coordinate scale"), [, inputs] = field.shapes[0];
    const weights = field.weights.map((own, layer) => {
      const scale = at(layer + 1 < field.weights.length ? "hidden scale" : "output scale");
      return own.map((_, place) => {
        const sum = networks.reduce((total, network, n) => total + (shares[n] ? shares[n] * network[layer][place] : 0), 0);
        return sum * scale * (layer === 0 && place % inputs < field.pixel_inputs ? coordinates : 1);
      });
    });
    return { ...field, weights, feature_scale: at("feature scale") };
  }

  /** The inputs of a field's programs: clocks, levels from 0 to 1, shares of families, moving settings. */
  private inputs(field: ProgramField, t: number, swing: number): Record<string, number> {
    const features = field.settings.features as string[], inputs: Record<string, number> = {};
    for (const name of this.moments.names) {
      const value = this.moments.at(name, t, swing);
      inputs[name] = features.includes(name) && !constants.features.timbres.includes(name) ? (value + 1) / 2 : value;
    }
    if (field.kind === "patterns") Object.assign(inputs, shareInputs(constants.patterns.families.map((name) => inputs[name])));
    return inputs;
  }

  /** What each distance hears. */
  private soundCurve({ settings }: ProgramField, t: number, swing: number): Float32Array {
    const { moments } = this, used = GRAPH.sounds.map((name) => (settings.features as string[]).includes(name));
    const present = GRAPH.sounds.map((name, n) => (used[n] ? (moments.at(name, t, swing) + 1) / 2 : 0));
    const past = GRAPH.sounds.map((name, n) => Array.from({ length: GRAPH.delays }, (_, k) =>
      used[n] ? moments.at(`${name} ${GRAPH.past}`, t - k * GRAPH.delay_seconds, swing, t) : 0));
    return soundCurve(present, past, moments.has("audio_gain") ? moments.at("audio_gain", t) : Number(settings.audio_gain));
  }

  private lightMoment(t: number, swing: number): LightMoment {
    const at = (name: string, moment: number) => this.moments.at(name, moment, swing);
    const hits = Float32Array.from({ length: delays }, (_, k) => at("hit", t - k * delay_seconds));
    return { loud: at("loud", t), swell: at("swell", t), hits };
  }

  /** The color of highlights, linear light. */
  private accent(field: Part, t: number, swing: number): number[] {
    if (!field.light) return [];
    if (field.kind === "cppn") return field.surface!.accent;
    if (field.kind !== "julia") return evaluate(field.accent, this.inputs(field, t, swing));
    const [hue, saturation, brightness] = ["hue", "saturation", "brightness"].map((name) => this.moments.at(name, t, swing));
    return accent({ angle: 0, rotation: 0, distance: 1, zoom: 1, hue, saturation, brightness });
  }
}

const textureOf = (field: Part): TextureData => {
  if (isWide(field)) return { width: 1, height: 1, data: new Float32Array(4) };
  if (field.kind === "cppn") return packWeights(field);
  return field.kind === "julia" ? { width: 1, height: 1, data: new Float32Array(4) } : packPalettes(field);
};

function shaderOf(field: Part, hasSections: boolean): Shader {
  if (isWide(field)) return texelShader(field, hasSections);
  if (field.kind === "cppn") return cppnShader(field, hasSections);
  return field.kind === "julia" ? juliaShader(field.light, field.finish, hasSections) : programShader(field, hasSections);
}

/** The accent of a section that opens. */
function mixed([after, before]: number[][], { radius }: Change): number[] {
  if (!before) return after;
  const share = Math.min(radius / max_distance, 1);
  return after.map((channel, k) => before[k] + share * (channel - before[k]));
}
