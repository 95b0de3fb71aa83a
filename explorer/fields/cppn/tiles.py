"""Vectors in and out of memory, and the matrix product of a small tile that stays in registers."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,import-untyped,untyped-decorator,misc"

from __future__ import annotations

from llvmlite import ir
from numba import types

from explorer.fields.cppn.lanes import (
    FLOATS,
    LANES,
    LANES_TYPE,
    emit_fma,
    floats,
    integers,
    intrinsic,
    spread,
)

HALVES = ir.VectorType(ir.IntType(16), LANES)
BYTES = ir.VectorType(ir.IntType(8), LANES)
INDEX = ir.IntType(64)


def address(context, builder, array_type, place, element=None):
    """Pointer to `array[index]`, place being (array, index); seen as a pointer to `element` when given."""
    array, index = place
    pointer = builder.gep(context.make_array(array_type)(context, builder, array).data, [index])
    return pointer if element is None else builder.bitcast(pointer, element.as_pointer())


def _load(builder, pointer):
    value = builder.load(pointer)
    value.align = 4
    return value


@intrinsic
def load(typing, array, index):
    """The vector that starts at `array[index]`; array is flat float32."""

    def codegen(context, builder, sig, args):
        return _load(builder, address(context, builder, sig.args[0], args, FLOATS))

    return LANES_TYPE(array, types.intp), codegen


@intrinsic
def store(typing, array, index, value):
    """Writes a vector from `array[index]` on; array is flat float32."""

    def codegen(context, builder, sig, args):
        builder.store(args[2], address(context, builder, sig.args[0], args[:2], FLOATS), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, LANES_TYPE), codegen


@intrinsic
def splat(typing, array, index):
    """`array[index]` in every lane."""

    def codegen(context, builder, sig, args):
        value = builder.load(address(context, builder, sig.args[0], args))
        return spread(builder, value, types.float32)

    return LANES_TYPE(array, types.intp), codegen


@intrinsic
def load_half(typing, array, index):
    """The vector of bfloat16 that starts at `array[index]`; array is flat uint16."""

    def codegen(context, builder, sig, args):
        halves = builder.load(address(context, builder, sig.args[0], args, HALVES), align=2)
        bits = builder.shl(builder.zext(halves, integers(0).type), integers(16))
        return builder.bitcast(bits, FLOATS)

    return LANES_TYPE(array, types.intp), codegen


@intrinsic
def store_half(typing, array, index, value):
    """Writes a vector as bfloat16 (rounded to nearest) from `array[index]` on."""

    def codegen(context, builder, sig, args):
        bits = builder.bitcast(args[2], integers(0).type)
        rounded = builder.add(bits, integers(0x8000))
        halves = builder.trunc(builder.lshr(rounded, integers(16)), HALVES)
        builder.store(halves, address(context, builder, sig.args[0], args[:2], HALVES), align=2)
        return context.get_dummy_value()

    return types.void(array, types.intp, LANES_TYPE), codegen


@intrinsic
def store_rgb(typing, out, pixel, red, green, blue):
    """Writes three vectors of values in [0, 256) as bytes r, g, b, r, ... from row `pixel` of `out` on."""

    def codegen(context, builder, sig, args):
        r, g, b = (builder.trunc(builder.fptosi(v, integers(0).type), BYTES) for v in args[2:])
        order = [LANES * (i % 3) + i // 3 for i in range(3 * LANES)]
        mask = ir.Constant(ir.VectorType(ir.IntType(32), 2 * LANES), list(range(2 * LANES)))
        pair = builder.shuffle_vector(r, g, mask)
        last = builder.shuffle_vector(b, b, mask)
        mask = ir.Constant(ir.VectorType(ir.IntType(32), 3 * LANES), order)
        mixed = builder.shuffle_vector(pair, last, mask)
        first = builder.mul(args[1], INDEX(3))
        builder.store(mixed, address(context, builder, sig.args[0], (args[0], first), mixed.type), align=1)
        return context.get_dummy_value()

    return types.void(out, types.intp, LANES_TYPE, LANES_TYPE, LANES_TYPE), codegen


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
            builder.store(total, builder.bitcast(pointer, FLOATS.as_pointer()), align=4)
        return context.get_dummy_value()

    place = types.intp
    return types.void(weights, place, inputs, place, outputs, place, place, rows, vectors), codegen


def _emit_sums(builder, weights, inputs, terms, height, width):
    """The loop over k of `product`; its sums are phi nodes, one register each."""
    before, loop, after = builder.block, *(builder.append_basic_block(n) for n in ("terms", "summed"))
    builder.branch(loop)
    builder.position_at_end(loop)
    k = builder.phi(INDEX)
    k.add_incoming(INDEX(0), before)
    sums = [builder.phi(FLOATS) for _ in range(height * width)]
    w_row = builder.gep(weights, [builder.mul(k, INDEX(height))])
    x_row = builder.gep(inputs, [builder.mul(k, INDEX(width * LANES))])
    places = [builder.gep(x_row, [INDEX(v * LANES)]) for v in range(width)]
    x = [_load(builder, builder.bitcast(place, FLOATS.as_pointer())) for place in places]
    totals = []
    for row in range(height):
        w = spread(builder, builder.load(builder.gep(w_row, [INDEX(row)])), types.float32)
        totals += [emit_fma(builder, w, x[v], sums[row * width + v]) for v in range(width)]
    following = builder.add(k, INDEX(1))
    k.add_incoming(following, loop)
    for phi, total in zip(sums, totals, strict=True):
        phi.add_incoming(floats(0.0), before)
        phi.add_incoming(total, loop)
    builder.cbranch(builder.icmp_signed("<", following, terms), loop, after)
    builder.position_at_end(after)
    return totals
