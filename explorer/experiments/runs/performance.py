"""What a render cost: frames a second, memory at peak."""

from __future__ import annotations

import sys
from typing import Any

import psutil

from explorer.rendering import FrameSettings, Renderer


def performance(renderer: Renderer, frames: FrameSettings, count: int, seconds: float) -> dict[str, Any]:
    """The entry `performance` of a manifest, for `count` frames drawn and encoded in so many seconds."""
    import torch

    seconds = max(seconds, 1e-9)
    uses_cuda = renderer.device.kind == "cuda"
    gpu = {"peak_memory_mb": torch.cuda.max_memory_allocated() / 1e6} if uses_cuda else None
    return {
        "frames": count,
        "seconds": seconds,
        "fps": count / seconds,
        "megapixels_per_second": count * frames.width * frames.height / seconds / 1e6,
        "times_real_time": count / float(frames.fps) / seconds,
        "device": renderer.device.name,
        "kernel": renderer.kernel,
        "threads": renderer.threads,
        "peak_memory_mb": peak_memory_bytes() / 1e6,
        "gpu": gpu,
    }


def peak_memory_bytes() -> int:
    """Peak resident memory of this process in bytes (getrusage; on Windows the peak working set)."""
    try:
        import resource
    except ImportError:  # Windows
        return int(getattr(psutil.Process().memory_info(), "peak_wset", 0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
