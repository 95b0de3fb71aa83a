"""Many evaluations of fields at once, on all cores or on `threads` threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from explorer.progress import Progress
from explorer.threads import usable_threads, use_single_torch_thread

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    step: str,
    progress: Progress,
    threads: int | None = None,
) -> list[Result]:
    """work(item) for every item, in order; torch uses one thread for each: fastest for many small products.

    `progress` is called from the calling thread. When it or `work` raises, or on Ctrl-C, no further
    item is started, and the error is raised as soon as the running ones have ended.
    """
    progress(step, 0, len(items))
    pool = ThreadPoolExecutor(threads or usable_threads(), "explorer-measure", use_single_torch_thread)
    try:
        futures = [pool.submit(work, item) for item in items]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            progress(step, done, len(items))
        return [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)
