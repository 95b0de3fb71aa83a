// The menu of pictures: Julia sets driven by a model, and networks.

import type { ModelSummary } from "../api";
import type { Models } from "./hooks/useModels";
import type { NetworkState } from "./hooks/useNetwork";

/** The name of a model in the menu: the one that ships, or the time of its training. */
export function modelTitle({ id, shipped, finished, created, damaged }: ModelSummary): string {
  if (shipped) return "the model that ships";
  const when = created ? new Date(created).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "";
  return `trained ${when} (${id.slice(-6)})${damaged ? ", damaged" : finished ? "" : ", unfinished"}`;
}

/** Selects the picture: a Julia set driven by one of the models, or a network. */
export function PictureMenu({ models, network }: { models: Models; network: NetworkState }) {
  const { list, current, ready } = models;
  const { available, settings } = network;
  if (!list?.length && !available) return null;
  const isCurrent = (look: object) => JSON.stringify(look) === JSON.stringify(settings);
  const look = settings && Object.entries(available?.looks ?? {}).find(([, preset]) => isCurrent(preset))?.[0];
  const choose = (value: string) => {
    const [kind, name] = [value.slice(0, value.indexOf(":")), value.slice(value.indexOf(":") + 1)];
    if (kind === "look") return network.choose(available!.looks[name]);
    if (kind === "run") return network.chooseRun(name);
    network.choose(null);
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
        <optgroup label="Network (CPPN)">
          {value === "own" && <option value="own">custom network</option>}
          {Object.keys(available?.looks ?? {}).map((name) => <option key={name} value={`look:${name}`}>{name}</option>)}
        </optgroup>
        {Boolean(available?.runs.length) && (
          <optgroup label="Network of a run">
            {available!.runs.map((run) => <option key={run} value={`run:${run}`}>{run}</option>)}
          </optgroup>
        )}
      </select>
    </div>
  );
}
