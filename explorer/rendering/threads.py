"""Threads: as many as the process may use, each drawing alone."""

from __future__ import annotations

import os
import threading

_lock = threading.Lock()


def usable_threads() -> int:
    """How many cores this process may use (affinity respected where the system has it)."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def alone() -> None:
    """Products that torch computes for the calling thread use this thread only, from now on.

    torch keeps that number per thread, but threads born later start from the number that was set last,
    so the one before is put back, from a thread that ends at once.
    """
    import torch

    with _lock:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        other = threading.Thread(target=torch.set_num_threads, args=(before,))
        other.start()
        other.join()
