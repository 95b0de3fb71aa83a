// Loss of the WebGL context: the driver was restarted, or too many pages draw. It is restored, or drawn on a new canvas.

import { useEffect, useState, type RefObject } from "react";
import type { Scene } from "../../scene";

export interface ContextLoss {
  lost: boolean;
  key: number; // of the canvas: another key is another canvas
  retry(): void;
}

/** Watch the canvas of a scene; `retry` continues on a new one. */
export function useContextLoss(scene: Scene | null, canvas: RefObject<HTMLCanvasElement | null>): ContextLoss {
  const [lost, setLost] = useState(false);
  const [key, setKey] = useState(0);

  useEffect(() => {
    if (!scene) return;
    const element = canvas.current!;
    const restore = () => {
      try {
        scene.restore(element);
        setLost(false);
      } catch {} // the notice stays
    };
    const onLoss = (event: Event) => {
      event.preventDefault(); // otherwise it is never restored
      setLost(true);
    };
    element.addEventListener("webglcontextlost", onLoss);
    element.addEventListener("webglcontextrestored", restore);
    if (key) restore();
    return () => {
      element.removeEventListener("webglcontextlost", onLoss);
      element.removeEventListener("webglcontextrestored", restore);
    };
  }, [scene, canvas, key]);

  return { lost, key, retry: () => setKey((key) => key + 1) };
}
