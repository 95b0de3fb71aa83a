"""Comparing speeds on a machine that does other things too.

Contenders take turns, A B C A B C; a ratio is the median of the ratios within rounds, so that other
load on the machine affects both. Absolute numbers vary from day to day; the ratios do not.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from explorer.progress import Progress, silent

MIN_ROUNDS = 3
MATRIX_SECONDS = 0.3  # for the best rate of a product


def take_turns(
    calls: Mapping[str, Callable[[], object]],
    rounds: int,
    min_seconds: float,
    *,
    max_seconds: float = float("inf"),
    progress: Progress = silent,
) -> dict[str, list[float]]:
    """Seconds per call of each contender in each round.

    A contender is called for at least `min_seconds` a turn. After `max_seconds` no round is started beyond
    the first `MIN_ROUNDS`.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    start = time.perf_counter()
    for n in range(rounds):
        if n >= MIN_ROUNDS and time.perf_counter() - start > max_seconds:
            break
        for name, call in calls.items():
            seconds[name].append(seconds_per_call(call, min_seconds))
        progress("measuring", n + 1, rounds)
    return seconds


def times_as_fast(own: Sequence[float], other: Sequence[float]) -> float:
    """The median over rounds of other / own: never a ratio of numbers from different rounds."""
    return statistics.median(b / a for a, b in zip(own, other, strict=True))


def megapixels_per_second(pixels: int, seconds: Sequence[float]) -> float:
    """The median over rounds, for frames of `pixels` pixels."""
    return pixels / statistics.median(seconds) / 1e6


def matrix_rate(rows: int) -> tuple[float, str]:
    """The machine's fp32 rate in operations a second, and the library's name: the better of numpy and torch.

    Square matrices with `rows` rows, 2 rows^3 operations, all threads.
    """
    a, b = np.random.default_rng(0).random((2, rows, rows), np.float32)
    left, right = torch.from_numpy(a), torch.from_numpy(b)
    products: dict[str, Callable[[], object]] = {"numpy": lambda: a @ b, "torch": lambda: left @ right}
    best = {name: _best_seconds(call) for name, call in products.items()}
    return max((2 * rows**3 / seconds, name) for name, seconds in best.items())


def seconds_per_call(call: Callable[[], object], min_seconds: float) -> float:
    """The mean over as many calls as fill `min_seconds`, at least one."""
    calls, start = 0, time.perf_counter()
    while not calls or time.perf_counter() - start < min_seconds:
        call()
        calls += 1
    return (time.perf_counter() - start) / calls


def _best_seconds(call: Callable[[], object]) -> float:
    best, start = float("inf"), time.perf_counter()
    while time.perf_counter() - start < MATRIX_SECONDS or best == float("inf"):
        best = min(best, seconds_per_call(call, 0))
    return best
