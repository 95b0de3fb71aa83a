// sin by a polynomial after reduction to [-pi, pi]: that of the hardware may be off by half a level and more.

const sineOf = (type: "float" | "vec4", folded: string) => `
${type} sine(${type} z) {
  ${type} turns = round(z * 0.15915494309189535);
  ${type} x = (z - turns * 6.28125) - turns * 0.0019353071795864769;
  x = ${folded};
  ${type} s = x * x;
  return x * (1.0 + s * (-0.16666666 + s * (0.0083333310 + s * (-0.00019840874 + s * (2.7525562e-6 - s * 2.3889859e-8)))));
}`;

/** `sine` of four numbers at once. */
export const SINE_OF_VECTORS = sineOf("vec4", "mix(x, sign(x) * 3.14159265358979 - x, vec4(greaterThan(abs(x), vec4(1.5707963267948966))))");

/** `sine` and `cosine`, which the formulas of constants.json use. */
export const SINE = `${sineOf("float", "abs(x) > 1.5707963267948966 ? sign(x) * 3.14159265358979 - x : x")}
float cosine(float z) { return sine(z + 1.5707963267948966); }`;
