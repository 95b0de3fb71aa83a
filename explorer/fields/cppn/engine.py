"""The CPU engine: which kernel draws a network, and one block of pixels through it.

The kernel follows from the shape of the network and the precision alone, and a pixel's bytes from its
coordinates and the moment alone: not from its place in a block, nor from the block's size, thread or order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float32, Int64, UInt8

from explorer.fields.cppn.colour import palette_numbers
from explorer.fields.cppn.exact import NARROW, WIDE, draw_narrow, draw_wide, pack
from explorer.fields.cppn.network import ACTIVATIONS, build

if TYPE_CHECKING:
    from explorer.fields.cppn.settings import CPPN

NARROW_UP_TO = 32  # hidden neurons

# Pixels worth drawing at a time, by kernel: enough to hide the call, whole panels for every width of lane.
BLOCK = {"narrow-f32": 96 * 128, "wide-f32": 96 * 20, "wide-bf16": 2048}


def kernel_name(hidden: int, dtype: torch.dtype) -> str:
    """The kernel for a width and a precision; narrow networks need no draft."""
    if hidden <= NARROW_UP_TO:
        return "narrow-f32"
    return "wide-f32" if dtype == torch.float32 else "wide-bf16"


@dataclass(frozen=True, eq=False)
class Packed:
    """A network as the exact kernels read it."""

    first: Float32[np.ndarray, " first"]  # the last input is 1, its weights the bias of the moment
    hidden: Float32[np.ndarray, " hidden"]
    last: Float32[np.ndarray, " last"]
    codes: Int64[np.ndarray, " layers"]
    kind: int
    palette: Float32[np.ndarray, " numbers"]


@lru_cache(maxsize=4)
def packed(field: CPPN) -> Packed:
    network = build(field)
    tile = NARROW if field.hidden <= NARROW_UP_TO else WIDE
    first, *hidden, last = network.weights
    codes = [ACTIVATIONS.index(name) for name in network.activations]
    flat = [pack(matrix, tile.rows) for matrix in hidden]
    return Packed(
        first[:, :network.placed],
        np.concatenate([np.zeros(0, np.float32), *flat]),
        pack(last, 3),
        np.array(codes, dtype=np.int64),
        *palette_numbers(field.palette),
    )


def draw_exact(field, bias, placed, out):
    p = packed(field)
    narrow = field.hidden <= NARROW_UP_TO
    tile = NARROW if narrow else WIDE
    inputs, points = placed.shape
    whole = -(-points // tile.panel) * tile.panel
    rows = np.empty((inputs + 1, whole), np.float32)
    rows[:-1, :points] = placed
    rows[:-1, points:] = 0
    rows[-1] = 1
    first = pack(np.column_stack((p.first, bias)), tile.rows)
    straight = whole == points and out.flags.c_contiguous
    pixels = out if straight else np.empty((whole, 3), np.uint8)
    (draw_narrow if narrow else draw_wide)(rows, first, p.hidden, p.last, field.hidden, p.codes, p.kind, p.palette, pixels)
    if not straight:
        out[:] = pixels[:points]
