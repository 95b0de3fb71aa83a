"""Contenders take turns, and ratios come from within rounds."""

import itertools
from functools import partial

import numpy as np

from explorer.bench import timing
from explorer.bench.timing import take_turns, times_as_fast


def test_a_ratio_is_not_that_of_the_medians():
    own, other = [1.0, 5.0, 0.25], [1.0, 10.0, 1.0]
    assert np.median(other) / np.median(own) == 1
    assert times_as_fast(own, other) == 2  # of 1, 2 and 4


def test_contenders_take_turns():
    calls = []
    seconds = take_turns({"a": partial(calls.append, "a"), "b": partial(calls.append, "b")}, 3, min_seconds=0)
    assert calls == ["a", "b"] * 3
    assert [len(rounds) for rounds in seconds.values()] == [3, 3]


def test_a_turn_lasts_a_while_and_rounds_end_at_the_limit(monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr(timing.time, "perf_counter", lambda: float(next(clock)))
    calls = []
    seconds = take_turns({"a": lambda: calls.append(1)}, rounds=9, min_seconds=5, max_seconds=20)
    assert len(seconds["a"]) == timing.MIN_ROUNDS
    assert len(calls) > 3 * timing.MIN_ROUNDS
