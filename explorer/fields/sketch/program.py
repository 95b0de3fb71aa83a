"""A formula in two parts: numbers of a moment, computed once, and what is computed at every pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.expressions import Value, operations
from explorer.fields.sketch.evaluation import evaluate

PIXEL_INPUTS = ("x", "y", "pixel")
CONDITIONS = ("less", "and", "or", "not")
MAX_NUMBER = 1e30


@dataclass(frozen=True, eq=False)
class SketchProgram:
    """`numbers` follow from time, features and sliders; `outputs` from x, y, pixel and inputs 0, 1, ..."""

    numbers: tuple[Value, ...]
    outputs: tuple[Value, ...]

    @property
    def is_color(self) -> bool:
        """Whether the outputs are red, green and blue; else one value on a palette."""
        return len(self.outputs) > 1

    def numbers_at(self, inputs: Mapping[str, Any], moments: int) -> Float32[np.ndarray, "moments numbers"]:
        """The numbers at some moments; in double precision, rounded once."""
        columns = {name: np.broadcast_to(np.asarray(v, np.float64), moments) for name, v in inputs.items()}
        columns = columns or {"": np.zeros(moments)}
        rows = np.zeros((moments, max(1, len(self.numbers))), np.float64)
        for place, value in enumerate(evaluate(self.numbers, columns)):
            rows[:, place] = value
        rows = np.nan_to_num(rows, nan=0.0, posinf=MAX_NUMBER, neginf=-MAX_NUMBER)
        return rows.clip(-MAX_NUMBER, MAX_NUMBER).astype(np.float32)

    def numbers_with(self, inputs: Mapping[str, Any]) -> list[Value]:
        """The numbers as expressions of other expressions: one for each input of the moment."""
        return _replaced(self.numbers, inputs)

    def outputs_with(self, numbers: Any) -> list[Value]:
        """The outputs as expressions of `numbers[0]`, `numbers[1]`, ... and of x, y and pixel."""
        places = {str(n): numbers[n] for n in range(len(self.numbers))}
        return _replaced(self.outputs, {name: Value("input", name) for name in PIXEL_INPUTS} | places)

    @cached_property
    def text(self) -> str:
        """The operations at a pixel, a line each, and which are the outputs: what a kernel is made of."""
        nodes, outputs = operations(self.outputs)
        lines = [" ".join(map(str, (name, *arguments))) for name, arguments in nodes]
        return "\n".join([*lines, "outputs " + " ".join(map(str, outputs))])


def _replaced(values: tuple[Value, ...], inputs: Mapping[str, Any]) -> list[Value]:
    """Values whose inputs are other expressions."""
    nodes, outputs = operations(values)
    results: list[Value] = []
    for name, arguments in nodes:
        if name == "input":
            results.append(Value.of(inputs[arguments[0]]))
        else:
            results.append(
                Value(name, *(arguments if name == "constant" else [results[n] for n in arguments]))
            )
    return [results[n] for n in outputs]


def split(outputs: tuple[Value, ...]) -> SketchProgram:
    """The parts of a formula."""
    nodes, results = operations(outputs)
    follows_pixel: list[bool] = []
    values: list[Value] = []  # of the moment
    for name, arguments in nodes:
        is_leaf = name in ("input", "constant")
        follows_pixel.append(
            name == "input" and arguments[0] in PIXEL_INPUTS
            if is_leaf
            else any(follows_pixel[n] for n in arguments)
        )
        values.append(Value(name, *(arguments if is_leaf else [values[n] for n in arguments])))
    numbers: dict[int, Value] = {}
    places: dict[int, Value] = {}

    def at_pixel(n: int) -> Value:
        """An operand: a constant, an operation at the pixel, or a number of the moment."""
        if nodes[n][0] == "constant":
            return values[n]
        if n not in places:  # it belongs to the moment
            number = Value("input", str(len(numbers)))
            is_condition = nodes[n][0] in CONDITIONS  # which becomes 0 or 1 on its way
            numbers[n] = Value("where", values[n], Value.of(1), Value.of(0)) if is_condition else values[n]
            places[n] = Value("less", Value.of(0.5), number) if is_condition else number
        return places[n]

    for n, (name, arguments) in enumerate(nodes):
        if follows_pixel[n]:
            inner = arguments if name == "input" else [at_pixel(k) for k in arguments]
            places[n] = Value(name, *inner)
    return SketchProgram(outputs=tuple(at_pixel(n) for n in results), numbers=tuple(numbers.values()))
