"""The engine of GPUs: parts of a frame through a compute shader, while the part before is read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from explorer.errors import DeviceError
from explorer.fields import FieldSettings, Mix, Prepared
from explorer.fields.light.lit import Surface
from explorer.fields.section_change import pixel_inputs
from explorer.rendering.gpu.adapters import Adapter
from explorer.rendering.gpu.session import GpuSession, session_of
from explorer.shaders.compute.program import PLANES, Program
from explorer.shaders.compute.programs import program_of, with_leaves

MAX_PART_POINTS = 4 * 65_520  # of a frame in one call: at most 65,535 workgroups of four points or more
MAX_PART_PRODUCTS = 2**36  # of weights and values in one call: drivers end what takes seconds
MIN_PART_POINTS = 2**10
ALIGNMENT = 64  # of parts, points
MAX_INPUT_BYTES = 2**29  # of pixel inputs that stay on the GPU

Copy = tuple[int, Any, int, int]  # from a byte of the results to a buffer, its byte, and how many


class GpuEngine:
    """Draws a field at points on an adapter. See `TorchEngine`.

    `half`: networks in half precision, which the adapter has. Out of memory halves the parts for the rest of
    this engine's life. Raises DeviceLost.
    """

    def __init__(
        self,
        adapter: Adapter,
        field: FieldSettings,
        xy: Float32[np.ndarray, "points 2"],
        pixel: float,
        half: bool = False,
    ) -> None:
        self.part_points, self.half = part_points(field), half
        self._session, self._pixel = session_of(adapter), pixel
        self._inputs = np.ascontiguousarray(pixel_inputs(field, xy))
        self._parts: Parts | None = None

    def draw(self, prepared: Prepared, moment: int, out: UInt8[np.ndarray, "points 3"]) -> None:
        """Fill one frame with a moment of `prepared`."""
        with_leaves(prepared, self._leaf).draw(moment, self._inputs, self._pixel, out, torch.float32)

    def draw_numbers(self, surface: Surface, moment: int, out: Float32[np.ndarray, "5 points"]) -> None:
        """Fill the planes of a moment of `surface`."""
        with_leaves(surface, self._leaf).draw_numbers(moment, self._inputs, self._pixel, out, torch.float32)

    def _leaf(self, prepared: Any) -> _Leaf:
        return _Leaf(self, prepared)

    def fill(self, program: Program, inputs: Float32[np.ndarray, "inputs points"], out: np.ndarray) -> None:
        """Run a program on rows of the engine's inputs; `out`: bytes (points, 3) or planes (5, points)."""
        first_row = (inputs.ctypes.data - self._inputs.ctypes.data) // self._inputs.strides[0]
        with self._session.drawing():
            self._fill(program, first_row, out)

    def _fill(self, program: Program, first_row: int, out: np.ndarray) -> None:
        while True:
            try:
                self._parts = self._parts or Parts(self._session, self._inputs, self.part_points)
                self._parts.fill(program, first_row, out)
                return
            except self._session.memory_error:
                self._parts = None
            if self.part_points // 2 < MIN_PART_POINTS:
                name = self._session.adapter.name
                raise DeviceError(f"{name} ran out of memory; choose a smaller --resolution, or --device cpu")
            self.part_points = self.part_points // (2 * ALIGNMENT) * ALIGNMENT


