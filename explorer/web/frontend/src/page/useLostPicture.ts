// A picture that the browser dropped: the driver was restarted, or too many pages draw. It comes back, or is asked for.

import { useEffect, useState, type RefObject } from "react";
import type { Stage } from "../stage";

export interface LostPicture {
  lost: boolean;
  key: number; // of the canvas: another number is another canvas
  again(): void;
}

/** Watch the canvas on which a stage draws; `again` goes on upon a new one. */
export function useLostPicture(stage: Stage | null, canvas: RefObject<HTMLCanvasElement | null>): LostPicture {
  const [lost, setLost] = useState(false);
  const [key, setKey] = useState(0);

  useEffect(() => {
    if (!stage) return;
    const element = canvas.current!;
    const restore = () => {
      try {
        stage.restore(element);
        setLost(false);
      } catch {} // it goes on to say so
    };
    const lose = (event: Event) => {
      event.preventDefault(); // or it would never come back
      setLost(true);
    };
    element.addEventListener("webglcontextlost", lose);
    element.addEventListener("webglcontextrestored", restore);
    if (key) restore();
    return () => {
      element.removeEventListener("webglcontextlost", lose);
      element.removeEventListener("webglcontextrestored", restore);
    };
  }, [stage, canvas, key]);

  return { lost, key, again: () => setKey((before) => before + 1) };
}
