// Bars for what is heard and what the model makes of it, moved at every animation frame without React.

import { useEffect, useRef } from "react";
import { FEATURES } from "../audio/features";
import { PARAMETERS } from "../picture/motion";
import type { Stage } from "../stage";

const WORDS: Record<string, string> = {
  centroid: "brightness", flux: "change", rms: "loudness", zcr: "noisiness", onset: "hits", rolloff: "highs",
};
const FULL: Record<string, number> = { centroid: 0.5, flux: 2, zcr: 0.5, onset: 1.5 }; // where a bar is full; else 1

export function Meters({ stage, parameters }: { stage: Stage; parameters: boolean }) {
  const list = useRef<HTMLDivElement>(null);
  const numbers = useRef<HTMLParagraphElement>(null);

  useEffect(() => {
    const bars = [...list.current!.querySelectorAll<HTMLElement>(".bar i")];
    let request = 0, told = 0;
    const move = (now: number) => {
      request = requestAnimationFrame(move);
      const heard = FEATURES.map((name, n) => stage.features[n] / (FULL[name] ?? 1));
      const shown = !parameters ? [] : PARAMETERS.map(({ low, high }, n) => (stage.motion.values[n] - low) / (high - low));
      [...heard, ...shown].forEach((level, n) => {
        bars[n].style.transform = `scaleX(${Math.min(1, Math.max(0, level)).toFixed(3)})`;
      });
      if (now - told < 500) return;
      told = now;
      const { fps, inference, width, height } = stage.numbers;
      const model = parameters && stage.hasModel && inference ? `, model ${inference.toFixed(2)} ms` : "";
      numbers.current!.textContent = `${width}×${height}, ${fps.toFixed(0)} fps${model}`;
    };
    request = requestAnimationFrame(move);
    return () => cancelAnimationFrame(request);
  }, [stage, parameters]);

  return (
    <div className="meters" ref={list}>
      <h2>Heard</h2>
      {FEATURES.map((name) => <Meter key={name} name={name} note={WORDS[name]} kind="heard" />)}
      {parameters && <h2>Shown</h2>}
      {parameters && PARAMETERS.map(({ name, help }) => <Meter key={name} name={name} note={help} kind="shown" />)}
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
