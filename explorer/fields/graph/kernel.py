"""The CPU kernel: an interpreter that takes a strip of pixels through the nodes of a graph, in order.

The values of a strip stay in the first-level cache: a row for each input and node, and a row is used again
once no later node takes from it. Each node is one loop over the vectors of the strip.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from explorer.fields.graph import formulas
from explorer.fields.graph.formulas import DELAY, FOURIER, TIME_CIRCLE
from explorer.fields.graph.network import INPUTS, Graph
from explorer.fields.graph.timeline import DELAYS
from explorer.fields.kernels.memory import load, look_up, store, store_rgb
from explorer.fields.kernels.simd import LANES, broadcast, compiled, fma, inlined, source_stamp

VECTORS = 8  # in a strip
STRIP = VECTORS * LANES
CURVE_STEPS = 8  # of the curve of the sound in one step of its delays
POSITIONS = (DELAYS - 1) * CURVE_STEPS + 1  # on that curve
NO_PLANES, NO_PIXELS = np.zeros((1, 0), np.float32), np.zeros((0, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Program:
    """A graph with a row of the buffer for every value."""

    codes: Int64[np.ndarray, " nodes"]
    sources: Int64[np.ndarray, "nodes 4"]
    targets: Int64[np.ndarray, " nodes"]
    weights: Float32[np.ndarray, "nodes 8"]
    outputs: Int64[np.ndarray, " outputs"]
    rows: int

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What `draw` takes, in order."""
        return self.codes, self.sources, self.targets, self.weights, self.outputs, self.rows

    @staticmethod
    def of(graph: Graph) -> Program:
        """Assigns rows: a node takes a row whose value is not needed after it, or a new one."""
        row = {value: value for value in range(len(INPUTS))}
        free: list[int] = []
        rows = len(INPUTS)
        sources, targets = np.zeros_like(graph.sources), np.zeros(len(graph.codes), np.int64)
        for node, last_uses in enumerate(graph.last_uses):
            sources[node] = [row[int(value)] for value in graph.sources[node]]
            free.extend(row[value] for value in last_uses if value in row)
            if free:
                targets[node] = free.pop()
            else:
                targets[node], rows = rows, rows + 1
            row[len(INPUTS) + node] = int(targets[node])
        outputs = np.array([row[value] for value in graph.outputs])
        return Program(graph.codes, sources, targets, graph.weights, outputs, rows)


def _node(activation: Any) -> Any:
    """The loop of one activation over a strip."""

    @inlined
    def run(values, a, b, c, d, to, w, size):
        """Rows start at a, b, c, d and `to`."""
        for i in range(0, size, LANES):
            sources = load(values, a + i), load(values, b + i), load(values, c + i), load(values, d + i)
            z = formulas.weighted(sources[0], sources[1], sources[2], sources[3], w)
            store(values, to + i, formulas.standardized(activation(z), w))

    return run


(run_sine, run_cosine, run_gaussian, run_hyperbolic, run_ridge, run_step, run_absolute, run_triangle,
 run_wavelet, run_identity) = map(_node, formulas.ACTIVATIONS)  # fmt: skip


@inlined
def run_node(code, values, a, b, c, d, to, w, size):
    """One node over a strip; `code` is the place of its activation in `formulas.ACTIVATIONS`."""
    if code == 0:
        run_sine(values, a, b, c, d, to, w, size)
    elif code == 1:
        run_cosine(values, a, b, c, d, to, w, size)
    elif code == 2:
        run_gaussian(values, a, b, c, d, to, w, size)
    elif code == 3:
        run_hyperbolic(values, a, b, c, d, to, w, size)
    elif code == 4:
        run_ridge(values, a, b, c, d, to, w, size)
    elif code == 5:
        run_step(values, a, b, c, d, to, w, size)
    elif code == 6:
        run_absolute(values, a, b, c, d, to, w, size)
    elif code == 7:
        run_triangle(values, a, b, c, d, to, w, size)
    elif code == 8:
        run_wavelet(values, a, b, c, d, to, w, size)
    else:
        run_identity(values, a, b, c, d, to, w, size)


