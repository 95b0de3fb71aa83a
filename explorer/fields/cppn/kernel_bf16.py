"""Draft precision for dragging: bfloat16 products by torch, float32 activations between them.

bfloat16 keeps 8 bits of every number: off by a few steps of 255 for calm networks and meaningless for noisy
ones. A block of pixels is a row-major (pixels, hidden) matrix here, which suits the bfloat16 units of CPUs
best; the first and the last step are computed in float32, as in the float32 kernel.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,import-untyped"

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import BFloat16, Float32, Int64, UInt8
from llvmlite import binding

from explorer.fields.cppn.activations import ACTIVATIONS
from explorer.fields.cppn.kernel_f32 import COS, GAUSSIAN, SIN
from explorer.fields.cppn.tiles import load_half, store_half
from explorer.fields.cppn.weights import Network
from explorer.fields.kernels import fastmath
from explorer.fields.kernels.color import palette_numbers, store_color
from explorer.fields.kernels.memory import load, splat
from explorer.fields.kernels.simd import LANES, compiled, fma, source_stamp

BLOCK = 2048  # pixels in a product: always the same number, since its shape may decide the order of its sums

_buffers = threading.local()


def cpu_multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for it (AVX-512 BF16, AMX, or bf16 of ARM); without, it is slower."""
    features = binding.get_host_cpu_features()
    return any(features.get(name, False) for name in ("avx512bf16", "amx-bf16", "bf16"))


@dataclass(frozen=True, eq=False)
class PackedNetworkBF16:
    """A network ready for draft products: widths padded to whole vectors with zero weights."""

    first: Float32[np.ndarray, "inputs padded"]  # the last input is 1, its weights the bias of the moment
    hidden: tuple[BFloat16[torch.Tensor, "padded padded"], ...]  # (fan_in, fan_out)
    last: BFloat16[torch.Tensor, "3 padded"]
    codes: Int64[np.ndarray, " layers"]
    kind: int
    palette: Float32[np.ndarray, " numbers"]
    strip = BLOCK

    @staticmethod
    def of(network: Network, palette: str) -> PackedNetworkBF16:
        """From the weights of a network; the bias row is left zero."""
        first, *hidden, last = network.weights
        width = len(first)
        padded = -(-width // LANES) * LANES
        rows = np.zeros((network.pixel_inputs + 1, padded), np.float32)
        rows[:-1, :width] = first[:, : network.pixel_inputs].T
        room = padded - width
        squares = tuple(_bfloat16(np.pad(matrix.T, (0, room))) for matrix in hidden)
        codes = np.array([ACTIVATIONS.index(name) for name in network.activations], dtype=np.int64)
        return PackedNetworkBF16(
            rows, squares, _bfloat16(np.pad(last, ((0, 0), (0, room)))), codes, *palette_numbers(palette)
        )

    def draw(
        self,
        bias: Float32[np.ndarray, " hidden"],
        pixel_inputs: Float32[np.ndarray, "inputs block"],
        out: UInt8[np.ndarray, "block 3"],
    ) -> None:
        """Fills `BLOCK` pixels."""
        last_layer(_bits(self._last(bias, pixel_inputs)), self.kind, self.palette, out)

    def outputs(
        self,
        bias: Float32[np.ndarray, " hidden"],
        pixel_inputs: Float32[np.ndarray, "inputs block"],
        out: Float32[np.ndarray, "3 block"],
    ) -> None:
        """The last layer's values of `BLOCK` pixels."""
        out[:] = self._last(bias, pixel_inputs).float().numpy()

    def _last(
        self, bias: Float32[np.ndarray, " hidden"], pixel_inputs: Float32[np.ndarray, "inputs block"]
    ) -> BFloat16[torch.Tensor, "3 block"]:
        """The last layer, in this thread's memory."""
        first = self.first.copy()
        first[-1, : len(bias)] = bias
        x, z, last = _thread_buffers(first.shape[1])
        rows = np.append(pixel_inputs, np.ones(BLOCK, np.float32))
        first_layer(rows, first.ravel(), len(first), _bits(x))
        for square, code in zip(self.hidden, self.codes[1:], strict=True):
            torch.mm(x, square, out=z)
            activate(_bits(z), code)
            x, z = z, x
        torch.mm(self.last, x.T, out=last)
        return last


def _bfloat16(matrix: Float32[np.ndarray, "rows columns"]) -> BFloat16[torch.Tensor, "rows columns"]:
    return torch.from_numpy(np.ascontiguousarray(matrix)).to(torch.bfloat16)


def _bits(values: BFloat16[torch.Tensor, "rows columns"]) -> Any:
    """The same memory as flat uint16, for numba."""
    return values.view(torch.uint16).numpy().reshape(-1)


def _thread_buffers(width: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Two (BLOCK, width) matrices and a (3, BLOCK) one, one set per thread, for its last width."""
    if getattr(_buffers, "width", None) != width:
        _buffers.width = width
        _buffers.matrices = tuple(
            torch.empty(shape, dtype=torch.bfloat16) for shape in ((BLOCK, width), (BLOCK, width), (3, BLOCK))
        )
    matrices: tuple[torch.Tensor, torch.Tensor, torch.Tensor] = _buffers.matrices
    return matrices


def _compile_kernels(STAMP: str) -> tuple[Any, Any, Any]:
    """Compiles the steps between the products; STAMP names their sources in the key of numba's cache."""

    def first_layer(pixel_inputs, first, inputs, out):
        """The first layer, a sin. Flat (inputs, points), (inputs, width) and (points, width)."""
        STAMP  # noqa: B018
        points, width = pixel_inputs.size // inputs, first.size // inputs
        for p in range(points):
            for j in range(0, width, LANES):
                z = load(first, j) * splat(pixel_inputs, p)
                for i in range(1, inputs):
                    z = fma(load(first, i * width + j), splat(pixel_inputs, i * points + p), z)
                store_half(out, p * width + j, fastmath.sin(z))

    def activate(values, code):
        """In place; the branch lies outside the loop."""
        STAMP  # noqa: B018
        if code == SIN:
            for i in range(0, values.size, LANES):
                store_half(values, i, fastmath.sin(load_half(values, i)))
        elif code == COS:
            for i in range(0, values.size, LANES):
                store_half(values, i, fastmath.cos(load_half(values, i)))
        elif code == GAUSSIAN:
            for i in range(0, values.size, LANES):
                store_half(values, i, fastmath.gaussian(load_half(values, i)))
        else:
            for i in range(0, values.size, LANES):
                store_half(values, i, fastmath.tanh(load_half(values, i)))

    def last_layer(values, kind, palette, out):
        """Outputs (3, points), flat, to bytes."""
        STAMP  # noqa: B018
        points = values.size // 3
        for p in range(0, points, LANES):
            red, green = load_half(values, p), load_half(values, points + p)
            blue = load_half(values, 2 * points + p)
            store_color(
                fastmath.sigmoid(red), fastmath.sigmoid(green), fastmath.sigmoid(blue), kind, palette, out, p
            )

    return compiled(first_layer), compiled(activate), compiled(last_layer)


first_layer, activate, last_layer = _compile_kernels(source_stamp(Path(__file__).parent))
