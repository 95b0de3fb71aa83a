"""Whole frames on a GPU: a field's program, then the steps of light and finish, in one buffer of words."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from explorer.errors import DeviceLost, GpuMemoryError
from explorer.fields import FieldSettings, Grid
from explorer.fields.light import Finish
from explorer.fields.light.finish import noise
from explorer.fields.light.lit import LitField
from explorer.fields.section_change import pixel_inputs
from explorer.rendering.gpu.adapters import Adapter
from explorer.rendering.gpu.engine import Parts, last_line, part_points
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
        first = light_steps(field.light, self.memory) if field.light.on else [color_step(self.memory)]
        self._steps = [*first, *finish_steps(finish, self.memory)]
        self._numbers = np.zeros(4 * WEIGHTS, np.float32)
        if finish.bloom:
            self._numbers = np.concatenate((self._numbers, flat(*blur_weights(self.memory))))
        self._frame: _Frame | None = None

    @staticmethod
    def can_draw(adapter: Adapter, field: FieldSettings, grid: Grid, finish: Finish) -> bool:
        """Whether a field has programs up to the frame, and a frame fits into one buffer of the adapter."""
        if not has_frame_program(field):
            return False
        return 4 * _memory(field, grid, finish).words <= session_of(adapter).max_buffer_bytes

    def draw(self, moments: LitField, moment: int, t: float, out: UInt8[np.ndarray, "points 3"]) -> bool:
        """Fill a frame with a moment, `t` seconds after the start; False where it needs several programs."""
        part = single_part(moments.prepared, moment)
        if part is None:
            return False
        program = program_of(part, moment, self._pixel, lit=self.memory.lit)
        numbers = self._numbers_of(moments, moment, t)
        with self._session.lock:
            try:
                self._draw(program, numbers, out)
                return True
            except self._session.memory_error as error:
                self._frame = None
                raise GpuMemoryError(last_line(error)) from error
            except self._session.errors as error:
                session_of.cache_clear()  # the next engine opens the adapter again
                raise DeviceLost(last_line(error)) from error

    def _draw(
        self, program: Program, numbers: Float32[np.ndarray, " numbers"], out: UInt8[np.ndarray, "points 3"]
    ) -> None:
        if self._frame is None:
            parts = Parts(self._session, self._inputs, self.part_points, is_read=False)
            self._frame = _Frame(self._session, parts, self.memory, self._steps, len(numbers))
        self._frame.parts.compute(program, self._first_row, self._frame.words, lit=self.memory.lit)
        self._frame.run(numbers, out)

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
    return FrameMemory(grid.width, grid.height, finish.samples, field.light.on, finish.bloom > 0)


class _Frame:
    """What a frame needs on a GPU: its words, the steps with their sizes, and where bytes can be read."""

    def __init__(
        self, gpu: GpuSession, parts: Parts, memory: FrameMemory, steps: list[FrameStep], numbers: int
    ) -> None:
        usage, self._gpu, self.parts = gpu.usage, gpu, parts
        storage = usage.STORAGE | usage.COPY_DST
        self.words = gpu.buffer(4 * memory.words, storage | usage.COPY_SRC)
        self._numbers = gpu.buffer(4 * numbers, storage)
        self._first_byte, self._bytes = 4 * memory.bytes, 4 * byte_words(memory.size)
        self._result = gpu.buffer(self._bytes, usage.MAP_READ | usage.COPY_DST)
        self._steps = [(step, self._group(step)) for step in steps]

    def run(self, numbers: Float32[np.ndarray, " numbers"], out: UInt8[np.ndarray, "points 3"]) -> None:
        """All steps one after the other; then the bytes are read."""
        gpu = self._gpu
        gpu.queue.write_buffer(self._numbers, 0, numbers)
        encoder = gpu.device.create_command_encoder()
        for step, group in self._steps:
            compute = encoder.begin_compute_pass()
            compute.set_pipeline(gpu.pipeline(step.code))
            compute.set_bind_group(0, group)
            compute.dispatch_workgroups(*step.groups)
            compute.end()
        encoder.copy_buffer_to_buffer(self.words, self._first_byte, self._result, 0, self._bytes)
        gpu.queue.submit([encoder.finish()])
        self._result.map_sync("READ")
        try:
            values = np.frombuffer(self._result.read_mapped(0, self._bytes, copy=False), np.uint8)
            out[:] = values[: out.size].reshape(out.shape)
        finally:
            self._result.unmap()

    def _group(self, step: FrameStep) -> Any:
        """The buffers of a step, in the places of `session.BINDINGS`."""
        gpu, usage = self._gpu, self._gpu.usage
        sizes = gpu.buffer(4 * len(step.sizes), usage.UNIFORM | usage.COPY_DST)
        gpu.queue.write_buffer(sizes, 0, np.array(step.sizes, np.uint32))
        buffers = (sizes, self._numbers, gpu.constants(noise()), self._numbers, self.words)
        entries = [{"binding": n, "resource": {"buffer": buffer}} for n, buffer in enumerate(buffers)]
        return gpu.device.create_bind_group(layout=gpu.bindings, entries=entries)
