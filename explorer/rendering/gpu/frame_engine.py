"""Whole frames on a GPU: programs of fields, then the steps of light and finish, in one buffer of words.

A frame is started and read later: while it is read, the GPU computes the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, UInt8

from explorer.fields import FieldSettings, Grid
from explorer.fields.light import Finish
from explorer.fields.light.echo import echo_places, unlit
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
from explorer.shaders.compute.layers import (
    Operation,
    View,
    echo_operations,
    fade_step,
    field_operations,
    region_count,
)
from explorer.shaders.compute.light import light_moment, ring_steps, shading_step
from explorer.shaders.compute.program import flat

STEP_BYTES = 32  # of the sizes of a step


class Flight:
    """A frame that a GPU computes; it is read once."""

    def __init__(self, gpu: GpuSession, result: Any, pool: list[Any]) -> None:
        self._gpu, self._result, self._pool = gpu, result, pool
        self._mapping = result.map_async("READ")

    def read(self, out: UInt8[np.ndarray, "points 3"]) -> None:
        """Wait for the frame and fill `out` with it. Raises DeviceLost."""
        with self._gpu.drawing():
            self._gpu.device.create_command_encoder().finish()  # fails on a device that would never answer
            self._mapping.sync_wait()
            try:
                values = np.frombuffer(self._result.read_mapped(copy=False), np.uint8)
                out[:] = values[: out.size].reshape(out.shape)
            finally:
                self._result.unmap()
            self._pool.append(self._result)


@dataclass(frozen=True, eq=False)
class Fade:
    """A frame that another one, with this share, fades over."""

    engine: FrameEngine
    moments: LitField
    moment: int
    share: float


class FrameEngine:
    """Draws frames of a field: all stays on the adapter, and three bytes a pixel come back.

    `finish` is what is drawn, neutral where the field has none; `pixel` is the size of a pixel for
    anti-aliasing, a sample's; `half`: networks in half precision, which the adapter has. A frame is drawn
    whole or not at all: out of memory raises GpuMemoryError. Raises DeviceLost.
    """

    def __init__(
        self,
        adapter: Adapter,
        field: FieldSettings,
        grid: Grid,
        finish: Finish,
        pixel: float,
        half: bool = False,
    ) -> None:
        self.memory = frame_memory(field, grid, finish)
        self.part_points = part_points(field)
        self._field, self._finish, self._spacing = field, finish, grid.pixel / finish.samples
        self._session = session_of(adapter)
        scales = [field.light.echo_scale**n for n in range(1 + field.echo_count)]
        self._views = [View(n, pixel * s, self._spacing * s, half) for n, s in enumerate(scales)]
        self._numbers = np.zeros(4 * WEIGHTS, np.float32)
        if finish.bloom:
            self._numbers = np.concatenate((self._numbers, flat(*blur_weights(self.memory))))
        self._frame: _Frame | None = None

    def start(self, moments: LitField, moment: int, t: float, fade: Fade | None = None) -> Flight:
        """Start to draw a moment, `t` seconds after the start, faded in linear light over that of `fade`."""
        with self._session.drawing():
            if not fade:
                return self._draw(moments, moment, t).flight()
            before = fade.engine._draw(fade.moments, fade.moment, t)
            return self._draw(moments, moment, t).faded_flight(before, fade.share)

    def fade(self, moments: LitField, moment: int, share: float) -> Fade:
        """A moment that the frame of another engine, with this share, fades over."""
        return Fade(self, moments, moment, share)

    def _draw(self, moments: LitField, moment: int, t: float) -> _Frame:
        operations, numbers = self._operations(moments, moment), self._numbers_of(moments, moment, t)
        if self._frame is None:
            parts = [Parts(self._session, inputs, self.part_points, is_read=False)
                     for inputs in self._inputs()]  # fmt: skip
            self._frame = _Frame(self._session, parts, self.memory, len(numbers))
        self._frame.draw(operations, numbers)
        return self._frame

    def _inputs(self) -> Iterator[Float32[np.ndarray, "inputs points"]]:
        """Of the points of each view."""
        points, light = Grid(self.memory.stride, self.memory.rows).centers(self._spacing), self._field.light
        yield np.ascontiguousarray(pixel_inputs(self._field, points))
        for view in self._views[1:]:
            places = echo_places(light, view.number, points)
            yield np.ascontiguousarray(pixel_inputs(unlit(self._field), places))

    def _operations(self, moments: LitField, moment: int) -> list[Operation]:
        """All that a frame takes, one after the other."""
        memory, light = self.memory, self._field.light
        operations = field_operations(moments.prepared, moment, self._views[0], memory)
        if memory.lit:
            operations += ring_steps(light, memory)
            operations += echo_operations(moments, moment, self._views, memory)
            operations.append(shading_step(light, memory))
        elif memory.finished:
            operations.append(color_step(memory))
        if memory.finished:
            operations += finish_steps(self._finish, memory)
        return operations

    def _numbers_of(self, moments: LitField, moment: int, t: float) -> Float32[np.ndarray, " numbers"]:
        """The numbers of a moment; see `frame`."""
        numbers = self._numbers.copy()
        numbers[4 * FINISH : 4 * HISTORY] = finish_moment(self._finish, t)
        if self.memory.lit:
            accent, shading = moments.surface.accent(moment), moments.shading
            numbers[4 * LIGHT : 4 * FINISH] = light_moment(shading, moment, accent, self._spacing)
            numbers[4 * HISTORY : 4 * WEIGHTS] = shading.history[moment]
        return numbers


def frame_memory(field: FieldSettings, grid: Grid, finish: Finish) -> FrameMemory:
    """The buffer of words that a frame takes."""
    lit, bloom = field.light.on, finish.bloom > 0
    finished, regions = lit or field.finish.on, region_count(field)
    return FrameMemory(grid.width, grid.height, finish.samples, lit, bloom, finished, regions)


class _Frame:
    """What frames need on a GPU: words, the numbers of a moment, and a pool of buffers that can be read."""

    def __init__(self, gpu: GpuSession, parts: list[Parts], memory: FrameMemory, numbers: int) -> None:
        usage, self._gpu, self._parts, self._memory = gpu.usage, gpu, parts, memory
        self._storage, self._uniform = usage.STORAGE | usage.COPY_DST, usage.UNIFORM | usage.COPY_DST
        self._words = gpu.buffer(4 * memory.words, self._storage | usage.COPY_SRC)
        self._numbers = gpu.buffer(4 * numbers, self._storage)
        self._bytes, self._result = 4 * byte_words(memory.size), usage.MAP_READ | usage.COPY_DST
        self._pool: list[Any] = []  # of frames that were read
        self._sizes: list[tuple[Any, Any]] = []  # a buffer for the sizes of each step, and all that it reads

    def draw(self, operations: list[Operation], numbers: Float32[np.ndarray, " numbers"]) -> None:
        """All operations one after the other."""
        gpu = self._gpu
        gpu.queue.write_buffer(self._numbers, 0, numbers)
        encoder = gpu.device.create_command_encoder()
        step = 0
        for each in operations:
            if isinstance(each, FrameStep):
                if step == len(self._sizes):
                    self._sizes.append(self._bindings(self._numbers))
                self._encode(encoder, each, *self._sizes[step])
                step += 1
                continue
            gpu.queue.submit([encoder.finish()])  # before what the parts submit
            encoder = gpu.device.create_command_encoder()
            place = 4 * self._memory.region(each.region)
            self._parts[each.view].compute(each.program, each.row, self._words, place, lit=each.lit)
        gpu.queue.submit([encoder.finish()])

    def faded_flight(self, before: _Frame, share: float) -> Flight:
        """The frame, over the one before, on its way."""
        encoder = self._gpu.device.create_command_encoder()
        self._encode(encoder, fade_step(before._memory, self._memory, share), *self._bindings(before._words))
        self._gpu.queue.submit([encoder.finish()])
        return self.flight()

    def flight(self) -> Flight:
        """The frame on its way."""
        gpu = self._gpu
        result = self._pool.pop() if self._pool else gpu.buffer(self._bytes, self._result)
        encoder = gpu.device.create_command_encoder()
        encoder.copy_buffer_to_buffer(self._words, 4 * self._memory.bytes, result, 0, self._bytes)
        gpu.queue.submit([encoder.finish()])
        return Flight(gpu, result, self._pool)

    def _encode(self, encoder: Any, step: FrameStep, sizes: Any, bindings: Any) -> None:
        """A step that reads these buffers."""
        gpu = self._gpu
        gpu.queue.write_buffer(sizes, 0, np.array(step.sizes, np.uint32))
        compute = encoder.begin_compute_pass()
        compute.set_pipeline(gpu.pipeline(step.code))
        compute.set_bind_group(0, bindings)
        compute.dispatch_workgroups(*step.groups)
        compute.end()

    def _bindings(self, other: Any) -> tuple[Any, Any]:
        """The sizes of a step, and its buffers, with another one, in the places of `session.BINDINGS`."""
        gpu = self._gpu
        sizes = gpu.buffer(STEP_BYTES, self._uniform)
        constants = gpu.constants(noise())
        buffers = (sizes, other, constants, self._numbers, self._words, constants)
        entries = [{"binding": n, "resource": {"buffer": buffer}} for n, buffer in enumerate(buffers)]
        return sizes, gpu.device.create_bind_group(layout=gpu.bindings, entries=entries)
