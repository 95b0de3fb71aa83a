"""Whole frames on a GPU: a field's program, then the steps of light and finish, in one buffer of words.

A frame is started and read later: while it is read, the GPU computes the next one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from explorer.fields import FieldSettings, Grid
from explorer.fields.light import Finish
from explorer.fields.light.finish import noise
from explorer.fields.light.lit import LitField
from explorer.fields.section_change import pixel_inputs
from explorer.rendering.gpu.adapters import Adapter
from explorer.rendering.gpu.engine import Parts, part_points
from explorer.rendering.gpu.session import GpuSession, session_of
from explorer.shaders.compute.finish import blur_weights, color_step, finish_moment, finish_steps
from explorer.shaders.compute.frame import (
    FINISH,
    HISTORY,
    LIGHT,
    WEIGHTS,
    FrameMemory,
    FrameStep,
    byte_words,
)
from explorer.shaders.compute.light import light_moment, light_steps
from explorer.shaders.compute.program import Program, flat
from explorer.shaders.compute.programs import has_frame_program, program_of, single_part


class Flight:
    """A frame that a GPU computes; it is read once."""

    def __init__(self, gpu: GpuSession, result: Any, pool: list[Any]) -> None:
        self._gpu, self._result, self._pool = gpu, result, pool
        self._mapping = result.map_async("READ")

    def read(self, out: UInt8[np.ndarray, "points 3"]) -> None:
        """Wait for the frame and fill `out` with it. Raises DeviceLost."""
        with self._gpu.drawing():
            self._mapping.sync_wait()
            try:
                values = np.frombuffer(self._result.read_mapped(copy=False), np.uint8)
                out[:] = values[: out.size].reshape(out.shape)
            finally:
                self._result.unmap()
            self._pool.append(self._result)


class FrameEngine:
    """Draws frames of a field: all stays on the adapter, and three bytes a pixel come back.

    `finish` is what is drawn, neutral where the field has none; `pixel` is the size of a pixel for
    anti-aliasing, a sample's. A frame is drawn whole or not at all: out of memory raises GpuMemoryError.
    Raises DeviceLost.
    """

    def __init__(
        self, adapter: Adapter, field: FieldSettings, grid: Grid, finish: Finish, pixel: float
    ) -> None:
        self.memory = _memory(field, grid, finish)
        self.part_points = part_points(field)
        self._finish, self._pixel, self._spacing = finish, pixel, grid.pixel / finish.samples
        self._session = session_of(adapter)
        points = Grid(self.memory.stride, self.memory.rows).centers(self._spacing)
        self._inputs = np.ascontiguousarray(pixel_inputs(field, points))
        self._first_row = int(field.sections.on)  # of the field's own inputs; see `pixel_inputs`
        self._steps = _steps(field, finish, self.memory)
        self._numbers = np.zeros(4 * WEIGHTS, np.float32)
        if finish.bloom:
            self._numbers = np.concatenate((self._numbers, flat(*blur_weights(self.memory))))
        self._frame: _Frame | None = None

    @staticmethod
    def can_draw(adapter: Adapter, field: FieldSettings, grid: Grid, finish: Finish) -> bool:
        """Whether a field has a program for frames, and a frame fits into one buffer of the adapter."""
        if not has_frame_program(field):
            return False
        return 4 * _memory(field, grid, finish).words <= session_of(adapter).max_buffer_bytes

    def start(self, moments: LitField, moment: int, t: float) -> Flight | None:
        """Start to draw a moment, `t` seconds after the start; None where it needs several programs."""
        part = single_part(moments.prepared, moment)
        if part is None:
            return None
        program = program_of(part, moment, self._pixel, lit=self.memory.lit)
        numbers = self._numbers_of(moments, moment, t)
        with self._session.drawing():
            return self._start(program, numbers)

    def _start(self, program: Program, numbers: Float32[np.ndarray, " numbers"]) -> Flight:
        if self._frame is None:
            parts = Parts(self._session, self._inputs, self.part_points, is_read=False)
            self._frame = _Frame(self._session, parts, self.memory, self._steps, len(numbers))
        self._frame.parts.compute(program, self._first_row, self._frame.words, lit=self.memory.lit)
        return self._frame.start(numbers)

    def _numbers_of(self, moments: LitField, moment: int, t: float) -> Float32[np.ndarray, " numbers"]:
        """The numbers of a moment; see `frame`."""
        numbers = self._numbers.copy()
        numbers[4 * FINISH : 4 * HISTORY] = finish_moment(self._finish, t)
        if self.memory.lit:
            accent, shading = moments.surface.accent(moment), moments.shading
            numbers[4 * LIGHT : 4 * FINISH] = light_moment(shading, moment, accent, self._spacing)
            numbers[4 * HISTORY : 4 * WEIGHTS] = shading.history[moment]
        return numbers


def _memory(field: FieldSettings, grid: Grid, finish: Finish) -> FrameMemory:
    lit, bloom = field.light.on, finish.bloom > 0
    return FrameMemory(grid.width, grid.height, finish.samples, lit, bloom, lit or field.finish.on)


def _steps(field: FieldSettings, finish: Finish, memory: FrameMemory) -> list[FrameStep]:
    """From what the field's program writes to the bytes of the frame."""
    if not memory.finished:
        return []
    first = light_steps(field.light, memory) if memory.lit else [color_step(memory)]
    return [*first, *finish_steps(finish, memory)]


