// Look and motion of the Julia set: sliders for the settings of the field that may change while it plays.

import constants from "../constants.json";
import type { FieldSlider } from "../api";
import type { Surface } from "../picture/light";
import { PRESETS, type LitLook, type Look } from "../picture/motion";
import type { SettingRange } from "./controllers/controllerMap";
import { SettingControls, withValue } from "./FieldSliders";
import { Slider } from "./Slider";

const SLIDERS = constants.julia.look.filter(({ name }) => !["rotation", "travel"].includes(name));
const SMOOTHING = { name: "motion_smoothing", low: 0, high: 1, step: 0.02, help: "seconds until most of a change is visible" };
const isOfSurface = ({ name }: FieldSlider) => /^(light|finish)\./.test(name);

/** What controllers can move while a Julia set is drawn: `sliders` are those of a field with light and finish. */
export const juliaRanges = (sliders: FieldSlider[]): SettingRange[] => [SMOOTHING, ...SLIDERS, ...sliders.filter(isOfSurface)];

interface Props {
  look: Look;
  change: (look: Look) => void;
  surface: Surface;
  changeSurface: (surface: Surface) => void;
  choose: (look: LitLook) => void;
  sliders: FieldSlider[]; // those of light and finish among them
  smoothing: number;
  changeSmoothing: (seconds: number) => void;
}

export function LookSliders({ look, change, surface, changeSurface, choose, sliders, smoothing, changeSmoothing }: Props) {
  const isCurrent = ({ values, light, finish }: LitLook) => JSON.stringify([look, surface.light, surface.finish]) === JSON.stringify([values, light, finish]);
  const set = (name: string, value: unknown) => changeSurface(withValue({ ...surface }, name, value) as unknown as Surface);
  return (
    <div className="look">
      <h2>Look</h2>
      <div className="chips">
        {Object.entries(PRESETS).map(([name, preset]) => (
          <button key={name} type="button" aria-pressed={isCurrent(preset)} onClick={() => choose(preset)}>{name}</button>
        ))}
      </div>
      <Slider {...SMOOTHING} name="smoothing" setting={SMOOTHING.name} value={smoothing} change={changeSmoothing} />
      {SLIDERS.map(({ name, ...slider }) => (
        <Slider key={name} name={name} {...slider} value={look[name]} change={(value) => change({ ...look, [name]: value })} />
      ))}
      <SettingControls sliders={sliders.filter(isOfSurface)} settings={{ ...surface }} set={set} />
    </div>
  );
}

/** The next of a list of presets; the first if the current settings are not one of them. */
export function nextOf<T>(looks: Record<string, T>, current: T): T {
  const all = Object.values(looks);
  return all[(all.findIndex((look) => JSON.stringify(look) === JSON.stringify(current)) + 1) % all.length];
}
