"""Worker processes: an executor whose workers may die."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from explorer.diagnostics import parallel
from explorer.errors import SettingsError
from explorer.experiments.sweeps import workers
from explorer.experiments.sweeps.workers import LocalProcesses, WorkerError, default_workers, threads_each
from explorer.rendering import renderer
from explorer.threads import usable_threads
from tests.experiments.small import a_song, small_sweep


@pytest.fixture(scope="module")
def two():
    with pytest.MonkeyPatch.context() as patch, LocalProcesses(2) as executor:
        patch.setenv("OMP_NUM_THREADS", "2")  # of this process; a worker has its own
        yield executor


def test_calls_run_elsewhere_and_results_and_errors_come_back(two):
    assert two.submit(os.getpid).result() != os.getpid()
    assert list(two.map(pow, [2, 3], [10, 2])) == [1024, 9]
    with pytest.raises(ZeroDivisionError):
        two.submit(divmod, 1, 0).result()
    assert two.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"


def test_what_a_call_prints_does_not_disturb(two):
    assert two.submit(print, "not an answer").result() is None
    assert two.submit(pow, 2, 2).result() == 4


def test_an_error_class_of_explorer_comes_back_as_itself(two):
    from explorer.rendering import parse_size

    with pytest.raises(SettingsError, match="resolution"):
        two.submit(parse_size, "nonsense").result()


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_worker_that_dies_fails_its_call_alone(two):
    others = [two.submit(pow, 2, n) for n in range(4)]
    dead = two.submit(signal.raise_signal, signal.SIGKILL)
    with pytest.raises(WorkerError, match="a worker process died"):
        dead.result()
    assert [future.result() for future in others] == [1, 2, 4, 8]
    assert [two.submit(pow, 3, n).result() for n in range(4)] == [1, 3, 9, 27]


def test_dropped_calls_are_cancelled():
    executor = LocalProcesses(1)
    futures = [executor.submit(os.getpid) for _ in range(20)]
    executor.shutdown(cancel_futures=True)
    wait(futures)
    assert any(future.cancelled() for future in futures)


def test_all_threads_together_are_no_more_than_the_cores(monkeypatch):
    for count in range(1, 10):
        assert threads_each(count) == 1 or count * threads_each(count) <= usable_threads()
    assert 1 <= default_workers(1000) <= usable_threads()
    assert default_workers(1) == 1
    monkeypatch.setattr(workers, "WORKER_BYTES", 1e18)
    assert default_workers(1000) == 1


def test_a_point_draws_and_measures_with_the_threads_of_its_worker(tmp_path, monkeypatch):
    """Two workers on two cores are two busy threads: the pool of a point itself only waits."""
    pools = []

    class Noted(ThreadPoolExecutor):
        def __init__(self, count, name, *others):
            pools.append((name, count))
            super().__init__(count, name, *others)

    for room in (parallel, renderer):
        monkeypatch.setattr(room, "usable_threads", lambda: 4)
        monkeypatch.setattr(room, "ThreadPoolExecutor", Noted)
    with ThreadPoolExecutor(1) as executor:  # on executors a call has one thread
        small_sweep(a_song(tmp_path, 0.6), tmp_path, vary={"gain": [3]}, executor=executor)
    assert set(pools) == {("explorer-draw", 1), ("explorer-measure", 1)}
