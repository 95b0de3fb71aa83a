// A field as Python writes it, and what the page has of one: a network's settings, or a Julia set's look.

import { LOOK, type Look } from "../picture/motion";

export type Settings = Record<string, unknown>;

/** What the page draws of a Julia set. */
export interface JuliaSet {
  look: Look;
  smoothing: number | null; // seconds; null: not said
  model: string;
}

/** The field in the text of a recipe.json, or of a field alone. Throws an Error that says what is in it instead. */
export function fieldOf(text: string): Settings {
  let told: Settings | null;
  try {
    told = JSON.parse(text) as Settings | null;
  } catch {
    throw new Error("it is cut or damaged, or no recipe at all");
  }
  const field = (told?.field ?? told) as Settings | null;
  const kind = field?.kind;
  if (kind === "cppn" || kind === "julia") return field!;
  if (typeof kind !== "string") throw new Error("there is no field in it, as recipe.json of a run has one");
  throw new Error(`it draws ${kind}, and this page draws Julia sets and CPPNs; explorer render --recipe draws everything`);
}

export function juliaOf(settings: Settings, before: Look = LOOK): JuliaSet {
  const number = (name: string) => (typeof settings[name] === "number" ? (settings[name] as number) : null);
  const look = Object.keys(LOOK).map((name) => [name, number(name) ?? before[name]]);
  const { model } = settings;
  return { look: Object.fromEntries(look), smoothing: number("motion_smoothing"), model: typeof model === "string" ? model : "none" };
}

export const juliaField = ({ look, smoothing, model }: JuliaSet): Settings =>
  ({ kind: "julia", model, motion_smoothing: smoothing, ...look });
