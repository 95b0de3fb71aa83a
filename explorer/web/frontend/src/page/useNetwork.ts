// The CPPN that is drawn instead of a Julia set, if any: from a look, a run, a recipe file or the page's own link.

import { useEffect, useState } from "react";
import { buildNetwork, listNetworks, networkOfRun, type Networks } from "../api";
import type { Stage } from "../stage";

type Settings = Record<string, unknown>;
const LINK = "#cppn=";

export interface NetworkState {
  offered: Networks | null;
  settings: Settings | null; // null: the Julia set is drawn
  wrong: string;
  choose(settings: Settings | null): void;
  chooseRun(run: string): void;
  open(file: File): void;
}

/** Settings in the address of the page, null where there are none or they are damaged. */
export function linked(hash: string): Settings | null {
  if (!hash.startsWith(LINK)) return null;
  try {
    const told: unknown = JSON.parse(decodeURIComponent(hash.slice(LINK.length)));
    return typeof told === "object" && !Array.isArray(told) ? (told as Settings | null) : null;
  } catch {
    return null;
  }
}

export const link = (settings: Settings) => LINK + encodeURIComponent(JSON.stringify(settings));

/** The field of a recipe.json, or settings as they are. */
export function fieldOf(text: string): Settings {
  const told = JSON.parse(text) as Settings | null;
  const field = (told?.field ?? told) as Settings | null;
  if (field?.kind !== "cppn") throw new Error("there is no CPPN in it");
  return field;
}

export function useNetwork(stage: Stage | null): NetworkState {
  const [offered, setOffered] = useState<Networks | null>(null);
  const [settings, setSettings] = useState<Settings | null>(() => linked(location.hash));
  const [wrong, setWrong] = useState("");

  useEffect(() => void listNetworks().then(setOffered, () => {}), []); // without a server there is none to choose
  useEffect(() => {
    const follow = () => setSettings(linked(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  useEffect(() => {
    if (!stage) return;
    let left = false;
    const show = async () => {
      const network = settings && (await buildNetwork(settings));
      if (left) return; // a later choice is on its way
      stage.show(network);
      setWrong("");
      if (network) history.replaceState(null, "", link(network.settings));
      else if (linked(location.hash)) history.replaceState(null, "", location.pathname);
    };
    show().catch((error: Error) => left || setWrong(`That network cannot be drawn: ${error.message}`));
    return () => void (left = true);
  }, [stage, settings]);

  const complain = (error: Error) => setWrong(`That network cannot be drawn: ${error.message}`);
  return {
    offered, settings, wrong,
    choose: setSettings,
    chooseRun: (run) => void networkOfRun(run).then((network) => setSettings(network.settings), complain),
    open: (file) => void file.text().then(fieldOf).then(setSettings, complain),
  };
}
