// A slider with its name and value.

interface SliderProps {
  name: string;
  setting?: string; // its path, where it is not the name
  help: string;
  low: number;
  high: number;
  step: number;
  value: number;
  change: (value: number) => void;
}

export function Slider({ name, setting = name, help, low, high, step, value, change }: SliderProps) {
  return (
    <label className="field slider" title={help} data-setting={setting}>
      <span>{name.replaceAll("_", " ")}</span>
      <input type="range" min={low} max={high} step={step} value={value} onChange={(event) => change(Number(event.target.value))} />
      <output>{Number(value.toFixed(3))}</output>
    </label>
  );
}
