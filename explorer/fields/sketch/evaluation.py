"""Expressions on tensors, which is the reference, and on NumPy arrays."""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from explorer.errors import ExplorerError
from explorer.expressions import Value, operations
from explorer.fields.sketch.language import MAX_CONSTANT

SAME: dict[str, Callable[..., Any]] = {  # for tensors and arrays alike
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "less": operator.lt,
    "and": operator.and_,
    "or": operator.or_,
    "not": operator.invert,
}
NUMPY = {name: getattr(np, name) for name in ("sin", "cos", "exp", "floor", "sqrt", "abs", "log2", "where")}
NUMPY |= {"min": np.minimum, "max": np.maximum, "pow": np.power}
NAMES = {"min": "minimum", "max": "maximum"}  # in torch


@cache
def _torch_functions() -> dict[str, Callable[..., Any]]:
    import torch  # slow to load

    return SAME | {name: getattr(torch, NAMES.get(name, name)) for name in NUMPY}


NUMPY_FUNCTIONS = SAME | NUMPY


def constant_result(name: str, constants: Sequence[Any]) -> float:
    """An operation on constants; within what 32 bits hold, and 0 where it is no number."""
    with np.errstate(all="ignore"):
        result = float(NUMPY_FUNCTIONS[name](*map(np.float64, constants)))
    return max(-MAX_CONSTANT, min(result, MAX_CONSTANT)) if not math.isnan(result) else 0.0


def evaluate(values: Sequence[Value], inputs: Mapping[str, Any]) -> list[Any]:
    """Values where the inputs are arrays, or tensors: then constants are of their kind and device."""
    sample = next(iter(inputs.values()), None)
    is_tensor = hasattr(sample, "new_tensor")
    functions = _torch_functions() if is_tensor else NUMPY_FUNCTIONS
    make = sample.new_tensor if is_tensor and sample is not None else np.float64
    nodes, outputs = operations(values)
    uses = Counter(n for name, arguments in nodes if name in functions for n in arguments) + Counter(outputs)
    results: list[Any] = []
    with np.errstate(all="ignore"):
        for name, arguments in nodes:
            if name == "constant":
                results.append(make(arguments[0]))
            elif name == "input":
                results.append(inputs[arguments[0]])
            elif name in functions:
                results.append(functions[name](*(results[n] for n in arguments)))
                for n in set(arguments):  # what no other operation needs is let go of
                    uses[n] -= arguments.count(n)
                    if not uses[n]:
                        results[n] = None
            else:
                raise ExplorerError(f"sketches have no operation {name}")
    return [results[n] for n in outputs]
