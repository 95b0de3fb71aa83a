"""Operations of a program as LLVM vectors, inside of a kernel.

The formulas of `kernels.fastmath` are run here on vectors that are being emitted: their text is the only one.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,import-untyped"

from __future__ import annotations

from collections import Counter
from functools import cache
from types import FunctionType
from typing import Any

from explorer.fields.kernels import fastmath, simd
from explorer.fields.kernels.simd import SIMD_VECTOR, float_constant


class Vector:
    """A vector of pixels in code that is being emitted; numbers beside it are constants."""

    def __init__(self, target, value) -> None:
        self.target, self.value = target, value

    def __add__(self, other):
        return _emitted(self, "fadd", self, other)

    def __radd__(self, other):
        return _emitted(self, "fadd", other, self)

    def __sub__(self, other):
        return _emitted(self, "fsub", self, other)

    def __rsub__(self, other):
        return _emitted(self, "fsub", other, self)

    def __mul__(self, other):
        return _emitted(self, "fmul", self, other)

    __rmul__ = __mul__


def _emitted(vector, instruction, *arguments):
    _, builder = vector.target
    return Vector(vector.target, getattr(builder, instruction)(*map(_value, arguments)))


def _value(argument):
    return argument.value if isinstance(argument, Vector) else float_constant(float(argument))


def _intrinsic(function):
    """An intrinsic of `simd`, for vectors."""

    def emit(*arguments):
        target = next(argument.target for argument in arguments if isinstance(argument, Vector))
        signature, codegen = function._defn(None, *(SIMD_VECTOR for _ in arguments))
        return Vector(target, codegen(*target, signature, [_value(argument) for argument in arguments]))

    return emit


@cache
def _emitter(name):
    """A function of `fastmath` or `simd` by name, for vectors."""
    function = getattr(fastmath, name, None) or getattr(simd, name)
    plain = getattr(function, "py_func", None)
    if plain is None:
        return _intrinsic(function)
    names = {each: getattr(fastmath, each) for each in plain.__code__.co_names if hasattr(fastmath, each)}
    swapped = {
        each: _emitter(each) if hasattr(value, "_defn") or hasattr(value, "py_func") else value
        for each, value in names.items()
    }
    return FunctionType(plain.__code__, swapped)


FUNCTIONS = {  # names of operations, and what computes them
    "floor": "floor",
    "sqrt": "sqrt",
    "abs": "abs",
    "min": "minimum",
    "max": "maximum",
    "sin": "sin",
    "cos": "cos",
    "log2": "log2",
}


class Emission:
    """A program on its way into a kernel: one vector for each operation."""

    def __init__(self, context, builder, program, inputs) -> None:
        self.target, self.builder, self.inputs = (context, builder), builder, inputs
        *lines, last = program.splitlines()
        self.nodes: list[Any] = [line.split(" ") for line in lines]
        self.results = [int(n) for n in last.split(" ")[1:]]
        operands = [int(n) for name, *rest in self.nodes if name not in ("constant", "input") for n in rest]
        self.uses = Counter([*operands, *self.results])
        self.vectors: list[Any] = [None] * len(self.nodes)

    def outputs(self):
        """The vectors of the outputs."""
        for n, (name, *arguments) in enumerate(self.nodes):
            if name == "constant":
                self.vectors[n] = float_constant(float(arguments[0]))
            elif name == "input":
                self.vectors[n] = self.inputs(arguments[0])
            else:
                self.vectors[n] = self._operation(name, [int(k) for k in arguments])
        return [self.vectors[n] for n in self.results]

    def _operation(self, name, numbers):
        a, b, c = ([self.vectors[n] for n in numbers] + [None] * 3)[:3]
        builder = self.builder
        match name:
            case "add" | "sub":
                return self._sum(name, numbers)
            case "mul":
                return builder.fmul(a, b)
            case "div":
                return builder.fdiv(a, b)
            case "less":
                return builder.fcmp_ordered("<", a, b)
            case "and":
                return builder.and_(a, b)
            case "or":
                return builder.or_(a, b)
            case "not":
                return builder.not_(a)
            case "where":
                return builder.select(a, b, c)
            case "exp":
                return _emitter("exp2_scaled")(Vector(self.target, a), fastmath.LOG2_E).value
        return _emitter(FUNCTIONS[name])(*(Vector(self.target, self.vectors[n]) for n in numbers)).value

    def _sum(self, name, numbers):
        """A sum or difference; with a product that nothing else needs in one step."""
        first, second = numbers
        for product, other in ((second, first), (first, second)):
            operation, *factors = self.nodes[product]
            if operation != "mul" or self.uses[product] > 1:
                continue
            x, y = (self.vectors[int(n)] for n in factors)
            rest = self.vectors[other]
            if name == "sub":
                x, rest = (self.builder.fneg(x), rest) if product == second else (x, self.builder.fneg(rest))
            return simd.emit_fma(self.builder, x, y, rest)
        instruction = self.builder.fadd if name == "add" else self.builder.fsub
        return instruction(self.vectors[first], self.vectors[second])
