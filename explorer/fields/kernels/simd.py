"""SIMD vectors of pixels for numba: one `SimdVector` holds the same quantity of 8 or 16 neighboring pixels.

Written as LLVM vectors, so that nothing is left to an optimizer's choice: every lane goes through the same
operations in the same order, with no fast-math, no remainder loop and no contraction, and a pixel's value
cannot depend on its position in a block. `fma` rounds once, on every CPU.

`compiled` and `inlined` are `numba.njit` for entry points and for the functions they call.
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

from explorer.compilation import compiled as compiled

WIDE_REGISTERS = bool(binding.get_host_cpu_features().get("avx512f", False))
LANES = 16 if WIDE_REGISTERS else 8  # other CPUs hold a vector in two registers or more, with the same values

FLOAT_VECTOR = ir.VectorType(ir.FloatType(), LANES)
INT_VECTOR = ir.VectorType(ir.IntType(32), LANES)

intrinsic: Any = extending.intrinsic  # its own type wants the context that numba passes


def source_stamp(folder: Path) -> str:
    """A hash of all sources in a field's folder and here: numba's own cache key covers one file only."""
    here = Path(__file__).parent
    rules = [here.parent / "palette.py", here.parent / "oklab.py", here.parent / "srgb.py"]
    sources = [*sorted(here.glob("*.py")), *rules, *sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def inlined(function: Callable[..., Any]) -> Any:
    """A function of a kernel, inlined wherever it is called."""
    return njit(nogil=True, forceinline=True)(inspect.unwrap(function))


class SimdVector(types.Type):
    """numba's type of a vector of pixels."""

    def __init__(self) -> None:
        super().__init__(name=f"SimdVector({LANES})")


SIMD_VECTOR = SimdVector()


@register_model(SimdVector)
class SimdVectorModel(models.PrimitiveModel):
    """A `SimdVector` is one LLVM vector of float32."""

    def __init__(self, manager, vector_type) -> None:
        super().__init__(manager, vector_type, FLOAT_VECTOR)


def float_constant(value: float) -> ir.Constant:
    """The same float32 in every lane."""
    return ir.Constant(FLOAT_VECTOR, [float(np.float32(value))] * LANES)


def int_constant(value: int) -> ir.Constant:
    """The same int32 in every lane."""
    return ir.Constant(INT_VECTOR, [value] * LANES)


def to_vector(builder, value, value_type):
    """`value` as a vector: vectors unchanged, floats in every lane."""
    if isinstance(value_type, SimdVector):
        return value
    if value_type == types.float64:
        value = builder.fptrunc(value, ir.FloatType())
    undefined = ir.Constant(FLOAT_VECTOR, ir.Undefined)
    first = builder.insert_element(undefined, value, ir.IntType(32)(0))
    return builder.shuffle_vector(first, undefined, int_constant(0))


def lanewise(emit):
    """Code generator that converts its arguments to vectors and calls `emit(builder, *vectors)`."""

    def codegen(context, builder, sig, args):
        return emit(builder, *[to_vector(builder, a, t) for a, t in zip(args, sig.args, strict=True)])

    return codegen


def _define_operator(operation, emit) -> None:
    @infer_global(operation)
    class VectorOperator(AbstractTemplate):
        def generic(self, args, kws):
            supported = all(isinstance(a, SimdVector | types.Float) for a in args)
            return signature(SIMD_VECTOR, *args) if supported and SIMD_VECTOR in args else None

    for pair in ((SimdVector, SimdVector), (SimdVector, types.Float), (types.Float, SimdVector)):
        lower_builtin(operation, *pair)(lanewise(emit))


_define_operator(operator.add, lambda builder, a, b: builder.fadd(a, b))
_define_operator(operator.sub, lambda builder, a, b: builder.fsub(a, b))
_define_operator(operator.mul, lambda builder, a, b: builder.fmul(a, b))
_define_operator(operator.truediv, lambda builder, a, b: builder.fdiv(a, b))


def emit_fma(builder, a, b, c):
    """a b + c, rounded once."""
    name, kind = f"llvm.fma.v{LANES}f32", ir.FunctionType(FLOAT_VECTOR, [FLOAT_VECTOR] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [a, b, c])


@intrinsic
def fma(typing, a, b, c):
    """a b + c, rounded once."""
    return SIMD_VECTOR(a, b, c), lanewise(emit_fma)


def _emit_unary(name):
    """Code for one of LLVM's functions of one float."""

    def emit(builder, value):
        kind = ir.FunctionType(FLOAT_VECTOR, [FLOAT_VECTOR])
        function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f32")
        return builder.call(function, [value])

    return lanewise(emit)


