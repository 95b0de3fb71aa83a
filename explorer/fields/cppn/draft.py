"""Draft precision for dragging: bfloat16 products by torch, activations in float32 between them.

bfloat16 keeps 8 bits of every number: off by a few steps of 255 for calm networks and meaningless for noisy
ones. A block of pixels is a row-major (pixels, hidden) matrix here, which the products of CPUs with bfloat16
units like best; the first and the last step are the ones of the exact kernel.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import torch

from explorer.fields.cppn import fastmath
from explorer.fields.cppn.colour import paint
from explorer.fields.cppn.exact import COS, GAUSSIAN, SIN
from explorer.fields.cppn.lanes import LANES, compiled, fma, inlined, source_stamp
from explorer.fields.cppn.tiles import load, load_half, splat, store_half

_buffers = threading.local()


@inlined
def _activated(z, code):
    if code == SIN:
        return fastmath.sin(z)
    if code == COS:
        return fastmath.cos(z)
    return fastmath.gaussian(z) if code == GAUSSIAN else fastmath.tanh(z)
