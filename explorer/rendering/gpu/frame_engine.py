"""The light of whole frames on a GPU: a field's program, then the steps of light, in one buffer of words."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.errors import DeviceLost, GpuMemoryError
from explorer.fields import FieldSettings, Grid
from explorer.fields.light.lit import LitField
from explorer.fields.section_change import pixel_inputs
from explorer.rendering.gpu.adapters import Adapter
from explorer.rendering.gpu.engine import Parts, last_line, part_points
from explorer.rendering.gpu.session import GpuSession, session_of
from explorer.shaders.compute.frame import NUMBER_COUNT, FrameMemory, FrameStep
from explorer.shaders.compute.light import light_steps, moment_numbers
from explorer.shaders.compute.programs import has_light_program, program_of


class FrameEngine:
    """Draws the light of frames of a field: planes stay on the adapter, and three numbers a pixel come back.

    `pixel` is the size of a pixel for anti-aliasing, a sample's. A frame is drawn whole or not at all: out of
    memory raises GpuMemoryError. Raises DeviceLost.
    """

    def __init__(
        self, adapter: Adapter, field: FieldSettings, grid: Grid, samples: int, pixel: float
    ) -> None:
        self.memory = FrameMemory(grid.width, grid.height, samples)
        self._adapter, self._pixel, self._spacing = adapter, pixel, grid.pixel / samples
        self._session = session_of(adapter)
        places = Grid(self.memory.stride, self.memory.rows).centers(self._spacing)
        self._inputs = np.ascontiguousarray(pixel_inputs(field, places))
        self.part_points = part_points(field)
        self._steps = light_steps(field.light, self.memory)
        self._frame: _Frame | None = None

    @staticmethod
    def can_draw(adapter: Adapter, field: FieldSettings, grid: Grid, samples: int) -> bool:
        """Whether the light of a field has a program, and a frame fits into one buffer of the adapter."""
        words = FrameMemory(grid.width, grid.height, samples).words
        return has_light_program(field) and 4 * words <= session_of(adapter).max_buffer_bytes

    def draw_light(self, moments: LitField, moment: int, light: Float32[np.ndarray, " all"]) -> None:
        """Fill three planes of linear light with a moment."""
        with self._session.lock:
            try:
                self._draw_light(moments, moment, light)
            except self._session.memory_error as error:
                raise GpuMemoryError(last_line(error)) from error
            except self._session.errors as error:
                session_of.cache_clear()  # the next engine opens the adapter again
                raise DeviceLost(last_line(error)) from error

    def _draw_light(self, moments: LitField, moment: int, light: Float32[np.ndarray, " all"]) -> None:
        if self._frame is None:
            self._frame = _Frame(self._session, self._inputs, self.part_points, self.memory, self._steps)
        surface = moments.surface
        program = program_of(surface, moment, self._pixel, lit=True)
        numbers = moment_numbers(moments.shading, moment, surface.accent(moment), self._spacing)
        self._frame.parts.compute(program, self._frame.words, self.memory.points)
        self._frame.run(numbers, light)


class _Frame:
    """What a frame needs on a GPU: its words, the steps with their sizes, and where results can be read."""

    def __init__(
        self,
        gpu: GpuSession,
        inputs: Float32[np.ndarray, "inputs points"],
        part_points: int,
        memory: FrameMemory,
        steps: list[FrameStep],
    ) -> None:
        usage, self._gpu, self._memory = gpu.usage, gpu, memory
        storage = usage.STORAGE | usage.COPY_DST
        self.parts = Parts(gpu, inputs, part_points, is_read=False)
        self.words = gpu.buffer(4 * memory.words, storage | usage.COPY_SRC)
        self._numbers = gpu.buffer(4 * NUMBER_COUNT, storage)
        self._result = gpu.buffer(12 * memory.width * memory.height, usage.MAP_READ | usage.COPY_DST)
        self._steps = [(step, self._group(step)) for step in steps]

    def run(self, numbers: Float32[np.ndarray, " numbers"], light: Float32[np.ndarray, " all"]) -> None:
        """All steps one after the other; then the light is read."""
        gpu = self._gpu
        gpu.queue.write_buffer(self._numbers, 0, numbers)
        encoder = gpu.device.create_command_encoder()
        for step, group in self._steps:
            compute = encoder.begin_compute_pass()
            compute.set_pipeline(gpu.pipeline(step.code))
            compute.set_bind_group(0, group)
            compute.dispatch_workgroups(*step.groups)
            compute.end()
        encoder.copy_buffer_to_buffer(self.words, 4 * self._memory.light, self._result, 0, light.nbytes)
        gpu.queue.submit([encoder.finish()])
        self._result.map_sync("READ")
        try:
            light[:] = np.frombuffer(self._result.read_mapped(0, light.nbytes, copy=False), light.dtype)
        finally:
            self._result.unmap()

    def _group(self, step: FrameStep) -> Any:
        """The buffers of a step, in the places of `session.BINDINGS`."""
        gpu, usage = self._gpu, self._gpu.usage
        sizes = gpu.buffer(4 * len(step.sizes), usage.UNIFORM | usage.COPY_DST)
        gpu.queue.write_buffer(sizes, 0, np.array(step.sizes, np.uint32))
        buffers = (sizes, self._numbers, self._numbers, self._numbers, self.words)
        entries = [{"binding": n, "resource": {"buffer": buffer}} for n, buffer in enumerate(buffers)]
        return gpu.device.create_bind_group(layout=gpu.bindings, entries=entries)
