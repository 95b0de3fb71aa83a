// The CPPN that is drawn instead of a Julia set, if any: from a look, a run, a recipe file or the page's own link.

import { useEffect, useState } from "react";
import { buildNetwork, listNetworks, networkOfRun, type Networks } from "../api";
import type { Stage } from "../stage";
import type { Settings } from "./field";

const LINK = "#cppn=";
const CUT = "The link to this page is cut or damaged: there is no whole network in it. Copy it once more, from # to its end.";

export interface NetworkState {
  offered: Networks | null;
  settings: Settings | null; // null: the Julia set is drawn
  drawn: Settings | null; // every setting of the network that is seen
  wrong: string;
  choose(settings: Settings | null): void;
  chooseRun(run: string): void;
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

const complaint = () => (location.hash.startsWith(LINK) && !linked(location.hash) ? CUT : "");

export function useNetwork(stage: Stage | null): NetworkState {
  const [offered, setOffered] = useState<Networks | null>(null);
  const [settings, setSettings] = useState<Settings | null>(() => linked(location.hash));
  const [drawn, setDrawn] = useState<Settings | null>(null);
  const [wrong, setWrong] = useState(complaint);

  useEffect(() => void listNetworks().then(setOffered, () => {}), []); // without a server there is none to choose
  useEffect(() => {
    const follow = () => {
      setSettings(linked(location.hash));
      setWrong(complaint());
    };
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
      setDrawn(network && network.settings);
      if (network) setWrong("");
      if (network) history.replaceState(null, "", link(network.settings));
      else if (linked(location.hash)) history.replaceState(null, "", location.pathname + location.search);
    };
    show().catch((error: Error) => left || setWrong(`That network cannot be drawn: ${error.message}`));
    return () => void (left = true);
  }, [stage, settings]);

  const choose = (next: Settings | null) => {
    setWrong("");
    setSettings(next);
  };
  const complain = (error: Error) => setWrong(`That network cannot be drawn: ${error.message}`);
  return {
    offered, settings, drawn, wrong, choose,
    chooseRun: (run) => void networkOfRun(run).then((network) => choose(network.settings), complain),
  };
}
