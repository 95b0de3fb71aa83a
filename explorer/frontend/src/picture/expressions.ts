// Numbers of a moment from the sound: formulas of Python, written down as operations (explorer/expressions.py).

/** Operations such as `mul 3 4`, the product of the results of operations 3 and 4; and which are the results. */
export interface Program {
  operations: string[];
  outputs: number[];
}

const FUNCTIONS: Record<string, (a: number, b: number, c: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a - b * Math.floor(a / b),
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  pow: Math.pow,
  sin: Math.sin,
  cos: Math.cos,
  exp: Math.exp,
  log2: Math.log2,
  sqrt: Math.sqrt,
  abs: Math.abs,
  floor: Math.floor,
  less: (a, b) => Number(a < b),
  and: (a, b) => Number(a && b),
  or: (a, b) => Number(a || b),
  not: (a) => Number(!a),
  where: (condition, a, b) => (condition ? a : b),
};

type Step = (values: number[], inputs: Record<string, number>) => number;

const steps = new WeakMap<Program, Step[]>();

function stepOf(operation: string): Step {
  const [name, ...words] = operation.split(" ");
  const number = Number(words[0]);
  if (name === "constant") return () => number;
  if (name === "input") return (_, inputs) => inputs[words[0]];
  const compute = FUNCTIONS[name], [a, b, c] = words.map(Number);
  if (!compute) throw new Error(`the page does not know the operation ${name}`);
  return (values) => compute(values[a], values[b], values[c]);
}

/** The results of a program for inputs by name. */
export function evaluate(program: Program, inputs: Record<string, number>): number[] {
  if (!steps.has(program)) steps.set(program, program.operations.map(stepOf));
  const values: number[] = [];
  for (const step of steps.get(program)!) values.push(step(values, inputs));
  return program.outputs.map((n) => values[n]);
}
