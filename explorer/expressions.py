"""Formulas as expressions: a formula is called with `Value`s, and what it does with them is written down.

Formulas that are made of the functions of `explorer.fields.kernels.portable`, of numpy's elementwise
functions and of + - * / need no other form: loops run, branches are taken, and constants are computed
while the formula is called. What is left is a straight line of operations.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from explorer.errors import ExplorerError

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}
NUMPY = {  # functions of arrays
    **{getattr(np, name): name for name in ("sin", "cos", "sqrt", "add")},
    np.subtract: "sub",
    np.multiply: "mul",
    np.divide: "div",
    np.remainder: "mod",
    np.power: "pow",
    np.minimum: "min",
    np.maximum: "max",
}


class Value:
    """A number that is not known yet: the result of an operation on others, an input, or a constant."""

    def __init__(self, operation: str, *arguments: Any) -> None:
        self.operation, self.arguments = operation, arguments

    @classmethod
    def of(cls, value: Any) -> Value:
        """A constant, unless it is a value already."""
        return value if isinstance(value, Value) else cls("constant", float(value))

    @property
    def constant(self) -> float | None:
        """The number of a constant."""
        return self.arguments[0] if self.operation == "constant" else None

    def __add__(self, other: Any) -> Value:
        return _arithmetic("add", self, other)

    def __radd__(self, other: Any) -> Value:
        return _arithmetic("add", other, self)

    def __sub__(self, other: Any) -> Value:
        return _arithmetic("sub", self, other)

    def __rsub__(self, other: Any) -> Value:
        return _arithmetic("sub", other, self)

    def __mul__(self, other: Any) -> Value:
        return _arithmetic("mul", self, other)

    def __rmul__(self, other: Any) -> Value:
        return _arithmetic("mul", other, self)

    def __truediv__(self, other: Any) -> Value:
        return _arithmetic("div", self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return _arithmetic("div", other, self)

    def __pow__(self, exponent: float) -> Value:
        return Value("pow", self, Value.of(exponent))

    def __neg__(self) -> Value:
        return _arithmetic("mul", self, -1.0)

    def __lt__(self, other: Any) -> Value:
        return Value("less", self, Value.of(other))

    def __gt__(self, other: Any) -> Value:
        return Value("less", Value.of(other), self)

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Value:
        if function.__name__ == "clamp":
            value, limits = args[0], dict(zip(("min", "max"), args[1:], strict=False)) | (kwargs or {})
            for name, operation in (("min", "max"), ("max", "min")):
                if limits.get(name) is not None:
                    value = Value(operation, Value.of(value), Value.of(limits[name]))
            return Value.of(value)
        return _applied(_torch_names(), function, args, kwargs)

    def __array_ufunc__(self, function: Any, method: str, *args: Any, **kwargs: Any) -> Value:
        return _applied(NUMPY, function, args, kwargs)


@cache
def _torch_names() -> dict[Any, str]:
    """Functions of tensors, and what they are called here."""
    import torch  # slow to load, and formulas on numbers do without

    names = ("sin", "cos", "exp", "tanh", "sigmoid", "floor", "sqrt", "abs", "log2", "pow", "add", "where")
    own = {getattr(torch, name): name for name in (*names, "hypot", "atan2")}
    return {**own, torch.minimum: "min", torch.maximum: "max"}


def _applied(names: dict[Any, str], function: Any, args: Sequence[Any], kwargs: Any) -> Value:
    """A function of tensors or arrays, as an operation."""
    name = names.get(function)
    if name is None or kwargs:
        raise ExplorerError(f"a formula for shaders cannot use {getattr(function, '__name__', function)}")
    return _arithmetic(name, *args) if name in ARITHMETIC else Value(name, *map(Value.of, args))


def _arithmetic(name: str, a: Any, b: Any) -> Value:
    """An operation, as far as it is not known already: x + 0 and 1 x are x, and 0 x is 0."""
    first, second = Value.of(a), Value.of(b)
    x, y = first.constant, second.constant
    if x is not None and y is not None:
        return Value.of(ARITHMETIC[name](x, y))
    if name == "mul" and 0.0 in (x, y):
        return Value.of(0.0)
    if (name in ("add", "sub") and y == 0.0) or (name in ("mul", "div") and y == 1.0):
        return first
    if (name, x) in (("add", 0.0), ("mul", 1.0)):
        return second
    return Value(name, first, second)


def operations(outputs: Iterable[Value]) -> tuple[list[tuple[str, tuple[Any, ...]]], list[int]]:
    """The operations that some values need, each one once, after those that it takes from.

    An operation has a name and arguments: numbers of other operations, or a number or text for a constant
    or an input. The second list says which operations are the outputs.
    """
    numbers: dict[int, int] = {}  # of operations by the identity of values
    unique: dict[tuple[str, tuple[Any, ...]], int] = {}
    roots = list(outputs)
    stack = [(value, False) for value in reversed(roots)]
    while stack:
        value, is_complete = stack.pop()
        if id(value) in numbers:
            continue
        parts = [part for part in value.arguments if isinstance(part, Value)]
        if parts and not is_complete:
            stack.append((value, True))
            stack.extend((part, False) for part in reversed(parts))
            continue
        arguments = tuple(numbers[id(part)] if isinstance(part, Value) else part for part in value.arguments)
        numbers[id(value)] = unique.setdefault((value.operation, arguments), len(unique))
    return list(unique), [numbers[id(value)] for value in roots]


def program(outputs: Iterable[Value]) -> dict[str, Any]:
    """Values as JSON for the page, which computes them (`expressions.ts`).

    `mul 3 4` multiplies the results of operations 3 and 4.
    """
    nodes, numbers = operations(map(Value.of, outputs))
    lines = [" ".join(map(str, (name, *arguments))) for name, arguments in nodes]
    return {"operations": lines, "outputs": numbers}


def inputs(*names: str) -> list[Value]:
    """Numbers that are known later, by name."""
    return [Value("input", name) for name in names]
