// The page in a cell of a notebook: fields to draw come from Python, and the current field is sent to it.

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Settings } from "../field";

const MIN_INTERVAL_MS = 100; // between two messages while a slider moves; its first and last values are always sent
// The origin of the notebook, from the address of the frame; only a server started for a notebook allows frames.
export const NOTEBOOK_ORIGIN = typeof window !== "undefined" && parent !== window ? new URLSearchParams(location.search).get("notebook") : null;

interface NotebookMessage {
  kind?: string;
  settings?: Settings;
}

/** Send `field` to the notebook, null before it is known; `show` gets the fields from the notebook. */
export function useNotebook(field: Settings | null, show: (field: Settings) => void): void {
  const [connected, setConnected] = useState(false);
  const latest = useRef(show);
  latest.current = show;

  useEffect(() => {
    if (!NOTEBOOK_ORIGIN) return;
    const onMessage = ({ source, origin, data }: MessageEvent<NotebookMessage | null>) => {
      if (source !== parent || origin !== NOTEBOOK_ORIGIN || data?.kind !== "show") return;
      if (data.settings?.kind) latest.current(data.settings);
      setConnected(true);
    };
    addEventListener("message", onMessage);
    parent.postMessage({ kind: "ready" }, NOTEBOOK_ORIGIN);
    return () => removeEventListener("message", onMessage);
  }, []);

  const json = field && JSON.stringify(field);
  const lastSent = useRef(-MIN_INTERVAL_MS); // time of the last message
  useLayoutEffect(() => { // before the next frame is drawn, which may be slow
    if (!NOTEBOOK_ORIGIN || !connected || !json) return;
    const send = () => {
      lastSent.current = performance.now();
      parent.postMessage({ kind: "field", settings: JSON.parse(json) as Settings }, NOTEBOOK_ORIGIN);
    };
    const wait = lastSent.current + MIN_INTERVAL_MS - performance.now();
    if (wait <= 0) return send();
    const timer = setTimeout(send, wait);
    return () => clearTimeout(timer);
  }, [connected, json]);
}
