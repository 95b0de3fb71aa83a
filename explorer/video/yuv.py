"""RGB frames as video stores them: BT.709 luma and chroma in video range, chroma at half size (4:2:0).

    Y' = 0.2126 R' + 0.7152 G' + 0.0722 B'                       (ITU-R BT.709-6, part 3)
    Y  = 16 + 219 Y',   Cb = 128 + 224 (B' - Y') / 1.8556,   Cr = 128 + 224 (R' - Y') / 1.5748

A chroma sample lies on every second column, between two rows ("left", what H.264 and its players expect
by default), so it is the mean of two rows and of three columns weighted 1, 2, 1.
"""
# mypy: disable-error-code="untyped-decorator,no-untyped-def,import-untyped,call-arg"

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from explorer.compilation import compiled
from explorer.fields.srgb import LUMINANCE

ONE = 1 << 16  # fixed point: sums stay within 32 bits, and are rounded once, at the end
RED, GREEN, BLUE = LUMINANCE
LUMA, CHROMA = ONE * 219 / 255, ONE * 224 / 255
WEIGHTS = 8  # a chroma sample adds two rows of 1, 2, 1

Y_RED, Y_BLUE = round(LUMA * RED), round(LUMA * BLUE)
Y_GREEN = round(LUMA) - Y_RED - Y_BLUE  # so that white is exactly 235 ...
CB_RED, CB_GREEN = (round(-CHROMA * part / (2 * (1 - BLUE)) / WEIGHTS) for part in (RED, GREEN))
CB_BLUE = -CB_RED - CB_GREEN  # ... and that grays have no color
CR_GREEN, CR_BLUE = (round(-CHROMA * part / (2 * (1 - RED)) / WEIGHTS) for part in (GREEN, BLUE))
CR_RED = -CR_GREEN - CR_BLUE
BLACK, NEUTRAL = 16 * ONE + ONE // 2, 128 * ONE + ONE // 2


def yuv420(frame: UInt8[np.ndarray, "height width 3"]) -> UInt8[np.ndarray, " bytes"]:
    """The planes Y, Cb, Cr of a frame with even sides, one after the other: 12 bits a pixel."""
    height, width, _ = frame.shape
    planes = np.empty(height * width * 3 // 2, np.uint8)
    luma, chroma = planes[: height * width], planes[height * width :]
    _convert(
        np.ascontiguousarray(frame), luma.reshape(height, width), chroma.reshape(2, height // 2, width // 2)
    )
    return planes


VECTOR_PIXELS = 16  # pixels whose channels are separated by shuffles of vectors


@intrinsic
def _split_channels(typing, pixels, start, colors, offset, width):
    """Put the reds, greens and blues of `VECTOR_PIXELS` pixels from `start` on at `offset`, `width` apart."""
    byte, index = ir.IntType(8), ir.IntType(64)

    def codegen(context, builder, sig, args):
        source, target = (context.make_array(sig.args[n])(context, builder, args[n]).data for n in (0, 2))
        three = ir.VectorType(byte, 3 * VECTOR_PIXELS)
        begin = builder.gep(source, [builder.mul(args[1], index(3))])
        mixed = builder.load(builder.bitcast(begin, three.as_pointer()), align=1)
        for color in range(3):
            order = [color + 3 * n for n in range(VECTOR_PIXELS)]
            mask = ir.Constant(ir.VectorType(ir.IntType(32), VECTOR_PIXELS), order)
            one = builder.shuffle_vector(mixed, mixed, mask)
            to = builder.gep(target, [builder.add(args[3], builder.mul(args[4], index(color)))])
            builder.store(one, builder.bitcast(to, one.type.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(pixels, types.intp, colors, types.intp, types.intp), codegen


def _fill(frame, luma, chroma):
    height, width, _ = frame.shape
    pixels, whole = frame.reshape(-1), width - width % VECTOR_PIXELS
    colors = np.empty((2, 3, width), np.uint8)  # of two rows, channel by channel: that makes the loops fast
    blue, red = np.empty(width + 1, np.int32), np.empty(width + 1, np.int32)
    for y in range(0, height, 2):
        for n in range(2):
            for x in range(0, whole, VECTOR_PIXELS):
                _split_channels(pixels, (y + n) * width + x, colors, 3 * n * width + x, width)
            for x in range(whole, width):
                for color in range(3):
                    colors[n, color, x] = frame[y + n, x, color]
            r, g, b = colors[n]
            for x in range(width):
                luma[y + n, x] = np.int32(Y_RED * r[x] + Y_GREEN * g[x] + Y_BLUE * b[x] + BLACK) >> 16
        (r, g, b), (r_below, g_below, b_below) = colors
        for x in range(width):
            r_both, g_both, b_both = r[x] + r_below[x], g[x] + g_below[x], b[x] + b_below[x]
            blue[x + 1] = CB_RED * r_both + CB_GREEN * g_both + CB_BLUE * b_both
            red[x + 1] = CR_RED * r_both + CR_GREEN * g_both + CR_BLUE * b_both
        blue[0], red[0] = blue[1], red[1]  # left of the edge: as at the edge
        for n in range(width // 2):
            x = 2 * n + 1
            chroma[0, y // 2, n] = np.int32(blue[x - 1] + 2 * blue[x] + blue[x + 1] + NEUTRAL) >> 16
            chroma[1, y // 2, n] = np.int32(red[x - 1] + 2 * red[x] + red[x + 1] + NEUTRAL) >> 16


_convert = compiled(_fill)
