// The CPPN that is drawn instead of a Julia set, if any: from a look, a run, a recipe file or the page's own link.

import { useEffect, useState } from "react";
import { buildNetwork, listNetworks, networkOfRun, type Networks } from "../api";
import type { Stage } from "../stage";
import type { Settings } from "./field";

const LINK = "#cppn=";
export const PROBE = "#probe"; // tests hold the parts of the page then
const SOON = 250; // ms that nobody waits for
const CUT = "The link to this page is cut or damaged: there is no whole network in it. Copy it once more, from # to its end.";

export interface NetworkState {
  offered: Networks | null;
  settings: Settings | null; // null: the Julia set is drawn
  drawn: Settings | null; // every setting of the network that is seen
  wrong: string;
  building: boolean; // what is seen is still what was there before
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

/** What is wrong with the address of the page behind its #; nothing where it is empty. */
export function complaint(hash: string): string {
  if (["", "#", PROBE].includes(hash) || linked(hash)) return "";
  if (hash.startsWith(LINK)) return CUT;
  return `This page does not know what ${hash.slice(0, 40)} at the end of its address means, so it begins as ever. Choose a picture above.`;
}

export function useNetwork(stage: Stage | null): NetworkState {
  const [offered, setOffered] = useState<Networks | null>(null);
  const [settings, setSettings] = useState<Settings | null>(() => linked(location.hash));
  const [drawn, setDrawn] = useState<Settings | null>(null);
  const [wrong, setWrong] = useState(() => complaint(location.hash));
  const [building, setBuilding] = useState(false);

  useEffect(() => void listNetworks().then(setOffered, () => {}), []); // without a server there is none to choose
  useEffect(() => {
    const follow = () => {
      setSettings(linked(location.hash));
      setWrong(complaint(location.hash));
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  useEffect(() => {
    if (!stage) return;
    let left = false;
    const late = setTimeout(() => setBuilding(true), SOON);
    const show = async () => {
      const network = settings && (await buildNetwork(settings));
      if (left) return; // a later choice is on its way
      setDrawn(network && { ...network.settings, ...settings }); // also what belongs to a track, and is not seen
      if (network) setWrong("");
      if (network) history.replaceState(null, "", link(network.settings));
      else if (linked(location.hash)) history.replaceState(null, "", location.pathname + location.search);
      if (stage.mustBuild(network)) setBuilding(true);
      await stage.show(network);
    };
    const end = () => {
      clearTimeout(late);
      if (!left) setBuilding(false);
    };
    show().catch((error: Error) => left || setWrong(`That network cannot be drawn: ${error.message}`)).finally(end);
    return () => {
      left = true;
      clearTimeout(late);
    };
  }, [stage, settings]);

  const choose = (next: Settings | null) => {
    setWrong("");
    setSettings(next);
  };
  const complain = (error: Error) => {
    setBuilding(false);
    setWrong(`That network cannot be drawn: ${error.message}`);
  };
  const chooseRun = (run: string) => {
    setBuilding(true); // until the choice is seen
    networkOfRun(run).then((network) => choose(network.settings), complain);
  };
  return { offered, settings, drawn, wrong, building, choose, chooseRun };
}