@inlined
def store_inputs(values, i, x, y, p, mirrors, sectors, history):
    """Writes `network.INPUTS` of a vector of pixels to the rows of the buffer."""
    x, y = formulas.warped(x, y, p)
    position = formulas.distance(x, y) * p[DELAY]
    x, y = formulas.folded(x, y, mirrors, mirrors.size // 2)
    radius = formulas.distance(x, y)
    store(values, i, x)
    store(values, STRIP + i, y)
    store(values, 2 * STRIP + i, radius)
    store(values, 3 * STRIP + i, formulas.log_distance(radius))
    c, s = formulas.angle_waves(x, y, radius, sectors)
    store(values, 4 * STRIP + i, c)
    store(values, 5 * STRIP + i, s)
    store(values, 6 * STRIP + i, formulas.plane_wave(x, y, p[FOURIER], p[FOURIER + 1]))
    store(values, 7 * STRIP + i, formulas.plane_wave(x, y, p[FOURIER + 2], p[FOURIER + 3]))
    store(values, 8 * STRIP + i, broadcast(p[TIME_CIRCLE]))
    store(values, 9 * STRIP + i, broadcast(p[TIME_CIRCLE + 1]))
    for n in range(3):
        store(values, (10 + n) * STRIP + i, look_up(history, n * POSITIONS, POSITIONS, position))


@inlined
def aligned(size):
    """An uninitialised float32 array that starts on a cache line."""
    values = np.empty(size + 16, np.float32)
    skip = (64 - values.ctypes.data % 64) % 64 // 4
    return values[skip : skip + size]


def _kernel(STAMP: str) -> Any:
    """Compiles `draw`; STAMP names its sources in the key of numba's cache."""

    def draw(pixel_inputs, points, p, mirrors, sectors, history, codes, sources, targets, weights, outputs,
             rows, table, contrast, planes, plane, out):  # fmt: skip
        """pixel_inputs: three flat rows (x, y, dither) at equal distances; points: a multiple of `LANES`.

        Writes bytes to out (points, 3), or, where it is empty, height, red, green, blue and emission to flat
        `planes` at distances of `plane`. With an empty table the planes are the outputs themselves.
        """
        STAMP  # noqa: B018
        row = (pixel_inputs.size - points) // 2
        values = aligned(rows * STRIP)
        for start in range(0, points, STRIP):
            size = min(STRIP, points - start)
            for i in range(0, size, LANES):
                x, y = load(pixel_inputs, start + i), load(pixel_inputs, row + start + i)
                store_inputs(values, i, x, y, p, mirrors, sectors, history)
            for n in range(codes.size):
                a, b, c, d = sources[n, 0], sources[n, 1], sources[n, 2], sources[n, 3]
                to = targets[n] * STRIP
                run_node(codes[n], values, a * STRIP, b * STRIP, c * STRIP, d * STRIP, to, weights[n], size)
            if not table.size:
                for n in range(outputs.size):
                    for i in range(0, size, LANES):
                        store(planes, n * plane + start + i, load(values, outputs[n] * STRIP + i))
                continue
            height, hue = outputs[0] * STRIP, outputs[outputs.size - 1] * STRIP
            for i in range(0, size, LANES):
                red, green, blue = formulas.palette_color(load(values, hue + i), contrast, table)
                if out.shape[0]:
                    noise = load(pixel_inputs, 2 * row + start + i)
                    store_rgb(
                        out,
                        start + i,
                        fma(red, 255.0, noise),
                        fma(green, 255.0, noise),
                        fma(blue, 255.0, noise),
                    )
                else:
                    store(planes, start + i, load(values, height + i))
                    store(planes, plane + start + i, red)
                    store(planes, 2 * plane + start + i, green)
                    store(planes, 3 * plane + start + i, blue)
                    store(planes, 4 * plane + start + i, broadcast(0.0))

    return compiled(draw)


draw = _kernel(source_stamp(Path(__file__).parent))
