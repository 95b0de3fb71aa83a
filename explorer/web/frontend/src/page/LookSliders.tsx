// Look and motion of the Julia set: sliders for the settings of the field that may change while it plays.

import constants from "../constants.json";
import { PRESETS, type Look } from "../picture/motion";

const SLIDERS = constants.julia.look.filter(({ name }) => !["rotation", "travel"].includes(name));

const isSame = (a: Look, b: Look) => Object.keys(b).every((name) => a[name] === b[name]);

interface Props {
  look: Look;
  change: (look: Look) => void;
  smoothing: number;
  changeSmoothing: (seconds: number) => void;
}

export function LookSliders({ look, change, smoothing, changeSmoothing }: Props) {
  return (
    <div className="look">
      <h2>Look</h2>
      <div className="chips">
        {Object.entries(PRESETS).map(([name, preset]) => (
          <button key={name} type="button" aria-pressed={isSame(look, preset)} onClick={() => change(preset)}>{name}</button>
        ))}
      </div>
      <Slider name="smoothing" help="seconds until most of a change is visible" low={0} high={1} step={0.02} value={smoothing} change={changeSmoothing} />
      {SLIDERS.map(({ name, ...slider }) => (
        <Slider key={name} name={name} {...slider} value={look[name]} change={(value) => change({ ...look, [name]: value })} />
      ))}
    </div>
  );
}

interface SliderProps {
  name: string;
  help: string;
  low: number;
  high: number;
  step: number;
  value: number;
  change: (value: number) => void;
}

export function Slider({ name, help, low, high, step, value, change }: SliderProps) {
  return (
    <label className="field slider" title={help}>
      <span>{name.replaceAll("_", " ")}</span>
      <input type="range" min={low} max={high} step={step} value={value} onChange={(event) => change(Number(event.target.value))} />
      <output>{Number(value.toFixed(3))}</output>
    </label>
  );
}

/** The next of a list of presets; the first if the current settings are not one of them. */
export function nextOf<T>(looks: Record<string, T>, current: T): T {
  const all = Object.values(looks);
  return all[(all.findIndex((look) => JSON.stringify(look) === JSON.stringify(current)) + 1) % all.length];
}
