// The CPPN that is drawn instead of a Julia set, if any: from a look, a run, a recipe file or a link to the page.

import { useEffect, useState } from "react";
import { buildNetwork, listNetworks, networkOfRun, type Networks } from "../../api";
import type { Scene } from "../../scene";
import type { Settings } from "../field";

const LINK_PREFIX = "#cppn=";
export const PROBE = "#probe"; // gives tests access to the parts of the page
const BUILD_NOTICE_MS = 250; // a shorter build shows no notice
const DAMAGED_LINK = "The link to this page is cut or damaged: there is no whole network in it. Copy it again, from # to its end.";

export interface NetworkState {
  available: Networks | null;
  settings: Settings | null; // null: the Julia set is drawn
  displayed: Settings | null; // all settings of the network on the screen
  error: string;
  building: boolean; // the previous picture is still on the screen
  choose(settings: Settings | null): void;
  chooseRun(run: string): void;
}

/** The settings in the address of the page; null if there are none or they are damaged. */
export function settingsFromLink(hash: string): Settings | null {
  if (!hash.startsWith(LINK_PREFIX)) return null;
  try {
    const value: unknown = JSON.parse(decodeURIComponent(hash.slice(LINK_PREFIX.length)));
    return typeof value === "object" && !Array.isArray(value) ? (value as Settings | null) : null;
  } catch {
    return null;
  }
}

export const linkTo = (settings: Settings) => LINK_PREFIX + encodeURIComponent(JSON.stringify(settings));

/** The error in the part of the page's address after #; empty if there is none. */
export function linkError(hash: string): string {
  if (["", "#", PROBE].includes(hash) || settingsFromLink(hash)) return "";
  if (hash.startsWith(LINK_PREFIX)) return DAMAGED_LINK;
  return `This page does not know ${hash.slice(0, 40)} at the end of its address, so it starts as usual. Choose a picture above.`;
}

export function useNetwork(scene: Scene | null): NetworkState {
  const [available, setAvailable] = useState<Networks | null>(null);
  const [settings, setSettings] = useState<Settings | null>(() => settingsFromLink(location.hash));
  const [displayed, setDisplayed] = useState<Settings | null>(null);
  const [error, setError] = useState(() => linkError(location.hash));
  const [building, setBuilding] = useState(false);

  useEffect(() => void listNetworks().then(setAvailable, () => {}), []); // without a server there are none
  useEffect(() => {
    const onHashChange = () => {
      setSettings(settingsFromLink(location.hash));
      setError(linkError(location.hash));
    };
    addEventListener("hashchange", onHashChange);
    return () => removeEventListener("hashchange", onHashChange);
  }, []);

  useEffect(() => {
    if (!scene) return;
    let disposed = false;
    const timer = setTimeout(() => setBuilding(true), BUILD_NOTICE_MS);
    const show = async () => {
      const network = settings && (await buildNetwork(settings));
      if (disposed) return; // replaced by a later choice
      setDisplayed(network && { ...network.settings, ...settings }); // including settings of a track, which the page does not draw
      if (network) setError("");
      if (network) history.replaceState(null, "", linkTo(network.settings));
      else if (settingsFromLink(location.hash)) history.replaceState(null, "", location.pathname + location.search);
      if (scene.needsCompilation(network)) setBuilding(true);
      await scene.setNetwork(network);
    };
    const end = () => {
      clearTimeout(timer);
      if (!disposed) setBuilding(false);
    };
    show().catch((error: Error) => disposed || setError(`That network cannot be drawn: ${error.message}`)).finally(end);
    return () => {
      disposed = true;
      clearTimeout(timer);
    };
  }, [scene, settings]);

  const choose = (next: Settings | null) => {
    setError("");
    setSettings(next);
  };
  const onFailure = (error: Error) => {
    setBuilding(false);
    setError(`That network cannot be drawn: ${error.message}`);
  };
  const chooseRun = (run: string) => {
    setBuilding(true); // until it is on the screen
    networkOfRun(run).then((network) => choose(network.settings), onFailure);
  };
  return { available, settings, displayed, error, building, choose, chooseRun };
}
