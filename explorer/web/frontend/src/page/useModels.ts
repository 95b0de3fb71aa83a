// The list of models, and the one that plays.

import { useCallback, useEffect, useRef, useState } from "react";
import { describeModel, fetchNetwork, listModels, type ModelSummary } from "../api";
import { Model } from "../model/inference";
import type { Stage } from "../stage";

export interface Models {
  list: ModelSummary[] | null; // null until the server has answered
  chosen: string;
  ready: boolean;
  wrong: string;
  asked: string; // by hand, or by a field; "none" asks for what ships
  missing: string; // what was asked for and is not in the list
  choose(id: string): void;
  refresh(): void;
}

/** What a page begins with: the newest model whose training came to its end, or the one that ships. */
export const first = (models: ModelSummary[]) => (models.find(({ finished }) => finished) ?? models[0])?.id ?? "";

/** What moves a field whose own model is "none", which a page cannot play: the model that ships, whatever was trained. */
export const own = (model: string, models: ModelSummary[]) =>
  model !== "none" ? model : (models.find(({ shipped }) => shipped)?.id ?? first(models));

export function useModels(stage: Stage | null): Models {
  const [list, setList] = useState<ModelSummary[] | null>(null);
  const [ready, setReady] = useState(false);
  const [wrong, setWrong] = useState("");
  const [asked, setAsked] = useState("");
  const kept = useRef(""); // what played last: a training that ends takes nothing away

  const refresh = useCallback(() => {
    listModels().then(
      (models) => {
        setList(models);
        setWrong("");
      },
      (error: Error) => setWrong(error.message),
    );
  }, []);
  useEffect(refresh, [refresh]);
  const isThere = (id: string) => Boolean(list?.some((model) => model.id === id));
  const wanted = list && asked ? own(asked, list) : "";
  const chosen = list ? ([wanted, kept.current].find(isThere) ?? first(list)) : "";
  kept.current = chosen;

  useEffect(() => {
    if (!stage || !chosen) return;
    let left = false, model: Model | null = null;
    setReady(false);
    Promise.all([describeModel(chosen), fetchNetwork(chosen)])
      .then(([metadata, bytes]) => Model.load(metadata, bytes))
      .then((loaded) => {
        model = loaded;
        if (left) return void loaded.close();
        stage.play(loaded);
        setReady(true);
        setWrong("");
      })
      .catch((error: Error) => left || setWrong(`The model ${chosen} cannot be used: ${error.message}`));
    return () => {
      left = true;
      stage.play(null);
      void model?.close();
    };
  }, [stage, chosen]);

  const missing = wanted && !isThere(wanted) ? wanted : "";
  return { list, chosen, ready, wrong, missing, asked, choose: setAsked, refresh };
}
