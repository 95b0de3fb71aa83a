// The list of models, and the one that plays.

import { useCallback, useEffect, useState } from "react";
import { describeModel, fetchNetwork, listModels, type ModelSummary } from "../api";
import { Model } from "../model/inference";
import type { Stage } from "../stage";

export interface Models {
  list: ModelSummary[] | null; // null until the server has answered
  chosen: string;
  ready: boolean;
  wrong: string;
  choose(id: string): void;
  refresh(): void;
}

/** What a page begins with: the newest model whose training came to its end, or the one that ships. */
export const first = (models: ModelSummary[]) => (models.find(({ finished }) => finished) ?? models[0])?.id ?? "";

export function useModels(stage: Stage | null): Models {
  const [list, setList] = useState<ModelSummary[] | null>(null);
  const [chosen, setChosen] = useState("");
  const [ready, setReady] = useState(false);
  const [wrong, setWrong] = useState("");

  const refresh = useCallback(() => {
    listModels().then(
      (models) => {
        setList(models);
        setWrong("");
        setChosen((before) => (models.some(({ id }) => id === before) ? before : first(models)));
      },
      (error: Error) => setWrong(error.message),
    );
  }, []);
  useEffect(refresh, [refresh]);

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

  return { list, chosen, ready, wrong, choose: setChosen, refresh };
}
