// The settings of a CPPN, as the server declares them.

import type { NetworkSlider } from "../api";
import { Slider } from "./LookSliders";

type Settings = Record<string, unknown>;

interface Props {
  sliders: NetworkSlider[];
  settings: Settings;
  change: (settings: Settings) => void;
}

export function NetworkSliders({ sliders, settings, change }: Props) {
  const set = (name: string, value: unknown) => {
    const scales = name === "layers" ? { layer_scales: null } : {}; // they were measured for one depth
    change({ ...settings, ...scales, [name]: value });
  };
  return (
    <div className="look">
      <h2>Network</h2>
      {sliders.map((slider) => (
        <Setting key={slider.name} slider={slider} value={settings[slider.name]} gain={settings.gain} set={set} />
      ))}
    </div>
  );
}

interface SettingProps {
  slider: NetworkSlider;
  value: unknown;
  gain: unknown;
  set: (name: string, value: unknown) => void;
}

function Setting({ slider, value, gain, set }: SettingProps) {
  const { name, low, high, step, choices, help } = slider;
  const label = name.replaceAll("_", " ");
  if (slider.switch) {
    return (
      <label className="field" title={help}>
        <span>{label}</span>
        <input type="checkbox" checked={value === true} onChange={(event) => set(name, event.target.checked)} />
      </label>
    );
  }
  if (choices.length) {
    return (
      <label className="field" title={help}>
        <span>{label}</span>
        <select value={String(value)} onChange={(event) => set(name, event.target.value)}>
          {!choices.includes(String(value)) && <option>{String(value)}</option>}
          {choices.map((choice) => <option key={choice}>{choice}</option>)}
        </select>
      </label>
    );
  }
  if (low === null || high === null) return null;
  const number = typeof value === "number" ? value : name === "output_gain" ? Number(gain) : high;
  return <Slider name={name} help={help} low={low} high={high} step={step ?? 0.01} value={number} change={(next) => set(name, next)} />;
}
