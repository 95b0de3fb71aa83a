// The field that is drawn instead of a Julia set, if any: from a look, a run, a recipe file or a link to the page.

import { useEffect, useRef, useState } from "react";
import { buildField, fieldOfRun, listFields, type Fields } from "../../api";
import type { Scene } from "../../scene";
import { missingWebGpu } from "../../compute/device";
import { LatestTask } from "../latestTask";
import { groupOf, isBuilt, kindOf, withoutWebGpu, type Settings } from "../field";

export const PROBE = "#probe"; // gives tests access to the parts of the page
const BUILD_NOTICE_MS = 250; // a shorter build shows no notice
const DAMAGED_LINK = "The link to this page is cut or damaged: there is no whole picture in it. Copy it again, from # to its end.";

export interface FieldState {
  available: Fields | null;
  settings: Settings | null; // null: the Julia set is drawn
  displayed: Settings | null; // all settings of the field on the screen
  error: string;
  building: boolean; // the previous picture is still on the screen
  choose(settings: Settings | null): void;
  chooseRun(run: string): void;
}

const drawable = (fields: Fields): Fields => (missingWebGpu() ? withoutWebGpu(fields) : fields);

/** The kind of field in the address of the page, and its settings as text. */
function linkParts(hash: string): [kind: string, text: string] | null {
  const [, kind, text] = /^#(\w+(?::\w+)?)=(.*)$/s.exec(hash) ?? [];
  return isBuilt(kind) ? [kind, text] : null;
}

/** The settings in the address of the page; null if there are none or they are damaged. */
export function settingsFromLink(hash: string): Settings | null {
  const parts = linkParts(hash);
  if (!parts) return null;
  try {
    const value: unknown = JSON.parse(decodeURIComponent(parts[1]));
    return value && typeof value === "object" && !Array.isArray(value) ? { kind: parts[0], ...value } : null;
  } catch {
    return null;
  }
}

export const linkTo = (settings: Settings) => `#${kindOf(settings)}=${encodeURIComponent(JSON.stringify(settings))}`;

/** The error in the part of the page's address after #; empty if there is none. */
export function linkError(hash: string): string {
  if (["", "#", PROBE].includes(hash) || settingsFromLink(hash)) return "";
  if (linkParts(hash)) return DAMAGED_LINK;
  return `This page does not know ${hash.slice(0, 40)} at the end of its address, so it starts as usual. Choose a picture above.`;
}

export function useField(scene: Scene | null): FieldState {
  const [available, setAvailable] = useState<Fields | null>(null);
  const [settings, setSettings] = useState<Settings | null>(() => settingsFromLink(location.hash));
  const [displayed, setDisplayed] = useState<Settings | null>(null);
  const [error, setError] = useState(() => linkError(location.hash));
  const [building, setBuilding] = useState(false);
  const requests = useRef(new LatestTask()); // a knob that turns asks for a field many times a second

  useEffect(() => void listFields().then((fields) => setAvailable(drawable(fields)), () => {}), []); // without a server there are none
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
      const field = settings && (await buildField(settings));
      if (disposed && (!field || scene.needsCompilation(field))) return; // replaced by a later choice
      setDisplayed(field && { ...field.settings, ...settings }); // including settings of a track, which the page does not draw
      if (field) setError("");
      if (field) history.replaceState(null, "", linkTo(field.settings));
      else if (settingsFromLink(location.hash)) history.replaceState(null, "", location.pathname + location.search);
      if (scene.needsCompilation(field)) setBuilding(true);
      scene.setField(field).catch(fail).finally(end);
    };
    const fail = (error: Error) => disposed || setError(`That picture cannot be drawn: ${error.message}`);
    const end = () => {
      clearTimeout(timer);
      if (!disposed) setBuilding(false);
    };
    requests.current.run(() => show().catch((error: Error) => {
      fail(error);
      end();
    }));
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
    setError(`That picture cannot be drawn: ${error.message}`);
  };
  const chooseRun = (run: string) => {
    setBuilding(true); // until it is on the screen
    fieldOfRun(run).then((field) => choose(field.settings), onFailure);
  };
  return { available, settings, displayed, error, building, choose, chooseRun };
}

/** The looks of the kind that is drawn; of all sketches, where it is one. */
export const looksOfKind = ({ available, settings }: FieldState): Record<string, Settings> =>
  Object.fromEntries(Object.entries(available?.looks ?? {}).filter(([, look]) => settings && groupOf(look) === groupOf(settings)));
