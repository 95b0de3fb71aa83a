// Small pieces of state that come from the browser.

import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** Whether hands have rested for some seconds: then the controls fade. */
export function useIdle(seconds: number): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer = 0;
    const wake = () => {
      setIdle(false);
      clearTimeout(timer);
      timer = window.setTimeout(() => setIdle(true), 1000 * seconds);
    };
    const signs = ["pointermove", "pointerdown", "keydown", "focusin"] as const;
    signs.forEach((sign) => addEventListener(sign, wake));
    wake();
    return () => {
      clearTimeout(timer);
      signs.forEach((sign) => removeEventListener(sign, wake));
    };
  }, [seconds]);
  return idle;
}

/** Keys that do something anywhere but in form fields; names as `KeyboardEvent.key` has them, in lower case. */
export function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useLayoutEffect(() => { // as soon as the page is seen, or the first press would be lost
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== "Escape" && target.closest("input, select, textarea")) return;
      if (event.key === " " && target.closest("button, summary")) return; // it presses that
      const action = latest.current[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

/** Whether people asked their system for less motion. */
export function useCalm(): boolean {
  const query = "(prefers-reduced-motion: reduce)";
  const [calm, setCalm] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const tell = () => setCalm(media.matches);
    media.addEventListener("change", tell);
    return () => media.removeEventListener("change", tell);
  }, []);
  return calm;
}

/** Something that this browser remembers, as JSON. */
export function useKept<T>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    try {
      const kept = JSON.parse(localStorage.getItem(name) ?? "null") as T | null;
      if (kept === null || typeof kept !== typeof initial) return initial;
      return typeof initial === "object" ? { ...initial, ...kept } : kept;
    } catch {
      return initial;
    }
  });
  return [value, (next) => {
    setValue(next);
    try {
      localStorage.setItem(name, JSON.stringify(next));
    } catch {} // browsers may refuse it to a page in a frame: then it is forgotten
  }];
}
