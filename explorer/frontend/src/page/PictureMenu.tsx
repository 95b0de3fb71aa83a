// The menu of pictures: Julia sets driven by a model, networks, graphs, patterns and sketches.

import type { ModelSummary } from "../api";
import type { Models } from "./hooks/useModels";
import { groupOf } from "./field";
import type { FieldState } from "./hooks/useField";

const KIND_TITLES: Record<string, string> = { cppn: "Network (CPPN)", graph: "Graph of functions (graph CPPN)", patterns: "Patterns, selected by the music", sketch: "Sketch (a formula)" };
const OWN_TITLES: Record<string, string> = { cppn: "custom network", graph: "custom graph", patterns: "custom patterns", sketch: "own sketch" };

/** The name of a model in the menu: the one that ships, or the time of its training. */
export function modelTitle({ id, shipped, finished, created, damaged }: ModelSummary): string {
  if (shipped) return "the model that ships";
  const when = created ? new Date(created).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "";
  return `trained ${when} (${id.slice(-6)})${damaged ? ", damaged" : finished ? "" : ", unfinished"}`;
}

/** Selects the picture: a Julia set driven by one of the models, or another field. */
export function PictureMenu({ models, fieldState }: { models: Models; fieldState: FieldState }) {
  const { list, current, ready } = models;
  const { available, settings } = fieldState;
  if (!list?.length && !available) return null;
  const isCurrent = (look: object) => JSON.stringify(look) === JSON.stringify(settings);
  const look = settings && Object.entries(available?.looks ?? {}).find(([, preset]) => isCurrent(preset))?.[0];
  const choose = (value: string) => {
    const [kind, name] = [value.slice(0, value.indexOf(":")), value.slice(value.indexOf(":") + 1)];
    if (kind === "look") return fieldState.choose(available!.looks[name]);
    if (kind === "run") return fieldState.chooseRun(name);
    fieldState.choose(null);
    if (kind === "model") models.choose(name);
  };
  const value = settings ? (look ? `look:${look}` : "own") : current ? `model:${current}` : "none";
  return (
    <div className="chooser" data-ready={settings !== null || ready}>
      <select aria-label="picture" value={value} onChange={(event) => choose(event.target.value)}>
        <optgroup label="Julia set, driven by a model">
          {!list?.length && <option value="none">no model yet</option>}
          {list?.map((model) => <option key={model.id} value={`model:${model.id}`} title={model.trained_on.join(", ")}>{modelTitle(model)}</option>)}
        </optgroup>
        {Object.entries(KIND_TITLES).map(([kind, title]) => (
          <optgroup key={kind} label={title}>
            {value === "own" && groupOf(settings!) === kind && <option value="own">{OWN_TITLES[kind]}</option>}
            {Object.entries(available?.looks ?? {}).filter(([, preset]) => groupOf(preset) === kind).map(([name]) => <option key={name} value={`look:${name}`}>{name}</option>)}
          </optgroup>
        ))}
        {Boolean(available?.runs.length) && (
          <optgroup label="Picture of a run">
            {available!.runs.map((run) => <option key={run} value={`run:${run}`}>{run}</option>)}
          </optgroup>
        )}
      </select>
    </div>
  );
}
