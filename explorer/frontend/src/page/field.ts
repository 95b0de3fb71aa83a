// Fields as JSON, as Python writes them: settings of a network, or look, smoothing and model of a Julia set.

import type { Fields } from "../api";
import constants from "../constants.json";
import { OFF, type Surface } from "../picture/light";
import { LOOK, type Look } from "../picture/motion";

export type Settings = Record<string, unknown>;

/** The settings of a Julia set that the page uses. */
export interface JuliaSet {
  surface: Surface;
  look: Look;
  smoothing: number | null; // seconds; null: not set
  model: string;
}

const KINDS = ["cppn", "graph", "patterns"], SKETCH = "sketch:"; // which the server builds; the page draws Julia sets by itself

/** Whether the server builds fields of a kind; those of sketches end with their name. */
export const isBuilt = (kind: unknown) => KINDS.includes(kind as string) || isSketch(kind);
const isSketch = (kind: unknown) => typeof kind === "string" && kind.startsWith(SKETCH);

/** The kind of a field; that of the first links, which do not say it, is a CPPN. */
export const kindOf = ({ kind }: Settings): string => (typeof kind === "string" ? kind : "cppn");

/** Looks and sliders for a browser that draws no large networks. */
export function withoutWebGpu({ looks, sliders, ...others }: Fields): Fields {
  const limits = Object.entries(constants.without_webgpu);
  const isSmall = (look: Settings) => kindOf(look) !== "cppn" || limits.every(([name, limit]) => (look[name] as number) <= limit);
  const cppn = sliders.cppn.map((slider) => {
    const limit = limits.find(([name]) => name === slider.name)?.[1] ?? Infinity;
    return { ...slider, high: slider.high === null ? null : Math.min(slider.high, limit) };
  });
  return { ...others, looks: Object.fromEntries(Object.entries(looks).filter(([, look]) => isSmall(look))), sliders: { ...sliders, cppn } };
}

/** Kinds that belong together: all sketches do. */
export const groupOf = (settings: Settings): string => (isSketch(settings.kind) ? "sketch" : kindOf(settings));

/** What the sliders of a field are known by: its kind, or the text of a sketch. */
export const sliderKey = (settings: Settings): string => (isSketch(settings.kind) ? String(settings.source) : kindOf(settings));

/** The field in the text of a recipe.json, or of a field alone. Throws an Error that names what it holds instead. */
export function parseField(text: string): Settings {
  let recipe: Settings | null;
  try {
    recipe = JSON.parse(text) as Settings | null;
  } catch {
    throw new Error("it is cut or damaged, or not a recipe");
  }
  const field = (recipe?.field ?? recipe) as Settings | null;
  const kind = field?.kind;
  if (kind === "julia" || isBuilt(kind)) return field!;
  if (typeof kind !== "string") throw new Error("there is no field in it, as recipe.json of a run has one");
  throw new Error(`it draws ${kind}, and this page draws Julia sets, CPPNs, graphs, patterns and sketches; explorer render --recipe draws everything`);
}

export function juliaFromField(settings: Settings, defaults: Look = LOOK): JuliaSet {
  const number = (name: string) => (typeof settings[name] === "number" ? (settings[name] as number) : null);
  const look = Object.keys(LOOK).map((name) => [name, number(name) ?? defaults[name]]);
  const { model, light, finish } = settings;
  const surface = { light: { ...OFF.light, ...(light as object) }, finish: { ...OFF.finish, ...(finish as object) } };
  return { surface, look: Object.fromEntries(look), smoothing: number("motion_smoothing"), model: typeof model === "string" ? model : "none" };
}

export const fieldFromJulia = ({ look, surface: { light, finish }, smoothing, model }: JuliaSet): Settings =>
  ({ kind: "julia", model, motion_smoothing: smoothing, ...look, ...(light.on && { light }), ...(finish.on && { finish }) });
