"""The CPU engine: which kernel draws a network, and a block of pixels through it.

The kernel follows from the shape of the network and the precision, and a pixel's bytes from its coordinates
and the moment alone: not from its position in a block, the length of the block, the thread or the order.
"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from explorer.fields.cppn import kernel_bf16
from explorer.fields.cppn.kernel_bf16 import PackedNetworkBF16
from explorer.fields.cppn.kernel_f32 import NARROW, WIDE, PackedNetworkF32
from explorer.fields.cppn.weights import Network
from explorer.fields.kernels.padding import draw_padded

MAX_NARROW_HIDDEN = 32  # hidden neurons
MIN_BF16_HIDDEN = 128  # hidden neurons; below, converting to bfloat16 costs more than its products save

# Pixels worth drawing in one call, by kernel: enough to hide its cost, whole strips for any number of lanes.
BLOCK = {"narrow-f32": 96 * 128, "wide-f32": 96 * 20, "wide-bf16": kernel_bf16.BLOCK}


def kernel_name(hidden: int, dtype: torch.dtype) -> str:
    """The kernel for a width and a precision. Small networks gain nothing by a draft, nor do older CPUs."""
    if dtype == torch.bfloat16 and hidden >= MIN_BF16_HIDDEN and kernel_bf16.cpu_multiplies_bfloat16():
        return "wide-bf16"
    return "narrow-f32" if hidden <= MAX_NARROW_HIDDEN else "wide-f32"


@lru_cache(maxsize=4)
def packed(network: Network, palette: str, kernel: str) -> PackedNetworkF32 | PackedNetworkBF16:
    """A network in the form that a kernel reads."""
    if kernel == "wide-bf16":
        return PackedNetworkBF16.of(network, palette)
    return PackedNetworkF32.of(network, palette, NARROW if kernel == "narrow-f32" else WIDE)


def draw(
    network: Network,
    palette: str,
    bias: Float32[np.ndarray, " hidden"],
    pixel_inputs: Float32[np.ndarray, "inputs points"],
    out: UInt8[np.ndarray, "points 3"],
    dtype: torch.dtype,
) -> None:
    """Fill `out` with the pixels of `pixel_inputs`, at the moment whose folded controls are `bias`.

    Any number of points; `BLOCK` of them cost least. One thread, without the GIL while it computes.
    """
    packed_network = packed(network, palette, kernel_name(len(bias), dtype))
    step = kernel_bf16.BLOCK if isinstance(packed_network, PackedNetworkBF16) else len(out)
    for start in range(0, len(out), max(step, 1)):
        part = slice(start, start + step)
        draw_padded(
            partial(packed_network.draw, bias), pixel_inputs[:, part], out[part], packed_network.strip
        )


def draw_outputs(
    network: Network,
    bias: Float32[np.ndarray, " hidden"],
    pixel_inputs: Float32[np.ndarray, "inputs points"],
    out: Float32[np.ndarray, "3 points"],
    dtype: torch.dtype,
) -> None:
    """Fill `out` with the three outputs of the network before the sigmoid. See `draw`."""
    packed_network = packed(network, "rgb", kernel_name(len(bias), dtype))
    points = out.shape[1]
    step = kernel_bf16.BLOCK if isinstance(packed_network, PackedNetworkBF16) else points
    for start in range(0, points, max(step, 1)):
        part = slice(start, min(start + step, points))
        count = part.stop - start
        padded = -(-count // packed_network.strip) * packed_network.strip
        if padded == points and out.flags.c_contiguous:
            packed_network.outputs(bias, pixel_inputs, out)
            return
        rows = np.zeros((len(pixel_inputs), padded), np.float32)
        rows[:, :count] = pixel_inputs[:, part]
        outputs = np.empty((3, padded), np.float32)
        packed_network.outputs(bias, rows, outputs)
        out[:, part] = outputs[:, :count]
