"""RGB frames as video stores them: BT.709 luma and chroma in video range, chroma at half size (4:2:0).

    Y' = 0.2126 R' + 0.7152 G' + 0.0722 B'                       (ITU-R BT.709-6, part 3)
    Y  = 16 + 219 Y',   Cb = 128 + 224 (B' - Y') / 1.8556,   Cr = 128 + 224 (R' - Y') / 1.5748

A chroma sample lies on every second column, between two rows ("left", what H.264 and its players expect
unless told otherwise), so it is the mean of two rows and of three columns weighted 1, 2, 1.
"""
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import inspect
from typing import Any

import numba
import numpy as np
from jaxtyping import UInt8

ONE = 1 << 16  # fixed point: sums stay within 32 bits, and are rounded once, at the end
RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
LUMA, CHROMA = ONE * 219 / 255, ONE * 224 / 255
WEIGHTS = 8  # a chroma sample adds two rows of 1, 2, 1

Y_RED, Y_BLUE = round(LUMA * RED), round(LUMA * BLUE)
Y_GREEN = round(LUMA) - Y_RED - Y_BLUE  # so that white is exactly 235 ...
CB_RED, CB_GREEN = (round(-CHROMA * part / (2 * (1 - BLUE)) / WEIGHTS) for part in (RED, GREEN))
CB_BLUE = -CB_RED - CB_GREEN  # ... and that greys have no colour
CR_GREEN, CR_BLUE = (round(-CHROMA * part / (2 * (1 - RED)) / WEIGHTS) for part in (GREEN, BLUE))
CR_RED = -CR_GREEN - CR_BLUE
BLACK, NEUTRAL = 16 * ONE + ONE // 2, 128 * ONE + ONE // 2


def yuv420(frame: UInt8[np.ndarray, "height width 3"]) -> UInt8[np.ndarray, " bytes"]:
    """The planes Y, Cb, Cr of a frame with even sides, one after the other: 12 bits a pixel."""
    height, width, _ = frame.shape
    planes = np.empty(height * width * 3 // 2, np.uint8)
    luma, chroma = planes[: height * width], planes[height * width :]
    _convert(frame, luma.reshape(height, width), chroma.reshape(2, height // 2, width // 2))
    return planes


def _fill(frame, luma, chroma):  # type: ignore[no-untyped-def]
    width = frame.shape[1]
    rows = np.empty((2, 3, width), np.int32)  # two rows, their colours apart: what makes the loops fast
    blue, red = np.empty(width + 1, np.int32), np.empty(width + 1, np.int32)
    for y in range(0, frame.shape[0], 2):
        for n in range(2):
            r, g, b = rows[n]
            for x in range(width):
                r[x], g[x], b[x] = frame[y + n, x, 0], frame[y + n, x, 1], frame[y + n, x, 2]
            for x in range(width):
                luma[y + n, x] = np.int32(Y_RED * r[x] + Y_GREEN * g[x] + Y_BLUE * b[x] + BLACK) >> 16
        r, g, b = rows[0]
        for x in range(width):
            r[x], g[x], b[x] = r[x] + rows[1, 0, x], g[x] + rows[1, 1, x], b[x] + rows[1, 2, x]
            blue[x + 1] = CB_RED * r[x] + CB_GREEN * g[x] + CB_BLUE * b[x]
            red[x + 1] = CR_RED * r[x] + CR_GREEN * g[x] + CR_BLUE * b[x]
        blue[0], red[0] = blue[1], red[1]  # left of the edge: as at the edge
        for n in range(width // 2):
            x = 2 * n + 1
            chroma[0, y // 2, n] = np.int32(blue[x - 1] + 2 * blue[x] + blue[x + 1] + NEUTRAL) >> 16
            chroma[1, y // 2, n] = np.int32(red[x - 1] + 2 * red[x] + red[x + 1] + NEUTRAL) >> 16


def _compiled(function: Any) -> Any:
    """Releases the GIL; cached on disk where a folder can be written."""
    function = inspect.unwrap(function)  # numba reads the plain function, whatever checks are wrapped around
    try:
        return numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no folder for its cache
        return numba.njit(nogil=True)(function)


_convert = _compiled(_fill)
