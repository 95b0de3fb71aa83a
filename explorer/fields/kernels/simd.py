"""Vectors of pixels for numba: one `Lanes` value holds the same quantity of 8 or 16 neighbouring pixels.

Written out as LLVM vectors, so that nothing is left to an optimiser's choice: every lane goes through the
same operations in the same order, with no fast-math, no remainder loop and no contraction, and a pixel's
value cannot depend on its place in a block. `fma` rounds once, on every CPU.

`compiled` and `inlined` are `numba.njit` for entry points and for the pieces they are made of.
"""
# mypy: disable-error-code="misc,no-untyped-def,no-untyped-call,import-untyped,untyped-decorator"

from __future__ import annotations

import hashlib
import inspect
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import extending, njit, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

WIDE_REGISTERS = bool(binding.get_host_cpu_features().get("avx512f", False))
LANES = 16 if WIDE_REGISTERS else 8  # others hold a vector in two registers or more; the values are the same

FLOATS = ir.VectorType(ir.FloatType(), LANES)
INTEGERS = ir.VectorType(ir.IntType(32), LANES)

intrinsic: Any = extending.intrinsic  # callers leave the typing context out, which its own type does not know


def source_stamp(folder: Path) -> str:
    """Changes with any source in a field's folder or here: numba's own cache key sees one file only."""
    here = Path(__file__).parent
    sources = [*sorted(here.glob("*.py")), here.parent / "palette.py", *sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def compiled(function: Callable[..., Any]) -> Any:
    """An entry point: releases the GIL, cached on disk where a folder can be written."""
    function = inspect.unwrap(function)  # numba reads the plain function, whatever checks are wrapped around
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(nogil=True)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """A piece of a kernel, inlined wherever it is called."""
    return njit(nogil=True, forceinline=True)(inspect.unwrap(function))


class Lanes(types.Type):
    """numba's type of a vector of pixels."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes({LANES})")


LANES_TYPE = Lanes()


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """A `Lanes` is one LLVM vector of float32."""

    def __init__(self, manager, lanes_type) -> None:
        super().__init__(manager, lanes_type, FLOATS)


def floats(value: float) -> ir.Constant:
    """The same float32 in every lane."""
    return ir.Constant(FLOATS, [float(np.float32(value))] * LANES)


def integers(value: int) -> ir.Constant:
    """The same int32 in every lane."""
    return ir.Constant(INTEGERS, [value] * LANES)


def spread(builder, value, value_type):
    """`value` as a vector: vectors as they are, floats in every lane."""
    if isinstance(value_type, Lanes):
        return value
    if value_type == types.float64:
        value = builder.fptrunc(value, ir.FloatType())
    undefined = ir.Constant(FLOATS, ir.Undefined)
    first = builder.insert_element(undefined, value, ir.IntType(32)(0))
    return builder.shuffle_vector(first, undefined, integers(0))


def lanewise(emit):
    """Code generator that spreads its arguments and hands them to `emit(builder, *vectors)`."""

    def codegen(context, builder, sig, args):
        return emit(builder, *[spread(builder, a, t) for a, t in zip(args, sig.args, strict=True)])

    return codegen


def _define_operator(operation, emit) -> None:
    @infer_global(operation)
    class LanesOperator(AbstractTemplate):
        def generic(self, args, kws):
            known = all(isinstance(a, Lanes | types.Float) for a in args)
            return signature(LANES_TYPE, *args) if known and LANES_TYPE in args else None

    for pair in ((Lanes, Lanes), (Lanes, types.Float), (types.Float, Lanes)):
        lower_builtin(operation, *pair)(lanewise(emit))


_define_operator(operator.add, lambda builder, a, b: builder.fadd(a, b))
_define_operator(operator.sub, lambda builder, a, b: builder.fsub(a, b))
_define_operator(operator.mul, lambda builder, a, b: builder.fmul(a, b))
_define_operator(operator.truediv, lambda builder, a, b: builder.fdiv(a, b))


def emit_fma(builder, a, b, c):
    """a b + c, rounded once."""
    name, kind = f"llvm.fma.v{LANES}f32", ir.FunctionType(FLOATS, [FLOATS] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [a, b, c])


@intrinsic
def fma(typing, a, b, c):
    """a b + c, rounded once."""
    return LANES_TYPE(a, b, c), lanewise(emit_fma)


def _emit_unary(name):
    """Code for one of LLVM's functions of one float."""

    def emit(builder, value):
        kind = ir.FunctionType(FLOATS, [FLOATS])
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f32")
        return builder.call(function, [value])

    return lanewise(emit)


@intrinsic
def floor(typing, value):
    """The integer below."""
    return LANES_TYPE(value), _emit_unary("floor")


@intrinsic
def sqrt(typing, value):
    """The square root, rounded once."""
    return LANES_TYPE(value), _emit_unary("sqrt")


@intrinsic
def magnitude(typing, value):
    """|value|."""
    return LANES_TYPE(value), _emit_unary("fabs")


@intrinsic
def least(typing, a, b):
    """The smaller one; b where a is not a number."""
    return LANES_TYPE(a, b), lanewise(lambda ir_, a, b: ir_.select(ir_.fcmp_ordered("<", a, b), a, b))


@intrinsic
def greatest(typing, a, b):
    """The greater one; b where a is not a number."""
    return LANES_TYPE(a, b), lanewise(lambda ir_, a, b: ir_.select(ir_.fcmp_ordered(">", a, b), a, b))


@intrinsic
def where_less(typing, a, b, yes, no):
    """`yes` where a < b, else `no`."""
    emit = lanewise(lambda ir_, a, b, yes, no: ir_.select(ir_.fcmp_ordered("<", a, b), yes, no))
    return LANES_TYPE(a, b, yes, no), emit


@intrinsic
def any_less(typing, a, b):
    """Whether a < b in any lane."""

    def emit(builder, a, b):
        bits = builder.bitcast(builder.fcmp_ordered("<", a, b), ir.IntType(LANES))
        return builder.icmp_unsigned("!=", bits, bits.type(0))

    return types.boolean(a, b), lanewise(emit)


@intrinsic
def negated(typing, value):
    """-value; costs nothing inside an fma."""
    return LANES_TYPE(value), lanewise(lambda ir_, value: ir_.fneg(value))


@intrinsic
def every(typing, value):
    """The same value in every lane."""
    return LANES_TYPE(value), lanewise(lambda _, value: value)


SIGN = -(1 << 31)  # the sign bit of a float32


@intrinsic
def minus_magnitude(typing, value):
    """-|value|."""

    def emit(builder, value):
        return builder.bitcast(builder.or_(builder.bitcast(value, INTEGERS), integers(SIGN)), FLOATS)

    return LANES_TYPE(value), lanewise(emit)


@intrinsic
def with_sign_of(typing, magnitude, value):
    """`magnitude` (not negative) with the sign of `value`."""

    def emit(builder, magnitude, value):
        sign = builder.and_(builder.bitcast(value, INTEGERS), integers(SIGN))
        return builder.bitcast(builder.or_(builder.bitcast(magnitude, INTEGERS), sign), FLOATS)

    return LANES_TYPE(magnitude, value), lanewise(emit)


@intrinsic
def negated_where_odd(typing, value, counter):
    """`value` with its sign flipped where the last bit of `counter` is set."""

    def emit(builder, value, counter):
        sign = builder.shl(builder.bitcast(counter, INTEGERS), integers(31))
        return builder.bitcast(builder.xor(builder.bitcast(value, INTEGERS), sign), FLOATS)

    return LANES_TYPE(value, counter), lanewise(emit)


@intrinsic
def shifted_exponent(typing, value, counter):
    """`value` times 2 to the power of the last bits of `counter`."""

    def emit(builder, value, counter):
        power = builder.shl(builder.bitcast(counter, INTEGERS), integers(23))
        return builder.bitcast(builder.add(builder.bitcast(value, INTEGERS), power), FLOATS)

    return LANES_TYPE(value, counter), lanewise(emit)


SQRT_HALF = 0x3F3504F3  # bits of sqrt(1/2)


@intrinsic
def binary_exponent(typing, value):
    """n of value = m 2^n with m in [sqrt(1/2), sqrt(2))."""

    def emit(builder, value):
        above = builder.sub(builder.bitcast(value, INTEGERS), integers(SQRT_HALF))
        return builder.sitofp(builder.ashr(above, integers(23)), FLOATS)

    return LANES_TYPE(value), lanewise(emit)


@intrinsic
def binary_mantissa(typing, value):
    """m of value = m 2^n with m in [sqrt(1/2), sqrt(2))."""

    def emit(builder, value):
        bits = builder.bitcast(value, INTEGERS)
        power = builder.and_(builder.sub(bits, integers(SQRT_HALF)), integers(-(1 << 23)))
        return builder.bitcast(builder.sub(bits, power), FLOATS)

    return LANES_TYPE(value), lanewise(emit)
