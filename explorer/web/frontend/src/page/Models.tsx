// Which model plays.

import type { ModelSummary } from "../api";
import type { Models as State } from "./useModels";
import type { NetworkState } from "./useNetwork";

/** A model in a few words: the one that ships, or when it was trained. */
export function title({ id, shipped, finished, created }: ModelSummary): string {
  if (shipped) return "the model that ships";
  const when = created ? new Date(created).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "";
  return `trained ${when} (${id.slice(-6)})${finished ? "" : ", unfinished"}`;
}

/** What is drawn: a Julia set moved by one of the models, or a network. */
export function Models({ models, network }: { models: State; network: NetworkState }) {
  const { list, chosen, ready } = models;
  const { offered, settings } = network;
  if (!list?.length && !offered) return null;
  const same = (look: object) => JSON.stringify(look) === JSON.stringify(settings);
  const look = settings && Object.entries(offered?.looks ?? {}).find(([, known]) => same(known))?.[0];
  const choose = (value: string) => {
    const [kind, name] = [value.slice(0, value.indexOf(":")), value.slice(value.indexOf(":") + 1)];
    if (kind === "look") return network.choose(offered!.looks[name]);
    if (kind === "run") return network.chooseRun(name);
    network.choose(null);
    if (kind === "model") models.choose(name);
  };
  const value = settings ? (look ? `look:${look}` : "own") : chosen ? `model:${chosen}` : "none";
  return (
    <div className="chooser" data-ready={settings !== null || ready}>
      <select aria-label="picture" value={value} onChange={(event) => choose(event.target.value)}>
        <optgroup label="Julia set, moved by a model">
          {!list?.length && <option value="none">no model yet</option>}
          {list?.map((model) => <option key={model.id} value={`model:${model.id}`} title={model.trained_on.join(", ")}>{title(model)}</option>)}
        </optgroup>
        <optgroup label="Network (CPPN)">
          {value === "own" && <option value="own">a network of your own</option>}
          {Object.keys(offered?.looks ?? {}).map((name) => <option key={name} value={`look:${name}`}>{name}</option>)}
        </optgroup>
        {Boolean(offered?.runs.length) && (
          <optgroup label="Network of a run">
            {offered!.runs.map((run) => <option key={run} value={`run:${run}`}>{run}</option>)}
          </optgroup>
        )}
      </select>
    </div>
  );
}
