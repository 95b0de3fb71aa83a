"""Vectors in and out of memory."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,import-untyped,untyped-decorator,misc"

from __future__ import annotations

from llvmlite import ir
from numba import types

from explorer.fields.kernels.simd import (
    FLOAT_VECTOR,
    INT_VECTOR,
    LANES,
    SIMD_VECTOR,
    emit_fma,
    float_constant,
    int_constant,
    intrinsic,
    to_vector,
)

BYTES = ir.VectorType(ir.IntType(8), LANES)
INDEX = ir.IntType(64)


def address(context, builder, array_type, item, element=None):
    """Pointer to `array[index]`, item being (array, index); cast to a pointer to `element` when given."""
    array, index = item
    pointer = builder.gep(context.make_array(array_type)(context, builder, array).data, [index])
    return pointer if element is None else builder.bitcast(pointer, element.as_pointer())


def load_vector(builder, pointer):
    """The vector at a pointer, which needs no alignment."""
    value = builder.load(pointer)
    value.align = 4
    return value


@intrinsic
def load(typing, array, index):
    """The vector that starts at `array[index]`; array is flat float32."""

    def codegen(context, builder, sig, args):
        return load_vector(builder, address(context, builder, sig.args[0], args, FLOAT_VECTOR))

    return SIMD_VECTOR(array, types.intp), codegen


@intrinsic
def store(typing, array, index, value):
    """Writes a vector from `array[index]` on; array is flat float32."""

    def codegen(context, builder, sig, args):
        builder.store(args[2], address(context, builder, sig.args[0], args[:2], FLOAT_VECTOR), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, SIMD_VECTOR), codegen


@intrinsic
def splat(typing, array, index):
    """`array[index]` in every lane."""

    def codegen(context, builder, sig, args):
        value = builder.load(address(context, builder, sig.args[0], args))
        return to_vector(builder, value, types.float32)

    return SIMD_VECTOR(array, types.intp), codegen


@intrinsic
def store_rgb(typing, out, pixel, red, green, blue):
    """Writes three vectors of values in [0, 256) as bytes r, g, b, r, ... from row `pixel` of `out` on."""

    def codegen(context, builder, sig, args):
        r, g, b = (builder.trunc(builder.fptosi(v, int_constant(0).type), BYTES) for v in args[2:])
        order = [LANES * (i % 3) + i // 3 for i in range(3 * LANES)]
        mask = ir.Constant(ir.VectorType(ir.IntType(32), 2 * LANES), list(range(2 * LANES)))
        pair = builder.shuffle_vector(r, g, mask)
        last = builder.shuffle_vector(b, b, mask)
        mask = ir.Constant(ir.VectorType(ir.IntType(32), 3 * LANES), order)
        interleaved = builder.shuffle_vector(pair, last, mask)
        first = builder.mul(args[1], INDEX(3))
        builder.store(
            interleaved, address(context, builder, sig.args[0], (args[0], first), interleaved.type), align=1
        )
        return context.get_dummy_value()

    return types.void(out, types.intp, SIMD_VECTOR, SIMD_VECTOR, SIMD_VECTOR), codegen


@intrinsic
def look_up(typing, table, start, length, position):
    """`table[start + position]`, linear between entries; `position` is cut to [0, length - 1], NaN is 0.

    table is flat float32 with at least two entries from `start` on.
    """

    def codegen(context, builder, sig, args):
        last = builder.sub(args[2], INDEX(1))
        last_float = to_vector(builder, builder.sitofp(last, ir.FloatType()), types.float32)
        zero = float_constant(0.0)
        position = builder.select(builder.fcmp_ordered(">", args[3], zero), args[3], zero)
        position = builder.select(builder.fcmp_ordered("<", position, last_float), position, last_float)
        below = builder.fptosi(position, INT_VECTOR)
        before_last = builder.trunc(builder.sub(last, INDEX(1)), ir.IntType(32))
        undefined = ir.Constant(INT_VECTOR, ir.Undefined)
        limit = builder.shuffle_vector(
            builder.insert_element(undefined, before_last, ir.IntType(32)(0)), undefined, int_constant(0)
        )
        below = builder.select(builder.icmp_signed("<", below, limit), below, limit)
        share = builder.fsub(position, builder.sitofp(below, FLOAT_VECTOR))
        first = address(context, builder, sig.args[0], args[:2])
        pairs = ir.Constant(ir.VectorType(INDEX, LANES), ir.Undefined)  # two neighbors in one load
        for lane in range(LANES):
            number = ir.IntType(32)(lane)
            entry = builder.gep(first, [builder.sext(builder.extract_element(below, number), INDEX)])
            pair = builder.load(builder.bitcast(entry, INDEX.as_pointer()))
            pair.align = 4
            pairs = builder.insert_element(pairs, pair, number)
        both = builder.bitcast(pairs, ir.VectorType(ir.FloatType(), 2 * LANES))
        even, odd = ([2 * lane + n for lane in range(LANES)] for n in (0, 1))
        low, high = (
            builder.shuffle_vector(both, both, ir.Constant(INT_VECTOR, order)) for order in (even, odd)
        )
        return emit_fma(builder, builder.fsub(high, low), share, low)

    return SIMD_VECTOR(table, types.intp, types.intp, SIMD_VECTOR), codegen
