"""The matrix product of a small tile in registers, and vectors of bfloat16."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,import-untyped,untyped-decorator,misc"

from __future__ import annotations

from llvmlite import ir
from numba import types

from explorer.fields.kernels.memory import INDEX, address, load_vector
from explorer.fields.kernels.simd import (
    FLOAT_VECTOR,
    LANES,
    SIMD_VECTOR,
    emit_fma,
    float_constant,
    int_constant,
    intrinsic,
    to_vector,
)

HALVES = ir.VectorType(ir.IntType(16), LANES)


@intrinsic
def load_half(typing, array, index):
    """The vector of bfloat16 that starts at `array[index]`; array is flat uint16."""

    def codegen(context, builder, sig, args):
        halves = builder.load(address(context, builder, sig.args[0], args, HALVES), align=2)
        bits = builder.shl(builder.zext(halves, int_constant(0).type), int_constant(16))
        return builder.bitcast(bits, FLOAT_VECTOR)

    return SIMD_VECTOR(array, types.intp), codegen


@intrinsic
def store_half(typing, array, index, value):
    """Writes a vector as bfloat16 (rounded to nearest) from `array[index]` on."""

    def codegen(context, builder, sig, args):
        bits = builder.bitcast(args[2], int_constant(0).type)
        rounded = builder.add(bits, int_constant(0x8000))
        halves = builder.trunc(builder.lshr(rounded, int_constant(16)), HALVES)
        builder.store(halves, address(context, builder, sig.args[0], args[:2], HALVES), align=2)
        return context.get_dummy_value()

    return types.void(array, types.intp, SIMD_VECTOR), codegen


@intrinsic(prefer_literal=True)
def product(typing, weights, w, inputs, x, outputs, z, terms, rows, vectors):
    """z[row, v] = sum over k of weights[k, row] inputs[k, v], for `rows` x `vectors` vectors in registers.

    Every sum runs over k in order, one fma per term: the same bits for any shape of tile. `w`, `x` and `z`
    are where the tile starts in three flat float32 arrays: weights (terms, rows), inputs (terms, vectors *
    LANES), outputs (rows, vectors * LANES).
    """
    height, width = rows.literal_value, vectors.literal_value

    def codegen(context, builder, sig, args):
        starts = [address(context, builder, sig.args[i], args[i : i + 2]) for i in (0, 2, 4)]
        sums = _emit_sums(builder, starts[0], starts[1], args[6], height, width)
        for i, total in enumerate(sums):
            pointer = builder.gep(starts[2], [INDEX(i * LANES)])
            builder.store(total, builder.bitcast(pointer, FLOAT_VECTOR.as_pointer()), align=4)
        return context.get_dummy_value()

    index = types.intp
    return types.void(weights, index, inputs, index, outputs, index, index, rows, vectors), codegen


def _emit_sums(builder, weights, inputs, terms, height, width):
    """The loop over k of `product`; its sums are phi nodes, one register each."""
    before, loop, after = builder.block, *(builder.append_basic_block(n) for n in ("terms", "summed"))
    builder.branch(loop)
    builder.position_at_end(loop)
    k = builder.phi(INDEX)
    k.add_incoming(INDEX(0), before)
    sums = [builder.phi(FLOAT_VECTOR) for _ in range(height * width)]
    w_row = builder.gep(weights, [builder.mul(k, INDEX(height))])
    x_row = builder.gep(inputs, [builder.mul(k, INDEX(width * LANES))])
    pointers = [builder.gep(x_row, [INDEX(v * LANES)]) for v in range(width)]
    x = [load_vector(builder, builder.bitcast(pointer, FLOAT_VECTOR.as_pointer())) for pointer in pointers]
    totals = []
    for row in range(height):
        w = to_vector(builder, builder.load(builder.gep(w_row, [INDEX(row)])), types.float32)
        totals += [emit_fma(builder, w, x[v], sums[row * width + v]) for v in range(width)]
    following = builder.add(k, INDEX(1))
    k.add_incoming(following, loop)
    for phi, total in zip(sums, totals, strict=True):
        phi.add_incoming(float_constant(0.0), before)
        phi.add_incoming(total, loop)
    builder.cbranch(builder.icmp_signed("<", following, terms), loop, after)
    builder.position_at_end(after)
    return totals
