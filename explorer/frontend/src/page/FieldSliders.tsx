// The settings of a field, as the server declares them.

import type { FieldSlider } from "../api";
import { PERCENTILE_SECONDS } from "../audio/lightLevels";
import { MEMORY_SECONDS } from "../program/familySelection";
import { kindOf } from "./field";
import { Slider } from "./Slider";

type Settings = Record<string, unknown>;

interface Props {
  sliders: FieldSlider[];
  settings: Settings;
  change: (settings: Settings) => void;
}

/** The value of a setting, by path as in `light.relief`; undefined if it is left out. */
export function valueOf(settings: Settings, path: string): unknown {
  const [group, name] = path.split(".");
  return name ? (settings[group] as Settings | undefined)?.[name] : settings[group];
}

/** The settings with another value at a path. */
export function withValue(settings: Settings, path: string, value: unknown): Settings {
  const [group, name] = path.split(".");
  return { ...settings, [group]: name ? { ...(settings[group] as Settings | undefined), [name]: value } : value };
}

/** Whether a setting has an effect: those of light and finish have while these are on. */
function isActive(settings: Settings, path: string): boolean {
  const [group, name] = path.split(".");
  return !name || name === "on" || (settings[group] as Settings | undefined)?.on === true;
}

/** The settings of a field with another value of one of them. */
export function withSetting(settings: Settings, name: string, value: unknown): Settings {
  const scales = name === "layers" ? { layer_scales: null } : {}; // they were measured for one depth
  return withValue({ ...settings, ...scales }, name, value);
}

/** The name of a setting in words. */
export const settingLabel = (name: string) => name.replace(/\.on$/, "").replace(/[_.]/g, " ");

export function FieldSliders({ sliders, settings, change }: Props) {
  const set = (name: string, value: unknown) => change(withSetting(settings, name, value));
  return (
    <div className="look">
      <h2>Look</h2>
      {isActive(settings, "sections.speed") && <p className="quiet">Sections need the whole song: the page stays with the first one.</p>}
      {kindOf(settings) === "patterns" && <p className="quiet">Families are selected by the last {MEMORY_SECONDS} seconds.</p>}
      <SettingControls sliders={sliders} settings={settings} set={set} />
    </div>
  );
}

interface ControlsProps {
  sliders: FieldSlider[];
  settings: Settings;
  set: (name: string, value: unknown) => void;
}

/** Controls of the settings that have an effect. */
export function SettingControls({ sliders, settings, set }: ControlsProps) {
  const active = sliders.filter(({ name }) => isActive(settings, name));
  return (
    <>
      {isActive(settings, "light.relief") && <p className="quiet">Live loudness is measured against the last {PERCENTILE_SECONDS} seconds, not the whole song.</p>}
      {active.map((slider) => (
        <Setting key={slider.name} slider={slider} value={valueOf(settings, slider.name) ?? slider.value} gain={settings.gain} set={set} />
      ))}
    </>
  );
}

interface SettingProps {
  slider: FieldSlider;
  value: unknown;
  gain: unknown;
  set: (name: string, value: unknown) => void;
}

function Setting({ slider, value, gain, set }: SettingProps) {
  const { name, low, high, step, choices, help } = slider;
  const label = settingLabel(name);
  if (slider.switch) {
    return (
      <label className="field" title={help} data-setting={name}>
        <span>{label}</span>
        <input type="checkbox" checked={value === true} onChange={(event) => set(name, event.target.checked)} />
      </label>
    );
  }
  if (choices.length) {
    return (
      <label className="field" title={help} data-setting={name}>
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
  return <Slider name={label} setting={name} help={help} low={low} high={high} step={step ?? 0.01} value={number} change={(next) => set(name, next)} />;
}
