"""Functions for formulas that are written once and run twice: on torch tensors and in compiled kernels.

A formula made of these, of + - * / and of loops over integers, and marked `formula`, is the reference when it
is called with tensors, and part of a kernel when it is called there: then every value is a `SimdVector`.
(`explorer.shaders` calls it with expressions, for shaders.)
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"

from __future__ import annotations

from typing import Any

import torch
from numba.extending import overload, register_jitable

from explorer.fields.kernels import fastmath, memory, simd
from explorer.fields.kernels.simd import SimdVector

INLINED: Any = {"forceinline": True, "nogil": True}

formula: Any = register_jitable(**INLINED)


def sin(z: torch.Tensor) -> torch.Tensor:
    """sin z."""
    return torch.sin(z)


def cos(z: torch.Tensor) -> torch.Tensor:
    """cos z."""
    return torch.cos(z)


def exp_neg(z: torch.Tensor) -> torch.Tensor:
    """exp(-z) for z >= 0."""
    return torch.exp(-z)


def tanh(z: torch.Tensor) -> torch.Tensor:
    """tanh z."""
    return torch.tanh(z)


def sigmoid(z: torch.Tensor) -> torch.Tensor:
    """1 / (1 + e^-z)."""
    return torch.sigmoid(z)


def floor(z: torch.Tensor) -> torch.Tensor:
    """The integer below."""
    return torch.floor(z)


def sqrt(z: torch.Tensor) -> torch.Tensor:
    """The square root of z >= 0."""
    return torch.sqrt(z)


def abs(z: torch.Tensor) -> torch.Tensor:
    """|z|."""
    return torch.abs(z)


def log2(z: torch.Tensor) -> torch.Tensor:
    """The logarithm to base 2 of z > 0."""
    return torch.log2(z)


def power(z: torch.Tensor, exponent: float) -> torch.Tensor:
    """z^exponent for z >= 0."""
    # the gradient would be infinite at 0
    return torch.pow(torch.clamp(z, min=1e-30), exponent)


def minimum(a: torch.Tensor, b: Any) -> torch.Tensor:
    """The smaller one."""
    return torch.minimum(a, b) if isinstance(b, torch.Tensor) else torch.clamp(a, max=b)


def maximum(a: torch.Tensor, b: Any) -> torch.Tensor:
    """The larger one."""
    return torch.maximum(a, b) if isinstance(b, torch.Tensor) else torch.clamp(a, min=b)


def fma(a: torch.Tensor, b: Any, c: Any) -> torch.Tensor:
    """a b + c; rounded once in kernels."""
    return torch.add(a * b, c)


def where_less(a: torch.Tensor, b: Any, yes: Any, no: Any) -> torch.Tensor:
    """`yes` where a < b, else `no`."""
    return torch.where(a < b, yes, no)


def look_up(position: torch.Tensor, table: Any, start: int, length: int) -> torch.Tensor:
    """`table[start + position]`, linear between entries; `position` is cut to [0, length - 1], NaN is 0.

    A table of a shader looks up itself.
    """
    if hasattr(table, "look_up"):
        value: torch.Tensor = table.look_up(position, start, length)
        return value
    entries = torch.tensor(table[start : start + length], dtype=position.dtype, device=position.device)
    position = torch.clamp(torch.nan_to_num(position, nan=0.0), 0, length - 1)
    below = torch.clamp(position.long(), max=length - 2)
    low, high = entries[below], entries[below + 1]
    return low + (high - low) * (position - below)


def _use_in_kernels(function: Any, kernel: Any, arguments: int) -> None:
    """Replace a function by `kernel` where its first argument is a vector of pixels."""
    if arguments == 1:

        @overload(function, jit_options=INLINED)
        def one(z):
            return (lambda z: kernel(z)) if isinstance(z, SimdVector) else None

    elif arguments == 2:

        @overload(function, jit_options=INLINED)
        def two(a, b):
            return (lambda a, b: kernel(a, b)) if isinstance(a, SimdVector) else None

    elif arguments == 3:

        @overload(function, jit_options=INLINED)
        def three(a, b, c):
            return (lambda a, b, c: kernel(a, b, c)) if isinstance(a, SimdVector) else None

    else:

        @overload(function, jit_options=INLINED)
        def four(a, b, yes, no):
            return (lambda a, b, yes, no: kernel(a, b, yes, no)) if isinstance(a, SimdVector) else None


for function in (sin, cos, exp_neg, tanh, sigmoid, log2):
    _use_in_kernels(function, getattr(fastmath, function.__name__), arguments=1)
for function in (floor, sqrt, abs):
    _use_in_kernels(function, getattr(simd, function.__name__), arguments=1)
_use_in_kernels(power, fastmath.power, arguments=2)
_use_in_kernels(minimum, simd.minimum, arguments=2)
_use_in_kernels(maximum, simd.maximum, arguments=2)
_use_in_kernels(fma, simd.fma, arguments=3)
_use_in_kernels(where_less, simd.where_less, arguments=4)


@overload(look_up, jit_options=INLINED)
def _look_up_kernel(position, table, start, length):
    if isinstance(position, SimdVector):
        return lambda position, table, start, length: memory.look_up(table, start, length, position)
    return None
