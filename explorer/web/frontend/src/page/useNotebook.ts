// The page in a cell of a notebook: what is to be seen comes from Python, and what is seen goes there.

import { useEffect, useRef, useState } from "react";
import type { Settings } from "./field";

const REST = 50; // ms that a slider rests before its value is told
// Only a server that was started for a notebook lets itself be framed; the frame's address says whose pages these are.
const NOTEBOOK = typeof window !== "undefined" && parent !== window ? new URLSearchParams(location.search).get("notebook") : null;

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
  useEffect(() => {
    if (!NOTEBOOK || !answered || !said) return;
    const timer = setTimeout(() => parent.postMessage({ kind: "field", settings: JSON.parse(said) as Settings }, NOTEBOOK), REST);
    return () => clearTimeout(timer);
  }, [answered, said]);
}
