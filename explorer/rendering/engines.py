"""Which engine draws on a device, in place of the CPU kernels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from explorer.errors import warn
from explorer.fields import FieldSettings, Grid, Prepared
from explorer.fields.light import Finish
from explorer.fields.light.lit import Surface
from explorer.formatting import size_text
from explorer.rendering.devices import Device, cpu_instead
from explorer.rendering.gpu.adapters import is_forked

CPU_WORK = "classes of your own, light of frames beyond one buffer, loops, searches for flashes"  # always

if TYPE_CHECKING:
    from explorer.rendering.gpu.frame_engine import FrameEngine


@runtime_checkable
class PendingFrame(Protocol):
    """A frame that a GPU computes."""

    def read(self, out: UInt8[np.ndarray, "points 3"]) -> None:
        """Wait for it and fill `out` with it, once. Raises DeviceLost."""
        ...


@runtime_checkable
class Engine(Protocol):
    """Draws a field at the points of a frame, all at once."""

    def draw(self, prepared: Prepared, moment: int, out: UInt8[np.ndarray, "points 3"]) -> None:
        """Fill one frame with a moment of `prepared`."""
        ...

    def draw_numbers(self, surface: Surface, moment: int, out: Float32[np.ndarray, "5 points"]) -> None:
        """Fill the planes of a moment of `surface`."""
        ...


def engine_for(
    device: Device,
    field: FieldSettings,
    grid: Grid,
    pixel: float,
    xy: Float32[np.ndarray, "points 2"] | None = None,
) -> Engine | None:
    """The engine of a device for points, by default the pixel centers of the grid; None: the CPU kernels."""
    if device.kind == "cuda":
        from explorer.rendering.torch_engine import TorchEngine

        return TorchEngine(device, grid, xy=xy, pixel=pixel)
    if device.adapter:
        from explorer.rendering.gpu.engine import GpuEngine  # loads wgpu

        return GpuEngine(device.adapter, field, grid.xy() if xy is None else xy, pixel, device.draft)
    return None


def frame_engine_for(
    device: Device, field: FieldSettings, grid: Grid, finish: Finish, pixel: float
) -> FrameEngine | None:
    """What draws whole frames on a device; None: the CPU makes them of what `engine_for` draws.

    The one rule of it: GPUs draw those that fit into one buffer. Of others they draw parts, and a warning
    says so where the CPU has more to do than to put these beside each other.
    """
    if not device.adapter:
        return None
    from explorer.rendering.gpu.frame_engine import FrameEngine, frame_memory  # loads wgpu
    from explorer.rendering.gpu.session import session_of

    memory = frame_memory(field, grid, finish)
    limit = session_of(device.adapter).max_buffer_bytes
    if 4 * memory.words > limit:
        if memory.finished or memory.regions > 1:
            warn(
                f"a frame of {grid.width}x{grid.height} takes a buffer of {size_text(4 * memory.words)}, and "
                f"{device.name} has {size_text(limit)} at most: the CPU makes it of what the GPU draws"
            )
        return None
    return FrameEngine(device.adapter, field, grid, finish, pixel, device.draft)


def engine_name(device: Device) -> str | None:
    """The name of the engine of a device, for the manifest; None: the CPU kernels."""
    if device.kind == "cpu":
        return None
    return f"{'torch' if device.kind == 'cuda' else 'wgsl'}-{str(device.dtype).removeprefix('torch.')}"


def usable_device(device: Device, field: FieldSettings) -> Device:
    """The device, or the CPU where the field has no program for it, or this process cannot use it.

    Drafts are fp32 on a GPU where nothing of the field has a program in half precision.
    """
    if device.kind != "gpu":
        return device
    from explorer.shaders.compute.programs import has_half_program, has_program

    if is_forked():
        note = "a forked process cannot use the GPU: drawing on the CPU (start workers by 'spawn')"
    elif not has_program(field):
        note = f"the field '{field.kind}' has no program for GPUs: drawing on the CPU"
    elif device.draft and not has_half_program(field):
        return replace(device, dtype=torch.float32)
    else:
        return device
    warn(note)
    return cpu_instead(device, note)
