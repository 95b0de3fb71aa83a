"""The greatest memory this process has held, on every system."""

import sys

import psutil


def peak_memory_bytes() -> int:
    """Peak resident memory of this process in bytes (getrusage; on Windows the peak working set)."""
    try:
        import resource
    except ImportError:  # Windows
        return int(getattr(psutil.Process().memory_info(), "peak_wset", 0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
