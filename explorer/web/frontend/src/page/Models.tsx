// Which model plays.

import type { ModelSummary } from "../api";
import type { Models as State } from "./useModels";

/** A model in a few words: the one that ships, or when it was trained. */
export function title({ id, shipped, created }: ModelSummary): string {
  if (shipped) return "the model that ships";
  const when = created ? new Date(created).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "";
  return `trained ${when} (${id.slice(-6)})`;
}

export function Models({ models }: { models: State }) {
  const { list, chosen, ready, choose } = models;
  if (!list?.length) return null;
  return (
    <label className="chooser" data-ready={ready}>
      <span className="hidden">model</span>
      <select value={chosen} onChange={(event) => choose(event.target.value)}>
        {list.map((model) => <option key={model.id} value={model.id}>{title(model)}</option>)}
      </select>
    </label>
  );
}