def part_points(field: FieldSettings) -> int:
    """How many points are drawn in one call; fewer of large networks."""
    fields = field.parts.values() if isinstance(field, Mix) else [field]
    parameters: int = max(getattr(part, "parameters", 1) for part in fields)
    points = min(MAX_PART_POINTS, max(MIN_PART_POINTS, MAX_PART_PRODUCTS // parameters))
    return points // ALIGNMENT * ALIGNMENT


@dataclass(frozen=True)
class _Leaf:
    """A field without parts, drawn by an engine: what stands in its place in a field made of others."""

    engine: GpuEngine
    prepared: Any

    def draw(
        self, moment: int, inputs: np.ndarray, pixel: float, out: np.ndarray, dtype: torch.dtype
    ) -> None:
        """See `Prepared.draw`."""
        program = program_of(self.prepared, moment, pixel, lit=False, half=self.engine.half)
        self.engine.fill(program, inputs, out)

    def draw_numbers(
        self, moment: int, inputs: np.ndarray, pixel: float, out: np.ndarray, dtype: torch.dtype
    ) -> None:
        """See `Surface.draw_numbers`."""
        self.engine.fill(program_of(self.prepared, moment, pixel, lit=True), inputs, out)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`."""
        return np.asarray(self.prepared.accent(moment), np.float32)


class Parts:
    """The parts of a frame on a GPU: their inputs, and, to be read, memory for the results of two of them."""

    def __init__(
        self, gpu: GpuSession, inputs: np.ndarray, part_points: int, *, is_read: bool = True
    ) -> None:
        self._gpu, self._inputs = gpu, inputs
        self._stride = min(part_points, -(-inputs.shape[1] // ALIGNMENT) * ALIGNMENT)
        self._starts = range(0, inputs.shape[1], self._stride)
        usage = gpu.usage
        self._storage = usage.STORAGE | usage.COPY_DST
        count = len(self._starts) if inputs.nbytes <= MAX_INPUT_BYTES else 1
        size = 4 * len(inputs) * self._stride
        self._rows = [gpu.buffer(size, self._storage) for _ in range(count)]
        self._is_resident = count == len(self._starts)
        if self._is_resident:
            for rows, start in zip(self._rows, self._starts, strict=True):
                gpu.queue.write_buffer(rows, 0, self._part_of_inputs(start))
        self._part = gpu.buffer(16, usage.UNIFORM | usage.COPY_DST)
        self._words = gpu.buffer(4 * PLANES * self._stride, usage.STORAGE | usage.COPY_SRC)
        self._results = [
            gpu.buffer(4 * PLANES * self._stride, usage.MAP_READ | usage.COPY_DST)
            for _ in range(2 if is_read else 0)
        ]
        self._numbers = gpu.buffer(16, self._storage)

    def fill(self, program: Program, first_row: int, out: np.ndarray) -> None:
        """All parts; each is computed while the one before is read."""
        self._write_numbers(program)
        before = None
        for n, start in enumerate(self._starts):
            count = min(self._stride, self._inputs.shape[1] - start)
            size = 4 * PLANES * self._stride if out.dtype == np.float32 else -(-3 * count // 12) * 12
            result = self._results[n % 2]
            self._submit(program, n, count, first_row, [(0, result, 0, size)])
            if before:
                self._read(*before, out)
            before = result, size, start, count
        if before:
            self._read(*before, out)

    def compute(self, program: Program, first_row: int, target: Any, place: int, *, lit: bool) -> None:
        """All parts, into `target` from a byte on: planes of all points, or three bytes for each."""
        self._write_numbers(program)
        points = self._inputs.shape[1]
        for n, start in enumerate(self._starts):
            count = min(self._stride, points - start)
            copies = [(0, target, place + 3 * start, -(-3 * count // 12) * 12)]
            if lit:
                planes = range(PLANES)
                copies = [
                    (4 * k * self._stride, target, place + 4 * (k * points + start), 4 * count)
                    for k in planes
                ]
            self._submit(program, n, count, first_row, copies)

    def _write_numbers(self, program: Program) -> None:
        if self._numbers.size < program.numbers.nbytes:
            self._numbers = self._gpu.buffer(program.numbers.nbytes, self._storage)
        self._gpu.queue.write_buffer(self._numbers, 0, program.numbers)

    def _submit(
        self, program: Program, number: int, count: int, first_row: int, copies: Iterable[Copy]
    ) -> None:
        """Start to compute `count` points of a part, and to copy results to other buffers."""
        gpu, rows = self._gpu, self._rows[number if self._is_resident else 0]
        if not self._is_resident:
            gpu.queue.write_buffer(rows, 0, self._part_of_inputs(self._starts[number]))
        gpu.queue.write_buffer(self._part, 0, np.array([self._stride, count, first_row, 0], np.uint32))
        constants = gpu.constants(program.constants)
        buffers = (self._part, rows, constants, self._numbers, self._words, constants)
        entries = [{"binding": n, "resource": {"buffer": buffer}} for n, buffer in enumerate(buffers)]
        group = gpu.device.create_bind_group(layout=gpu.bindings, entries=entries)
        encoder = gpu.device.create_command_encoder()
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(gpu.pipeline(program.code))
        compute.set_bind_group(0, group)
        compute.dispatch_workgroups(-(-count // program.group_points))
        compute.end()
        for place, target, target_place, size in copies:
            encoder.copy_buffer_to_buffer(self._words, place, target, target_place, size)
        gpu.queue.submit([encoder.finish()])

    def _read(self, result: Any, size: int, start: int, count: int, out: np.ndarray) -> None:
        """Wait for a part, and write it to its place."""
        result.map_sync("READ")
        try:
            values = np.frombuffer(result.read_mapped(0, size, copy=False), out.dtype)
            if out.dtype == np.float32:
                out[:, start : start + count] = values.reshape(PLANES, self._stride)[:, :count]
            else:
                out[start : start + count] = values[: 3 * count].reshape(count, 3)
        finally:
            result.unmap()

    def _part_of_inputs(self, start: int) -> np.ndarray:
        part = self._inputs[:, start : start + self._stride]
        return np.ascontiguousarray(np.pad(part, ((0, 0), (0, self._stride - part.shape[1]))))
