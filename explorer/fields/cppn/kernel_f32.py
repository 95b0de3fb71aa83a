"""The whole network in float32, one strip of pixels at a time: the kernel of exports.

A strip (24 to 96 pixels) goes through all layers before the next one starts, so the values between two layers
stay in the first-level cache, and only the weights are streamed. Each tile of a layer is a matrix product in
registers, activated while it is still in the cache.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from explorer.fields.cppn.activations import ACTIVATIONS
from explorer.fields.cppn.tiles import product
from explorer.fields.cppn.weights import Network
from explorer.fields.kernels import fastmath
from explorer.fields.kernels.color import palette_numbers, store_color
from explorer.fields.kernels.memory import load, store
from explorer.fields.kernels.padding import flat_view
from explorer.fields.kernels.simd import LANES, WIDE_REGISTERS, broadcast, compiled, inlined, source_stamp

SIN, COS, GAUSSIAN, TANH = range(4)  # the order of weights.ACTIVATIONS


@dataclass(frozen=True)
class Tile:
    """Shape of the product in registers: rows of the matrix x vectors of pixels."""

    rows: int
    vectors: int

    @property
    def strip(self) -> int:
        """Pixels that go through the network together."""
        return self.vectors * LANES


# As many sums as there are registers for: 24 of 32 with AVX-512, 12 of 16 with AVX2.
NARROW = Tile(4, 6) if WIDE_REGISTERS else Tile(4, 3)
WIDE = Tile(8, 3) if WIDE_REGISTERS else Tile(4, 3)


def pack(matrix: Float32[np.ndarray, "fan_out fan_in"], rows: int) -> Float32[np.ndarray, " packed"]:
    """A matrix as `product` reads it: `rows` rows at a time, column by column, zeros at the end."""
    height, width = matrix.shape
    whole = -(-height // rows) * rows
    padded = np.zeros((whole, width), np.float32)
    padded[:height] = matrix
    return np.ascontiguousarray(padded.reshape(whole // rows, rows, width).transpose(0, 2, 1)).ravel()


@inlined
def activate(values, start, count, code):
    """Activates `count` vectors of a flat array in place."""
    if code == SIN:
        for i in range(start, start + count * LANES, LANES):
            store(values, i, fastmath.sin(load(values, i)))
    elif code == COS:
        for i in range(start, start + count * LANES, LANES):
            store(values, i, fastmath.cos(load(values, i)))
    elif code == GAUSSIAN:
        for i in range(start, start + count * LANES, LANES):
            store(values, i, fastmath.gaussian(load(values, i)))
    else:
        for i in range(start, start + count * LANES, LANES):
            store(values, i, fastmath.tanh(load(values, i)))


@inlined
def aligned(size):
    """An uninitialised float32 array that starts on a cache line."""
    values = np.empty(size + 16, np.float32)
    skip = (64 - values.ctypes.data % 64) % 64 // 4
    return values[skip : skip + size]


def compile_kernel(tile: Tile) -> Any:
    """Compiles `draw` for a tile.

    pixel_inputs: flat, rows of `inputs` at equal distances; first, hidden, last: packed weights, first with
    the bias as its last column; codes: the activation of each hidden layer, all `width` wide; kind, palette:
    see `palette_numbers`; out (points, 3): a multiple of the strip; outputs: empty, or three flat rows that
    take the last layer as it is, in place of bytes.
    """
    ROWS, VECTORS, STRIP = tile.rows, tile.vectors, tile.strip
    STAMP = source_stamp(Path(__file__).parent)

    def draw(pixel_inputs, inputs, first, hidden, last, width, codes, kind, palette, out, outputs):
        STAMP  # noqa: B018 - names the sources in the key of numba's cache
        points = max(out.shape[0], outputs.size // 3)
        row = (pixel_inputs.size - points) // max(1, inputs - 1)
        blocks = -(-width // ROWS)
        size = max(blocks * ROWS, inputs + 1) * STRIP
        buffer = aligned(2 * size)
        for start in range(0, points, STRIP):
            for p in range(0, STRIP, LANES):
                for i in range(inputs):
                    store(buffer, i * STRIP + p, load(pixel_inputs, i * row + start + p))
                store(buffer, inputs * STRIP + p, broadcast(1.0))
            x, z = 0, size
            weights, w, terms = first, 0, inputs + 1
            for layer in range(codes.size):
                for block in range(blocks):
                    to = z + block * ROWS * STRIP
                    product(weights, w, buffer, x, buffer, to, terms, ROWS, VECTORS)
                    activate(buffer, to, ROWS * VECTORS, codes[layer])
                    w += terms * ROWS
                if layer == 0:
                    weights, w, terms = hidden, 0, width
                x, z = z, x
            product(last, 0, buffer, x, buffer, z, width, 3, VECTORS)
            for p in range(0, STRIP, LANES):
                red, green = load(buffer, z + p), load(buffer, z + STRIP + p)
                blue = load(buffer, z + 2 * STRIP + p)
                if outputs.size:
                    store(outputs, start + p, red)
                    store(outputs, points + start + p, green)
                    store(outputs, 2 * points + start + p, blue)
                    continue
                store_color(
                    fastmath.sigmoid(red),
                    fastmath.sigmoid(green),
                    fastmath.sigmoid(blue),
                    kind,
                    palette,
                    out,
                    start + p,
                )

    return compiled(draw)


NO_OUTPUTS, NO_BYTES = np.empty(0, np.float32), np.empty((0, 3), np.uint8)
draw_narrow = compile_kernel(NARROW)
draw_wide = compile_kernel(WIDE)


@dataclass(frozen=True, eq=False)
class PackedNetworkF32:
    """A network packed for the float32 kernel of one shape of tile."""

    tile: Tile
    first: Float32[np.ndarray, "hidden inputs"]  # the columns of the first layer for the inputs of a pixel
    hidden: Float32[np.ndarray, " hidden"]
    last: Float32[np.ndarray, " last"]
    codes: Int64[np.ndarray, " layers"]
    kind: int
    palette: Float32[np.ndarray, " numbers"]

    @staticmethod
    def of(network: Network, palette: str, tile: Tile) -> PackedNetworkF32:
        """From the weights of a network."""
        first, *hidden, last = network.weights
        packed = [np.zeros(0, np.float32), *[pack(matrix, tile.rows) for matrix in hidden]]
        codes = np.array([ACTIVATIONS.index(name) for name in network.activations], dtype=np.int64)
        return PackedNetworkF32(
            tile,
            first[:, : network.pixel_inputs],
            np.concatenate(packed),
            pack(last, 3),
            codes,
            *palette_numbers(palette),
        )

    @property
    def strip(self) -> int:
        """Pixels that go through the network together."""
        return self.tile.strip

    def draw(
        self,
        bias: Float32[np.ndarray, " hidden"],
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        out: UInt8[np.ndarray, "points 3"],
    ) -> None:
        """Fills whole strips of pixels; rows of `pixel_inputs` are at equal distances."""
        first = pack(np.column_stack((self.first, bias)), self.tile.rows)
        kernel = draw_narrow if self.tile == NARROW else draw_wide
        weights = (first, self.hidden, self.last, len(bias), self.codes)
        kernel(flat_view(pixel_inputs), len(pixel_inputs), *weights, self.kind, self.palette, out, NO_OUTPUTS)

    def outputs(
        self,
        bias: Float32[np.ndarray, " hidden"],
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        out: Float32[np.ndarray, "3 points"],
    ) -> None:
        """The last layer's values of whole strips of pixels; `out` is contiguous."""
        first = pack(np.column_stack((self.first, bias)), self.tile.rows)
        kernel = draw_narrow if self.tile == NARROW else draw_wide
        weights = (first, self.hidden, self.last, len(bias), self.codes)
        flat = flat_view(pixel_inputs)
        kernel(flat, len(pixel_inputs), *weights, self.kind, self.palette, NO_BYTES, out.ravel())
