// State that comes from the browser.

import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** Whether there was no input for some seconds: then the controls fade out. */
export function useIdle(seconds: number): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer = 0;
    const wake = () => {
      setIdle(false);
      clearTimeout(timer);
      timer = window.setTimeout(() => setIdle(true), 1000 * seconds);
    };
    const events = ["pointermove", "pointerdown", "keydown", "focusin"] as const;
    events.forEach((name) => addEventListener(name, wake));
    wake();
    return () => {
      clearTimeout(timer);
      events.forEach((name) => removeEventListener(name, wake));
    };
  }, [seconds]);
  return idle;
}

/** Keyboard shortcuts, except in form fields; names as in `KeyboardEvent.key`, in lower case. */
export function useShortcuts(actions: Record<string, () => void>): void {
  const latest = useRef(actions);
  latest.current = actions;
  useLayoutEffect(() => { // before the page is painted, or the first press would be lost
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== "Escape" && target.closest("input, select, textarea")) return;
      if (event.key === " " && target.closest("button, summary")) return; // the key presses the button
      const action = latest.current[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Whether the system asks for reduced motion. */
export function useReducedMotion(): boolean {
  const query = "(prefers-reduced-motion: reduce)";
  const [reduced, setReduced] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const update = () => setReduced(media.matches);
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, []);
  return reduced;
}

/** State that this browser stores, as JSON. */
export function useStoredState<T>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    try {
      const stored = JSON.parse(localStorage.getItem(name) ?? "null") as T | null;
      if (stored === null || typeof stored !== typeof initial) return initial;
      return typeof initial === "object" ? { ...initial, ...stored } : stored;
    } catch {
      return initial;
    }
  });
  return [value, (next) => {
    setValue(next);
    try {
      localStorage.setItem(name, JSON.stringify(next));
    } catch {} // browsers may refuse storage to a page in a frame: then it is not stored
  }];
}
