"""Comparing speeds on a machine that does other things too.

Contenders take turns, A B C A B C; a ratio is the median of the ratios within rounds, so that whatever else
the machine does strikes both. Absolute numbers are those of the day; the ratios last.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from explorer.progress import Progress, silent

FEWEST_ROUNDS = 3
TRYING = 0.3  # seconds for the best rate of a product


def take_turns(
    calls: Mapping[str, Callable[[], object]],
    rounds: int,
    least: float,
    *,
    limit: float = float("inf"),
    progress: Progress = silent,
) -> dict[str, list[float]]:
    """Seconds per call of each contender in each round.

    A contender goes on for at least `least` seconds a turn. After `limit` seconds no round is begun beyond
    the first `FEWEST_ROUNDS`.
    """
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    began = time.perf_counter()
    for n in range(rounds):
        if n >= FEWEST_ROUNDS and time.perf_counter() - began > limit:
            break
        for name, call in calls.items():
            seconds[name].append(seconds_per_call(call, least))
        progress("measuring", n + 1, rounds)
    return seconds


def times_as_fast(own: Sequence[float], other: Sequence[float]) -> float:
    """The median over rounds of other / own: never a ratio of numbers from different rounds."""
    return statistics.median(theirs / ours for ours, theirs in zip(own, other, strict=True))


def megapixels_per_second(pixels: int, seconds: Sequence[float]) -> float:
    """The median over rounds, for frames of so many pixels."""
    return pixels / statistics.median(seconds) / 1e6


def matrix_rate(rows: int) -> tuple[float, str]:
    """The machine's fp32 rate in operations a second, and whose: the best of numpy's and torch's products.

    Square matrices with `rows` rows, 2 rows^3 operations, all threads.
    """
    a, b = np.random.default_rng(0).random((2, rows, rows), np.float32)
    left, right = torch.from_numpy(a), torch.from_numpy(b)
    products: dict[str, Callable[[], object]] = {"numpy": lambda: a @ b, "torch": lambda: left @ right}
    best = {name: _best_seconds(call) for name, call in products.items()}
    return max((2 * rows**3 / seconds, name) for name, seconds in best.items())


def seconds_per_call(call: Callable[[], object], least: float) -> float:
    """The mean over as many calls as fill `least` seconds, one at the least."""
    calls, began = 0, time.perf_counter()
    while not calls or time.perf_counter() - began < least:
        call()
        calls += 1
    return (time.perf_counter() - began) / calls


def _best_seconds(call: Callable[[], object]) -> float:
    best, began = float("inf"), time.perf_counter()
    while time.perf_counter() - began < TRYING or best == float("inf"):
        best = min(best, seconds_per_call(call, 0))
    return best
