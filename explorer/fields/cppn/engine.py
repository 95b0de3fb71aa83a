"""The CPU engine: which kernel draws a network, and a block of pixels through it.

The kernel follows from the shape of the network and the precision, and a pixel's bytes from its coordinates
and the moment alone: not from its place in a block, nor from the block's length, its thread or the order.
"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from explorer.fields.cppn import kernel_bf16
from explorer.fields.cppn.kernel_bf16 import DraftNetwork
from explorer.fields.cppn.kernel_f32 import NARROW, WIDE, ExactNetwork
from explorer.fields.cppn.network import Network
from explorer.fields.kernels.panels import in_whole_panels

NARROW_UP_TO = 32  # hidden neurons
DRAFT_FROM = 128  # hidden neurons; below, moving bfloat16 about costs more than its products save

# Pixels worth drawing in one call, by kernel: enough to hide its cost, whole panels for any number of lanes.
BLOCK = {"narrow-f32": 96 * 128, "wide-f32": 96 * 20, "wide-bf16": kernel_bf16.BLOCK}


def kernel_name(hidden: int, dtype: torch.dtype) -> str:
    """The kernel for a width and a precision. Small networks gain nothing by a draft, nor do older CPUs."""
    if dtype == torch.bfloat16 and hidden >= DRAFT_FROM and kernel_bf16.cpu_multiplies_bfloat16():
        return "wide-bf16"
    return "narrow-f32" if hidden <= NARROW_UP_TO else "wide-f32"


@lru_cache(maxsize=4)
def packed(network: Network, palette: str, kernel: str) -> ExactNetwork | DraftNetwork:
    """A network in the form that a kernel reads."""
    if kernel == "wide-bf16":
        return DraftNetwork.of(network, palette)
    return ExactNetwork.of(network, palette, NARROW if kernel == "narrow-f32" else WIDE)


def draw(
    network: Network,
    palette: str,
    bias: Float32[np.ndarray, " hidden"],
    placed: Float32[np.ndarray, "inputs points"],
    out: UInt8[np.ndarray, "points 3"],
    dtype: torch.dtype,
) -> None:
    """Fill `out` with the pixels at `placed`, at the moment whose folded controls are `bias`.

    Any number of points; `BLOCK` of them cost least. One thread, without the GIL while it computes.
    """
    ready = packed(network, palette, kernel_name(len(bias), dtype))
    step = kernel_bf16.BLOCK if isinstance(ready, DraftNetwork) else len(out)
    for start in range(0, len(out), max(step, 1)):
        part = slice(start, start + step)
        in_whole_panels(partial(ready.draw, bias), placed[:, part], out[part], ready.panel)
