"""Threads: as many as the process may use, each with a single BLAS thread of its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_inside = 0
_limit: Any = None


def usable_threads() -> int:
    """How many cores this process may use (affinity respected where the system has it)."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@contextmanager
def single_blas_thread() -> Iterator[None]:
    """Within the block every BLAS call uses one thread; the setting before is restored by the last to leave.

    Counted, so that two renders in one process do not restore it under each other.
    """
    global _inside, _limit
    with _lock:
        if _inside == 0:
            _limit = ThreadpoolController().limit(limits=1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limit.restore_original_limits()