@intrinsic
def floor(typing, value):
    """The integer below."""
    return SIMD_VECTOR(value), _emit_unary("floor")


@intrinsic
def sqrt(typing, value):
    """The square root, rounded once."""
    return SIMD_VECTOR(value), _emit_unary("sqrt")


@intrinsic
def abs(typing, value):
    """|value|."""
    return SIMD_VECTOR(value), _emit_unary("fabs")


@intrinsic
def minimum(typing, a, b):
    """The smaller one; b where a is not a number."""
    return SIMD_VECTOR(a, b), lanewise(lambda ir_, a, b: ir_.select(ir_.fcmp_ordered("<", a, b), a, b))


@intrinsic
def maximum(typing, a, b):
    """The larger one; b where a is not a number."""
    return SIMD_VECTOR(a, b), lanewise(lambda ir_, a, b: ir_.select(ir_.fcmp_ordered(">", a, b), a, b))


@intrinsic
def where_less(typing, a, b, yes, no):
    """`yes` where a < b, else `no`."""
    emit = lanewise(lambda ir_, a, b, yes, no: ir_.select(ir_.fcmp_ordered("<", a, b), yes, no))
    return SIMD_VECTOR(a, b, yes, no), emit


@intrinsic
def any_less(typing, a, b):
    """Whether a < b in any lane."""

    def emit(builder, a, b):
        bits = builder.bitcast(builder.fcmp_ordered("<", a, b), ir.IntType(LANES))
        return builder.icmp_unsigned("!=", bits, bits.type(0))

    return types.boolean(a, b), lanewise(emit)


@intrinsic
def neg(typing, value):
    """-value; costs nothing inside an fma."""
    return SIMD_VECTOR(value), lanewise(lambda ir_, value: ir_.fneg(value))


@intrinsic
def broadcast(typing, value):
    """The same value in every lane."""
    return SIMD_VECTOR(value), lanewise(lambda _, value: value)


SIGN_BIT = -(1 << 31)  # the sign bit of a float32


@intrinsic
def neg_abs(typing, value):
    """-|value|."""

    def emit(builder, value):
        return builder.bitcast(
            builder.or_(builder.bitcast(value, INT_VECTOR), int_constant(SIGN_BIT)), FLOAT_VECTOR
        )

    return SIMD_VECTOR(value), lanewise(emit)


@intrinsic
def copysign(typing, size, value):
    """`size` (not negative) with the sign of `value`."""

    def emit(builder, size, value):
        sign = builder.and_(builder.bitcast(value, INT_VECTOR), int_constant(SIGN_BIT))
        return builder.bitcast(builder.or_(builder.bitcast(size, INT_VECTOR), sign), FLOAT_VECTOR)

    return SIMD_VECTOR(size, value), lanewise(emit)


@intrinsic
def neg_where_odd(typing, value, counter):
    """`value` with its sign flipped where the last bit of `counter` is set."""

    def emit(builder, value, counter):
        sign = builder.shl(builder.bitcast(counter, INT_VECTOR), int_constant(31))
        return builder.bitcast(builder.xor(builder.bitcast(value, INT_VECTOR), sign), FLOAT_VECTOR)

    return SIMD_VECTOR(value, counter), lanewise(emit)


@intrinsic
def ldexp(typing, value, counter):
    """`value` times 2 to the power of the last bits of `counter`."""

    def emit(builder, value, counter):
        power = builder.shl(builder.bitcast(counter, INT_VECTOR), int_constant(23))
        return builder.bitcast(builder.add(builder.bitcast(value, INT_VECTOR), power), FLOAT_VECTOR)

    return SIMD_VECTOR(value, counter), lanewise(emit)


SQRT_HALF_BITS = 0x3F3504F3  # bits of sqrt(1/2)


@intrinsic
def binary_exponent(typing, value):
    """n of value = m 2^n with m in [sqrt(1/2), sqrt(2))."""

    def emit(builder, value):
        above = builder.sub(builder.bitcast(value, INT_VECTOR), int_constant(SQRT_HALF_BITS))
        return builder.sitofp(builder.ashr(above, int_constant(23)), FLOAT_VECTOR)

    return SIMD_VECTOR(value), lanewise(emit)


@intrinsic
def binary_mantissa(typing, value):
    """m of value = m 2^n with m in [sqrt(1/2), sqrt(2))."""

    def emit(builder, value):
        bits = builder.bitcast(value, INT_VECTOR)
        power = builder.and_(builder.sub(bits, int_constant(SQRT_HALF_BITS)), int_constant(-(1 << 23)))
        return builder.bitcast(builder.sub(bits, power), FLOAT_VECTOR)

    return SIMD_VECTOR(value), lanewise(emit)