class _Frame:
    """What frames need on a GPU: words, steps with their sizes, and a pool of buffers that can be read."""

    def __init__(
        self, gpu: GpuSession, parts: Parts, memory: FrameMemory, steps: list[FrameStep], numbers: int
    ) -> None:
        usage, self._gpu, self.parts = gpu.usage, gpu, parts
        storage = usage.STORAGE | usage.COPY_DST
        self.words = gpu.buffer(4 * memory.words, storage | usage.COPY_SRC)
        self._numbers = gpu.buffer(4 * numbers, storage)
        self._first_byte, self._bytes = 4 * memory.bytes, 4 * byte_words(memory.size)
        self._pool: list[Any] = []  # of frames that were read
        self._steps = [(step, self._group(step)) for step in steps]

    def start(self, numbers: Float32[np.ndarray, " numbers"]) -> Flight:
        """All steps one after the other; then the bytes can be read."""
        gpu, usage = self._gpu, self._gpu.usage
        result = self._pool.pop() if self._pool else gpu.buffer(self._bytes, usage.MAP_READ | usage.COPY_DST)
        gpu.queue.write_buffer(self._numbers, 0, numbers)
        encoder = gpu.device.create_command_encoder()
        for step, group in self._steps:
            compute = encoder.begin_compute_pass()
            compute.set_pipeline(gpu.pipeline(step.code))
            compute.set_bind_group(0, group)
            compute.dispatch_workgroups(*step.groups)
            compute.end()
        encoder.copy_buffer_to_buffer(self.words, self._first_byte, result, 0, self._bytes)
        gpu.queue.submit([encoder.finish()])
        return Flight(gpu, result, self._pool)

    def _group(self, step: FrameStep) -> Any:
        """The buffers of a step, in the places of `session.BINDINGS`."""
        gpu, usage = self._gpu, self._gpu.usage
        sizes = gpu.buffer(4 * len(step.sizes), usage.UNIFORM | usage.COPY_DST)
        gpu.queue.write_buffer(sizes, 0, np.array(step.sizes, np.uint32))
        buffers = (sizes, self._numbers, gpu.constants(noise()), self._numbers, self.words)
        entries = [{"binding": n, "resource": {"buffer": buffer}} for n, buffer in enumerate(buffers)]
        return gpu.device.create_bind_group(layout=gpu.bindings, entries=entries)
