// Which controller moves which setting: the format of controllers.json of the notebook's panel, by the same names.

/** What a controller can move: a range, a list of choices, or a switch. */
export interface SettingRange {
  name: string;
  low: number | null;
  high: number | null;
  step: number | null;
  choices?: string[];
  switch?: boolean;
}

export interface ControllerMap {
  format: 1;
  controllers: Record<string, string>; // the settings, by controller
}

export const EMPTY_MAP: ControllerMap = { format: 1, controllers: {} };

/** The settings by controller, without what is damaged. */
export const settingsOf = ({ controllers }: ControllerMap): [controller: string, setting: string][] =>
  Object.entries(controllers ?? {}).filter(([, setting]) => typeof setting === "string");

export const withController = (map: ControllerMap, controller: string, setting: string): ControllerMap =>
  ({ ...EMPTY_MAP, controllers: { ...Object.fromEntries(settingsOf(map)), [controller]: setting } });

export const withoutController = (map: ControllerMap, controller: string): ControllerMap =>
  ({ ...EMPTY_MAP, controllers: Object.fromEntries(settingsOf(map).filter(([name]) => name !== controller)) });

/** The value at a share of a slider: a switch is on from the middle, choices have equal parts. */
export function valueAtShare({ low, high, step, choices = [], switch: isSwitch = false }: SettingRange, share: number): unknown {
  if (isSwitch) return share >= 0.5;
  if (choices.length) return choices[Math.min(Math.floor(share * choices.length), choices.length - 1)];
  const value = low! + share * (high! - low!);
  return Number.isInteger(step) ? Math.round(value) : Number(value.toPrecision(6));
}

/** The settings that moves of controllers change, and their values. */
export function movedValues(map: ControllerMap, ranges: SettingRange[], moves: [controller: string, share: number][]): [string, unknown][] {
  const settings = Object.fromEntries(settingsOf(map));
  return moves.flatMap(([controller, share]): [string, unknown][] => {
    const range = ranges.find(({ name }) => name === settings[controller]);
    const isPlayable = range && (range.switch || range.choices?.length || (range.low !== null && range.high !== null));
    return isPlayable ? [[range.name, valueAtShare(range, share)]] : [];
  });
}
