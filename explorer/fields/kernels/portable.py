"""Functions for formulas that are written once and run twice: on torch tensors and in compiled kernels.

A formula made of these, of + - * / and of loops over integers, and marked `formula`, is the reference when it
is called with tensors, and a piece of a kernel when it is called there: then every value is a `Lanes`.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,untyped-decorator"

from __future__ import annotations

from typing import Any

import torch
from numba.extending import overload, register_jitable

from explorer.fields.kernels import fastmath, simd
from explorer.fields.kernels.simd import Lanes

INLINED: Any = {"forceinline": True, "nogil": True}

formula: Any = register_jitable(**INLINED)


def sin(z: torch.Tensor) -> torch.Tensor:
    """sin z."""
    return torch.sin(z)


def cos(z: torch.Tensor) -> torch.Tensor:
    """cos z."""
    return torch.cos(z)


def fading(z: torch.Tensor) -> torch.Tensor:
    """exp(-z) for z >= 0."""
    return torch.exp(-z)


def tanh(z: torch.Tensor) -> torch.Tensor:
    """tanh z."""
    return torch.tanh(z)


def floor(z: torch.Tensor) -> torch.Tensor:
    """The integer below."""
    return torch.floor(z)


def sqrt(z: torch.Tensor) -> torch.Tensor:
    """The square root of z >= 0."""
    return torch.sqrt(z)


def magnitude(z: torch.Tensor) -> torch.Tensor:
    """|z|."""
    return torch.abs(z)


def least(a: torch.Tensor, b: Any) -> torch.Tensor:
    """The smaller one."""
    return torch.minimum(a, b) if isinstance(b, torch.Tensor) else torch.clamp(a, max=b)


def greatest(a: torch.Tensor, b: Any) -> torch.Tensor:
    """The greater one."""
    return torch.maximum(a, b) if isinstance(b, torch.Tensor) else torch.clamp(a, min=b)


def where_less(a: torch.Tensor, b: Any, yes: Any, no: Any) -> torch.Tensor:
    """`yes` where a < b, else `no`."""
    return torch.where(a < b, yes, no)


def srgb(z: torch.Tensor) -> torch.Tensor:
    """The sRGB curve of light in [0, 1] (IEC 61966-2-1)."""
    curved = torch.clamp(z, min=0.0031308)  # z^(1/2.4) is infinitely steep at 0, and gradients are wanted
    return torch.where(z <= 0.0031308, 12.92 * z, 1.055 * curved ** (1 / 2.4) - 0.055)


def log2(z: torch.Tensor) -> torch.Tensor:
    """The logarithm to base 2 of z > 0."""
    return torch.log2(z)


def _in_kernels(function: Any, kernel: Any, arguments: int = 1) -> None:
    """Let a function be `kernel` where its first argument is a vector of pixels."""
    if arguments == 1:

        @overload(function, jit_options=INLINED)
        def one(z):
            return (lambda z: kernel(z)) if isinstance(z, Lanes) else None

    elif arguments == 2:

        @overload(function, jit_options=INLINED)
        def two(a, b):
            return (lambda a, b: kernel(a, b)) if isinstance(a, Lanes) else None

    else:

        @overload(function, jit_options=INLINED)
        def four(a, b, yes, no):
            return (lambda a, b, yes, no: kernel(a, b, yes, no)) if isinstance(a, Lanes) else None


for name in ("sin", "cos", "fading", "tanh", "srgb"):
    _in_kernels(globals()[name], getattr(fastmath, name))
_in_kernels(log2, fastmath.logarithm_of_two)
for name in ("floor", "sqrt", "magnitude"):
    _in_kernels(globals()[name], getattr(simd, name))
for name in ("least", "greatest"):
    _in_kernels(globals()[name], getattr(simd, name), arguments=2)
_in_kernels(where_less, simd.where_less, arguments=4)
