"""Evaluations in threads: in order, as many at once as were asked for and no more."""

import threading
from concurrent.futures import Future

import pytest

from explorer.diagnostics import diagnose, parallel, sampling
from explorer.diagnostics.parallel import in_threads
from explorer.diagnostics.sampling import sampling_threads
from explorer.fields import CPPN, Julia, Mix
from explorer.progress import silent
from tests.tracks import made_up_track

FIELD = CPPN(hidden=4, layers=3)


def names_of_threads(items, threads=None):
    """The threads that did something for every item."""
    return set(in_threads(lambda _: threading.current_thread().name, range(items), "test", silent, threads))


def test_results_come_in_order():
    first = Future()

    def work(item):
        """The first item ends after the second."""
        return first.result(30) if item == 0 else (first.set_result("first"), item)[1]

    assert in_threads(work, [0, 1], "test", silent, threads=2) == ["first", 1]


def test_so_many_threads_work_at_once():
    together = threading.Barrier(3, timeout=30)
    assert sorted(in_threads(lambda _: together.wait(), range(3), "test", silent, threads=3)) == [0, 1, 2]


def test_one_thread_does_all_when_one_is_given(monkeypatch):
    monkeypatch.setattr(parallel, "usable_threads", lambda: 4)
    assert len(names_of_threads(100, threads=1)) == 1
    together = threading.Barrier(4, timeout=30)
    assert len(in_threads(lambda _: together.wait(), range(4), "test", silent)) == 4


@pytest.mark.parametrize("hidden", [4, 256])
def test_a_diagnosis_keeps_to_its_threads_and_does_not_depend_on_them(hidden, monkeypatch):
    used, prepare = set(), CPPN.prepare

    def noted(self, controls):
        used.add(threading.current_thread().name)
        return prepare(self, controls)

    monkeypatch.setattr(CPPN, "prepare", noted)
    track, field = made_up_track(), CPPN(hidden=hidden, layers=3)
    alone = diagnose(field, track, budget="screen", threads=1)
    assert len(used) == 1
    assert diagnose(field, track, budget="screen", threads=3) == alone


def test_only_large_products_are_shared_among_threads(monkeypatch):
    monkeypatch.setattr(sampling, "usable_threads", lambda: 4)
    wide, small = CPPN(hidden=256), [FIELD, Julia(), Mix(FIELD, FIELD)]
    assert [sampling_threads(field, 3) for field in (wide, Mix(wide, FIELD))] == [3, 3]
    assert [sampling_threads(wide), *map(sampling_threads, small)] == [4, 1, 1, 1]
