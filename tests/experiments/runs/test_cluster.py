"""Sweeps and renders on a real Dask cluster of processes on this machine."""

import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from explorer import atlas
from explorer.cli import main
from explorer.errors import ExplorerError, SettingsError, Stopped
from explorer.experiments import Sweep, render, sweep
from explorer.experiments.runs import cluster
from explorer.experiments.sweeps.leases import is_leased
from explorer.fields.sketch.field import sketch_of
from explorer.files import sha256_of
from tests import processes
from tests.experiments.small import FIELD, SMALL, a_song, contents, small_sweep
from tests.fields.sketch.texts import text_of


@pytest.fixture(scope="module")
def dask_cluster():
    """A client of two worker processes, each started again when it dies."""
    import distributed  # here: a second in every process that collects tests
    from dask import config

    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    processes.start(bool).join()  # from now on, workers are forked too
    method = {"distributed.worker.multiprocessing-method": processes.context.get_start_method()}
    with (
        config.set(method),
        distributed.LocalCluster(**settings) as local,
        distributed.Client(local) as client,
    ):
        yield client


@pytest.fixture
def dask(dask_cluster):
    """The same with both workers there, though the test before killed one."""
    dask_cluster.wait_for_workers(2)
    return dask_cluster


def holders(folder):
    """The processes that have a point now."""
    for claim in folder.glob("points/*/.claim.*"):
        try:
            yield psutil.Process(json.loads(claim.read_text())["process"])
        except (OSError, ValueError, psutil.Error):  # just done, or just begun
            continue


def test_table_and_thumbnails_are_those_of_one_process(made, song, tmp_path, dask):
    plans = []
    found = small_sweep(song, tmp_path / "runs", executor=dask, announce=plans.append)
    assert contents(found.folder) == contents(made.folder)  # thumbnails and numbers, file by file
    but = ["started", "seconds", "thumb", "folder", "video"]
    one, other = (each.table.drop(columns=but, errors="ignore") for each in (found, made))
    assert one.equals(other)
    assert {point.log["process"] for point in found.points} <= set(dask.run(os.getpid).values())
    assert [plan.workers for plan in plans] == [2]


@pytest.mark.slow  # compiles the kernel in every worker
def test_an_atlas_has_the_looks_of_one_process(song, tmp_path, dask):
    settings = {"evaluations": 8, "size": (32, 18), "cells": 4}
    here = atlas(FIELD, song, workers=1, explorations=tmp_path / "here", **settings)
    there = atlas(FIELD, song, executor=dask, explorations=tmp_path / "there", **settings)
    but = ["started", "seconds", "thumb", "folder", "video"]
    one, other = (each.table.drop(columns=but, errors="ignore") for each in (here, there))
    assert one.equals(other)
    assert there.coverage > 0
    logs = [json.loads(path.read_text()) for path in there.folder.glob("points/*/point.json")]
    assert {log["process"] for log in logs} <= set(dask.run(os.getpid).values())


@pytest.mark.slow
def test_a_sketch_travels_to_the_workers_as_text(song, tmp_path, dask):
    field = sketch_of(
        text_of("return sin(9 * x) * waves + bass", "x, y, bass, *, waves: float = slider(1, 0, 2)")
    )
    settings = {**SMALL, "vary": {"waves": [0.5, 1.5]}}
    there = sweep(field, song, **settings, executor=dask, explorations=tmp_path / "there")
    here = sweep(field, song, **settings, explorations=tmp_path / "here")
    assert contents(there.folder) == contents(here.folder)
    assert all(point.log["process"] != os.getpid() for point in there.points)


def test_a_worker_killed_in_the_middle_of_a_point_loses_nothing(made, song, tmp_path, dask):
    killed = []

    def progress(step, done, total):
        if step == "points" and done and not killed:
            (folder,) = (tmp_path / "runs").iterdir()
            for process in holders(folder):
                process.kill()
                killed.append(process.pid)
                return

    found = small_sweep(song, tmp_path / "runs", executor=dask, progress=progress)
    assert killed
    assert found.table["status"].tolist() == ["done"] * 6
    assert found.table.index.is_unique
    assert contents(found.folder) == contents(made.folder)


def test_a_stop_waits_for_the_workers_and_the_rest_can_be_done_anywhere(made, song, tmp_path, dask):
    def progress(step, done, total):
        if step == "points" and done:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        small_sweep(song, tmp_path / "runs", executor=dask, progress=progress)
    (folder,) = (tmp_path / "runs").iterdir()
    assert not [point for point in Sweep(folder).points if is_leased(point.folder)]
    assert not list(folder.glob(".stop*"))
    assert set(Sweep(folder).table["status"]) == {"done", "pending"}
    sweep(resume=folder, workers=1)
    assert contents(folder) == contents(made.folder)


def test_a_render_in_segments_is_the_same_video_though_a_worker_dies(tmp_path, dask):
    killed, song = [], a_song(tmp_path, 1.0)

    def progress(step, done, total):
        if step == "drawing" and done == 10:
            killed.append(psutil.Process(dask.run(os.getpid).popitem()[1]))
            killed[0].kill()

    def rendered(where, **how):
        pictures = tmp_path / where / "frames"
        run = render(
            FIELD,
            song,
            size=(64, 36),
            fps="24000/1001",
            png_dir=pictures,
            explorations=tmp_path / where,
            **how,
        )
        return run, [sha256_of(path) for path in sorted(pictures.iterdir())]

    alone, frames = rendered("alone")
    run, drawn = rendered("cluster", executor=dask, progress=progress)
    assert killed
    assert run.manifest["workers"] == 2
    assert (len(frames), drawn) == (24, frames)
    assert sha256_of(run.video) == sha256_of(alone.video)  # the times of frames and the sound too


@pytest.mark.slow
def test_the_commands_take_an_address(made, song, tmp_path, dask, capsys):
    asked = ["sweep", song, "--preset", "compact-4x3", "--set", "gain=1,5", "--resolution", "32x18"]
    there = ["--no-clips", "--dask", dask.scheduler.address, "--explorations", tmp_path / "runs"]
    assert main([str(part) for part in asked + there]) == 0
    assert "done        2 of 2" in capsys.readouterr().out
    asked = ["render", song, "--preset", "compact-4x3", "--resolution", "64x36", "--duration", "0.5"]
    assert main([str(part) for part in [*asked, *there[1:]]]) == 0
    assert "video" in capsys.readouterr().out


def test_a_folder_that_workers_do_not_see_is_told(tmp_path, dask):
    with pytest.raises(ExplorerError, match=r"worker at tcp://.* does not see .*nowhere"):
        cluster.check_workers(dask, tmp_path / "nowhere")


def test_no_scheduler_is_one_line(song, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    there = ["--dask", "tcp://127.0.0.1:1", "--explorations", str(tmp_path / "runs")]
    assert main(["sweep", str(song), "--set", "gain=1,2", *there]) == 1
    said = capsys.readouterr().err
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:1'" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExplorerError, match=r'pip install "audio-feature-explorer\[cluster\]"'):
        cluster.connect_dask("tcp://127.0.0.1:1")


def test_what_is_no_executor_is_refused_before_a_folder_is_made(song, tmp_path):
    for work in (small_sweep, lambda song, root, executor: render(FIELD, song, executor=executor)):
        with pytest.raises(SettingsError, match=r"executor: got 'tcp://x'; give a dask\.distributed\.Client"):
            work(song, tmp_path / "runs", executor="tcp://x")
    assert not Path(tmp_path / "runs").exists()
