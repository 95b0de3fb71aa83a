"""GPUs beside the exact engine of the CPU: a row for each network and device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from explorer.audio import FeatureTrack
from explorer.bench.engines import FULL, MOMENT, Effort, frame_size
from explorer.bench.timing import megapixels_per_second, take_turns, times_as_fast
from explorer.fields import CPPN
from explorer.rendering.devices import Device
from explorer.rendering.gpu.adapters import adapters
from explorer.rendering.gpu.trial import problem_of
from explorer.rendering.renderer import Renderer


def gpus() -> list[str]:
    """What `resolve` takes for each GPU that draws and is no software."""
    return [f"gpu:{a.name}" for a in adapters() if not a.is_software and not problem_of(a)]


def measure_gpus(
    fields: Mapping[str, CPPN], track: FeatureTrack, devices: Sequence[Device], effort: Effort = FULL
) -> list[dict[str, Any]]:
    """Published networks by name on devices: Mpx/s, beside the exact engine, difference."""
    return [
        {"net": net, **compare_gpu(field, track, device, frame_size(field, effort), effort)}
        for device in devices
        for net, field in fields.items()
    ]


def compare_gpu(
    field: CPPN, track: FeatureTrack, device: Device, size: tuple[int, int], effort: Effort = FULL
) -> dict[str, Any]:
    """A device and the exact engine of the CPU in turns; the difference is in levels of 255."""
    with (
        Renderer(field, track, size, device=device) as gpu,
        Renderer(field, track, size, device="cpu") as exact,
    ):
        draws = {"gpu": partial(gpu.frame, MOMENT), "exact": partial(exact.frame, MOMENT)}
        frames = [draw().astype(int) for draw in draws.values()]  # compiles, and fills caches
        seconds = take_turns(draws, effort.rounds, effort.turn_seconds)
    return {
        "device": device.name,
        "size": list(size),
        "megapixels_per_second": megapixels_per_second(size[0] * size[1], seconds["gpu"]),
        "times_exact": times_as_fast(seconds["gpu"], seconds["exact"]),
        "greatest_difference": int(np.abs(frames[0] - frames[1]).max()),
    }
