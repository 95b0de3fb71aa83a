// The page in a cell of a notebook: what is to be seen comes from Python, and what is seen goes there.

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Settings } from "./field";

const PACE = 100; // ms between two values of a slider that are told; its first and its last are told anyway
// Only a server that was started for a notebook lets itself be framed; the frame's address says whose pages these are.
export const NOTEBOOK = typeof window !== "undefined" && parent !== window ? new URLSearchParams(location.search).get("notebook") : null;

interface Told {
  kind?: string;
  settings?: Settings;
}

/** Tell the notebook of `field`, null while nothing is known yet; `show` gets the fields that it asks for. */
export function useNotebook(field: Settings | null, show: (field: Settings) => void): void {
  const [answered, setAnswered] = useState(false);
  const latest = useRef(show);
  latest.current = show;

  useEffect(() => {
    if (!NOTEBOOK) return;
    const hear = ({ source, origin, data }: MessageEvent<Told | null>) => {
      if (source !== parent || origin !== NOTEBOOK || data?.kind !== "show") return;
      if (data.settings?.kind) latest.current(data.settings);
      setAnswered(true);
    };
    addEventListener("message", hear);
    parent.postMessage({ kind: "ready" }, NOTEBOOK);
    return () => removeEventListener("message", hear);
  }, []);

  const said = field && JSON.stringify(field);
  const told = useRef(-PACE); // when something was told last
  useLayoutEffect(() => { // before the next frame is drawn, which may take its time
    if (!NOTEBOOK || !answered || !said) return;
    const tell = () => {
      told.current = performance.now();
      parent.postMessage({ kind: "field", settings: JSON.parse(said) as Settings }, NOTEBOOK);
    };
    const wait = told.current + PACE - performance.now();
    if (wait <= 0) return tell();
    const timer = setTimeout(tell, wait);
    return () => clearTimeout(timer);
  }, [answered, said]);
}
