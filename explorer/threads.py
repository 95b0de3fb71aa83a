"""Threads: as many as the process may use; each computes its torch products by itself."""

from __future__ import annotations

import os
import threading

_lock = threading.Lock()


def usable_threads() -> int:
    """How many cores this process may use (affinity respected where the system has it)."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def use_single_torch_thread() -> None:
    """From now on torch computes products for the calling thread on this thread alone.

    torch keeps that number per thread, but threads started later begin with the number that was set last.
    So the earlier number is set again, from a thread that ends at once.
    """
    import torch

    with _lock:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        restoring = threading.Thread(target=torch.set_num_threads, args=(threads,))
        restoring.start()
        restoring.join()
