// Bars for the audio features and the visual parameters, updated at every animation frame without React.

import { useEffect, useRef } from "react";
import { FEATURES } from "../audio/features";
import { PARAMETERS } from "../picture/motion";
import type { Scene } from "../scene";

const FEATURE_NOTES: Record<string, string> = {
  centroid: "brightness", flux: "change", rms: "loudness", zcr: "noisiness", onset: "hits", rolloff: "highs",
};
const FULL_SCALE: Record<string, number> = { centroid: 0.5, flux: 2, zcr: 0.5, onset: 1.5 }; // of a bar; else 1

export function Meters({ scene, parameters }: { scene: Scene; parameters: boolean }) {
  const list = useRef<HTMLDivElement>(null);
  const numbers = useRef<HTMLParagraphElement>(null);

  useEffect(() => {
    const bars = [...list.current!.querySelectorAll<HTMLElement>(".bar i")];
    let request = 0, lastUpdate = 0;
    const update = (now: number) => {
      request = requestAnimationFrame(update);
      const features = FEATURES.map((name, n) => scene.features[n] / (FULL_SCALE[name] ?? 1));
      const values = !parameters ? [] : PARAMETERS.map(({ low, high }, n) => (scene.motion.values[n] - low) / (high - low));
      [...features, ...values].forEach((level, n) => {
        bars[n].style.transform = `scaleX(${Math.min(1, Math.max(0, level)).toFixed(3)})`;
      });
      if (now - lastUpdate < 500) return;
      lastUpdate = now;
      const { fps, inference, width, height } = scene.stats;
      const model = parameters && scene.hasModel && inference ? `, model ${inference.toFixed(2)} ms` : "";
      numbers.current!.textContent = `${width}×${height}, ${fps.toFixed(0)} fps${model}`;
    };
    request = requestAnimationFrame(update);
    return () => cancelAnimationFrame(request);
  }, [scene, parameters]);

  return (
    <div className="meters" ref={list}>
      <h2>Audio features</h2>
      {FEATURES.map((name) => <Meter key={name} name={name} note={FEATURE_NOTES[name]} kind="feature" />)}
      {parameters && <h2>Visual parameters</h2>}
      {parameters && PARAMETERS.map(({ name, help }) => <Meter key={name} name={name} note={help} kind="parameter" />)}
      <p className="quiet" ref={numbers} />
    </div>
  );
}

function Meter({ name, note, kind }: { name: string; note: string; kind: string }) {
  return (
    <div className="meter" title={note}>
      <span>{name}</span>
      <div className={`bar ${kind}`}><i /></div>
    </div>
  );
}
