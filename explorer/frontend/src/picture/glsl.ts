// Pieces of shaders.

import constants from "../constants.json";

/** A number as GLSL writes it. */
export const float = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);

/** Palettes: explorer/fields/kernels/color_formulas.py, translated. `SINE` comes before them. */
export const COLOR = constants.color.formulas.join("\n");
