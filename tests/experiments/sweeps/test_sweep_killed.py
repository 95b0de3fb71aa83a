"""A sweep that is killed at any moment and resumed equals one that nothing happened to, file by file."""

import json
import random
import signal
import sys
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe

import psutil
import pytest

from explorer.experiments import Sweep, sweep
from explorer.experiments.library.table import runs
from tests.experiments.small import a_song, contents, in_another_process, small_sweep

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


THREE_POINTS = {"gain": [1, 3, 5]}


def killed(first, second, dies_at):
    """Let a sweep in another process die at its n-th file, with its folder left as it was."""
    process = in_another_process(first, second, dies_at, vary=THREE_POINTS)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def finished_points(folder):
    """What every point was finished with: to see that none is drawn again."""
    logs = {path.parent.name: json.loads(path.read_text()) for path in folder.glob("points/*/point.json")}
    return {key: log["started"] + str(log["process"]) for key, log in logs.items() if log["status"] == "done"}


def test_killed_three_times_and_resumed(tmp_path):
    song = a_song(tmp_path, 0.6)
    killed(song, tmp_path / "runs", dies_at=2)  # point.json says running, nothing is there
    (folder,) = (tmp_path / "runs").iterdir()
    assert "interrupted" in set(Sweep(folder).table["status"])
    assert "interrupted" in set(runs(tmp_path / "runs")["status"])
    (point,) = folder.glob("points/*")
    assert {path.name for path in point.iterdir()} > {
        "point.json",
        ".claim.0",
    }  # held by a process that is gone
    assert not list(point.glob("*.jpg"))
    killed("resume", folder, dies_at=13)  # in the second point, between pictures
    once = finished_points(folder)
    assert len(once) == 1
    killed("resume", folder, dies_at=7)  # everything of a point is there, but nobody has said so
    assert finished_points(folder) == once
    assert len(list(folder.glob("points/*/diagnosis.json"))) == 2
    resumed = sweep(resume=folder, workers=1)
    twice = finished_points(folder)
    assert once.items() <= twice.items()
    assert resumed.table.index.is_unique
    assert resumed.table["status"].tolist() == ["done"] * 3
    assert not [path for path in folder.rglob(".*") if path.name != ".star"]
    assert contents(folder) == contents(small_sweep(song, tmp_path / "whole", vary=THREE_POINTS).folder)
    assert runs(tmp_path / "runs")["run"].is_unique


def report_step(to, step, done, total):
    to.send(step)


def watched(first, second):
    """A sweep in another process with two workers, and its steps as they come."""
    steps, to = Pipe(duplex=False)
    with to:
        return in_another_process(first, second, workers=2, progress=partial(report_step, to)), steps


@pytest.mark.slow
def test_killed_at_random_moments_with_workers(tmp_path):
    song, chance = a_song(tmp_path), random.Random(5)
    process, steps = watched(song, tmp_path / "runs")
    while steps.recv() != "points":
        pass
    (folder,) = (tmp_path / "runs").iterdir()
    for _ in range(6):
        with suppress(EOFError):
            for _ in range(chance.randint(0, 6)):
                steps.recv()
        workers = psutil.Process(process.pid).children(recursive=True) if process.is_alive() else []
        process.kill()
        process.join()
        psutil.wait_procs(workers, timeout=60)
        assert not [worker for worker in workers if worker.is_running()]
        process, steps = watched("resume", folder)
    other = in_another_process("resume", folder)  # two processes on one folder
    with suppress(EOFError):
        while steps.recv():
            pass
    for each in (process, other):
        each.join()
        assert each.exitcode == 0
    assert contents(folder) == contents(small_sweep(song, tmp_path / "whole").folder)
