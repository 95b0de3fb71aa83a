// The list of models, and the current one.

import { useCallback, useEffect, useRef, useState } from "react";
import { describeModel, fetchNetwork, listModels, type ModelSummary } from "../../api";
import { Model } from "../../model/inference";
import type { Scene } from "../../scene";

export interface Models {
  list: ModelSummary[] | null; // null until the server has answered
  current: string;
  ready: boolean;
  error: string;
  requested: string; // by the user or by a field; "none" requests the model that ships
  missing: string; // what was requested and is not in the list
  choose(id: string): void;
  refresh(): void;
}

/** The initial model: the server's choice, the best one or one with a star. */
export const defaultModel = (models: ModelSummary[]) => (models.find(({ initial }) => initial) ?? models[0])?.id ?? "";

/** The model for a field; if its own is "none", which the page cannot play, the model that ships. */
export const modelForField = (model: string, models: ModelSummary[]) =>
  model !== "none" ? model : (models.find(({ shipped }) => shipped)?.id ?? defaultModel(models));

export function useModels(scene: Scene | null): Models {
  const [list, setList] = useState<ModelSummary[] | null>(null);
  const [ready, setReady] = useState(false);
  const [error, setError] = useState("");
  const [requested, setRequested] = useState("");
  const previous = useRef(""); // stays the current one when a training ends

  const refresh = useCallback(() => {
    listModels().then(
      (models) => {
        setList(models);
        setError("");
      },
      (error: Error) => setError(error.message),
    );
  }, []);
  useEffect(refresh, [refresh]);
  const isListed = (id: string) => Boolean(list?.some((model) => model.id === id));
  const target = list && requested ? modelForField(requested, list) : "";
  const current = list ? ([target, previous.current].find(isListed) ?? defaultModel(list)) : "";
  previous.current = current;

  useEffect(() => {
    if (!scene || !current) return;
    let disposed = false, model: Model | null = null;
    setReady(false);
    Promise.all([describeModel(current), fetchNetwork(current)])
      .then(([metadata, bytes]) => Model.load(metadata, bytes))
      .then((loaded) => {
        model = loaded;
        if (disposed) return void loaded.close();
        scene.setModel(loaded);
        setReady(true);
        setError("");
      })
      .catch((error: Error) => disposed || setError(`The model ${current} cannot be used: ${error.message}`));
    return () => {
      disposed = true;
      scene.setModel(null);
      void model?.close();
    };
  }, [scene, current]);

  const missing = target && !isListed(target) ? target : "";
  return { list, current, ready, error, missing, requested, choose: setRequested, refresh };
}
