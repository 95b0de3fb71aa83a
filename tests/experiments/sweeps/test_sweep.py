"""A sweep: every point kept, failures too; stopped and resumed without doing anything twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from explorer.diagnostics.diagnosis import BUDGETS
from explorer.errors import ExplorerError, SettingsError, Stopped
from explorer.experiments import Sweep, entry, load, sweep
from explorer.experiments.library.table import runs
from explorer.experiments.sweeps import point_task, scheduler
from explorer.experiments.sweeps.cost import SweepCost
from explorer.experiments.sweeps.specification import key_of
from explorer.experiments.sweeps.workers import LocalProcesses, WorkerError
from explorer.files import sha256_of, write_json
from explorer.rendering import render_frame
from explorer.video import probe, read_comment
from tests.experiments.small import FIELD, SMALL, VARY, a_song, contents, small_sweep

FULL_BUDGET = BUDGETS["full"]
THREE = {"gain": [1, 3, 5], "layers": [2]}
pytestmark = pytest.mark.usefixtures("screen_budget")


def started(folder):
    """When each point was begun, to see which was drawn again."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("points/*/recipe.json")}


def failing(monkeypatch, gain):
    """Points of this gain fail from now on."""
    measure = point_task.measure

    def failing_measure(field, *others):
        if field.gain == gain:
            raise ZeroDivisionError("no luck")
        return measure(field, *others)

    monkeypatch.setattr(point_task, "measure", failing_measure)


def stop_after(count):
    def progress(step, done, total):
        if step == "points" and done >= count:
            raise Stopped("enough")

    return progress


def test_a_sweep_folder_holds_everything(made):
    assert {path.name for path in made.folder.iterdir()} == {
        "manifest.json",
        "sweep.json",
        "points",
        "tracks",
        "sheet.jpg",
        "report.html",
    }
    log = made.manifest
    assert (log["kind"], log["status"], log["points"]) == (
        "sweep",
        "done",
        {"total": 6, "done": 6, "failed": 0},
    )
    assert log["spec_hash"] == made.specification.hash
    files = {"point.json", "recipe.json", "thumb.jpg", "frame_00.jpg", "frame_01.jpg", "diagnosis.json"}
    for point in made.points:
        assert {path.name for path in point.folder.iterdir()} == files
        told = point.log["artefacts"]
        assert set(told) == files - {"point.json"}
        assert all(told[name]["sha256"] == sha256_of(point.folder / name) for name in told)
    assert len(made) == 6


def test_the_table_is_typed_and_in_the_order_of_the_grid(made):
    table = made.table
    assert table["params.gain"].tolist() == [1.0, 1.0, 3.0, 3.0, 5.0, 5.0]
    assert table["params.layers"].tolist() == [2, 3] * 3
    assert (table["params.gain"].dtype, table["params.layers"].dtype) == (np.float64, np.int64)
    assert table["seconds"].dtype == np.float64
    assert table["star"].dtype == bool
    assert isinstance(table["started"].dtype, pd.DatetimeTZDtype)
    metrics = [name for name in table if name.startswith("metrics.")]
    assert len(metrics) == 8
    assert (table[metrics].dtypes == np.float64).all()
    assert table[metrics].notna().all(axis=None)
    assert set(table["status"]) == {"done"}
    assert set(table["verdict"]) <= {"static", "faint", "alive", "noisy"}
    assert list(table.index) == list(made.specification.keys)


def test_a_frame_is_that_of_the_video_and_a_point_is_ready_to_render(made):
    point = made.point(3)
    assert (point.field.gain, point.field.layers) == (3.0, 3)
    assert point.recipe.field == FIELD.replace(gain=3, layers=3)
    times = point.log["moments"]
    assert times == [4 / 30, 14 / 30]
    drawn = render_frame(point.field, point.track, times[1], size=(32, 18))
    with Image.open(point.frames[1]) as kept:
        assert np.abs(np.asarray(kept, float) - drawn).mean() < 6  # JPEG
    assert load(point.folder).recipe == point.recipe
    again = load(f"{made.folder.name}/{point.key}", made.folder.parent)
    assert again.folder == point.folder


def test_the_contact_sheet_has_a_cell_for_every_point(made):
    assert made.grid.size[0] > 2 * 32
    assert made.grid.size[1] > 3 * 18
    with Image.open(made.folder / "sheet.jpg") as kept:
        assert kept.size == made.grid.size


def test_a_clip_has_sound_and_carries_the_recipe(song, tmp_path):
    found = small_sweep(song, tmp_path, vary={"gain": [3]}, clips=True, clip_seconds=0.2, clip_size=(48, 26))
    info = probe(found.point(0).video)
    assert (info.size, info.frames, info.has_sound) == ((48, 26), 6, True)
    assert '"gain":3.0' in read_comment(found.point(0).video)
    assert found.table["video"].tolist() == [str(found.point(0).video)]


def test_a_failed_point_is_kept_and_does_not_stop_the_rest(song, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        failing(patch, 3.0)
        found = small_sweep(song, tmp_path / "runs", vary=THREE)
    table = found.table
    assert table["status"].tolist() == ["done", "failed", "done"]
    assert table["error"].tolist()[1] == "ZeroDivisionError: no luck"
    assert np.isnan(table["metrics.space_variance"].iloc[1])
    assert found.manifest["points"] == {"total": 3, "done": 2, "failed": 1}
    assert found.manifest["status"] == "done"
    assert len(found.best(9)) == 2
    before = started(found.folder)
    assert sweep(resume=found.folder, workers=1).table["status"].tolist() == table["status"].tolist()
    assert started(found.folder) == before
    again = sweep(resume=found.folder, retry_failed=True, workers=1)
    assert set(again.table["status"]) == {"done"}
    assert again.manifest["points"] == {"total": 3, "done": 3, "failed": 0}
    redone = {key for key, when in started(found.folder).items() if when != before[key]}
    assert redone == set(table.index[table["status"] == "failed"])


def test_a_stopped_sweep_goes_on_where_it_was(made, song, tmp_path):
    with pytest.raises(Stopped):
        small_sweep(song, tmp_path / "runs", progress=stop_after(2))
    (folder,) = (tmp_path / "runs").iterdir()
    stopped = Sweep(folder)
    assert stopped.manifest["status"] == "stopped"
    counts = stopped.table["status"].value_counts()
    assert counts["done"] >= 2
    assert set(counts.index) == {"done", "pending"}
    assert (folder / "sheet.jpg").exists()
    done = stopped.table.index[stopped.table["status"] == "done"]
    before = started(folder)
    resumed = sweep(resume=folder, workers=1)
    assert all(started(folder)[key] == before[key] for key in done)
    assert len(resumed.table) == 6
    assert resumed.manifest["status"] == "done"
    assert contents(folder) == contents(made.folder)


def test_any_executor_gives_the_same_files(made, song, tmp_path):
    with ThreadPoolExecutor(2) as executor:
        threads = small_sweep(song, tmp_path, executor=executor)
    assert contents(threads.folder) == contents(made.folder)


def test_local_processes_give_the_same_files(song, tmp_path, monkeypatch):
    """Of two processes one is started, which loads all libraries: that takes the time of this test."""
    processes = []

    def one_process(workers):
        processes.append(workers)
        return LocalProcesses(1)

    monkeypatch.setattr(scheduler, "LocalProcesses", one_process)
    monkeypatch.setitem(BUDGETS, "full", FULL_BUDGET)  # that of another process
    here, there = (
        small_sweep(song, tmp_path / str(workers), vary={"gain": [1, 3]}, workers=workers)
        for workers in (1, 2)
    )
    assert processes == [2]
    assert contents(there.folder) == contents(here.folder)
    (process,) = {point.log["process"] for point in there.points}
    assert process != here.point(0).log["process"]


class Losing(ThreadPoolExecutor):
    """An executor on which one point finds its worker dead."""

    def submit(self, function, sweep, key, **named):
        if key == key_of({"gain": 3.0, "layers": 2}):
            return super().submit(divmod, 1, 0)
        return super().submit(function, sweep, key, **named)


def test_a_worker_that_dies_fails_its_point_alone(song, tmp_path):
    with Losing(1) as executor:
        found = small_sweep(song, tmp_path, vary=THREE, executor=executor)
    assert found.table["status"].tolist() == ["done", "failed", "done"]
    assert found.table["error"].tolist()[1].startswith("ZeroDivisionError")
    assert found.manifest["points"]["failed"] == 1


class Killed(ThreadPoolExecutor):
    """An executor on which the worker of one point is killed so many times."""

    def __init__(self, times):
        super().__init__(1)
        self.times, self.calls = times, 0

    def submit(self, function, sweep, key, **named):
        if key == key_of({"gain": 3.0, "layers": 2}):
            self.calls += 1
            if self.calls <= self.times:
                return super().submit(self._kill)
        return super().submit(function, sweep, key, **named)

    def _kill(self):
        raise WorkerError("a worker process died with status -9")


def test_a_point_whose_worker_is_killed_is_tried_twice_and_stays_interrupted(song, tmp_path):
    with Killed(9) as executor:
        found = small_sweep(song, tmp_path / "runs", vary={"gain": [1, 3], "layers": [2]}, executor=executor)
    assert executor.calls == 2
    assert found.table["status"].tolist() == ["done", "interrupted"]
    assert found.table["error"].tolist()[1] == "a worker process died with status -9"
    assert found.manifest["status"] == "stopped"
    assert found.manifest["points"] == {"total": 2, "done": 1, "failed": 0}
    with Killed(1) as executor:
        again = sweep(resume=found.folder, executor=executor)
    assert executor.calls == 2
    assert again.manifest["status"] == "done"


def test_a_sweep_that_is_deleted_while_it_runs_does_not_come_back(song, tmp_path):
    def remove(step, done, total):
        if step == "points" and done == 1:
            for folder in (tmp_path / "runs").iterdir():
                folder.rename(tmp_path / "deleted")

    with pytest.raises(ExplorerError, match="deleted or moved during the work"):
        small_sweep(song, tmp_path / "runs", progress=remove)
    assert list((tmp_path / "runs").iterdir()) == []


class Broken(ThreadPoolExecutor):
    """A pool that is gone with one of its workers, as a ProcessPoolExecutor is."""

    def submit(self, function, sweep, key, **named):
        if key == key_of({"gain": 3.0, "layers": 2}):
            return super().submit(self._break)
        return super().submit(function, sweep, key, **named)

    def _break(self):
        raise BrokenProcessPool("A process in the process pool was terminated abruptly.")


def test_a_pool_that_breaks_stops_the_sweep_and_fails_no_point(made, song, tmp_path):
    with Broken(1) as executor, pytest.raises(ExplorerError, match=r"terminated abruptly.* Resume sweep_"):
        small_sweep(song, tmp_path / "runs", executor=executor)
    (folder,) = (tmp_path / "runs").iterdir()
    assert set(Sweep(folder).table["status"]) == {"done", "pending"}
    assert Sweep(folder).manifest["status"] == "failed"
    sweep(resume=folder, workers=1)
    assert contents(folder) == contents(made.folder)


def test_a_worker_that_does_not_see_the_sweep_makes_nothing(tmp_path):
    with pytest.raises(SettingsError, match="nowhere holds no sweep"):
        point_task.run_point(str(tmp_path / "nowhere"), "0123456789ab")
    assert not list(tmp_path.iterdir())


def test_two_sessions_on_one_folder_share_the_work(made, song, tmp_path):
    with pytest.raises(Stopped):
        small_sweep(song, tmp_path / "runs", progress=stop_after(0))
    (folder,) = (tmp_path / "runs").iterdir()
    with ThreadPoolExecutor(2) as both:
        sessions = [both.submit(sweep, resume=folder, workers=1) for _ in range(2)]
        for session in sessions:
            assert set(session.result().table["status"]) == {"done"}
    assert contents(folder) == contents(made.folder)


def test_a_changed_specification_is_refused_with_what_changed(song, tmp_path):
    found = small_sweep(song, tmp_path, vary={"gain": [1]})
    with pytest.raises(SettingsError, match=r"another sweep: vary.gain was \[1.0\] and is \[1.0, 2.0\]"):
        sweep(vary={"gain": [1, 2]}, resume=found.folder)
    with pytest.raises(SettingsError, match=r"base.field.seed was 0 and is 7"):
        sweep(FIELD.replace(seed=7), resume=found.folder)
    sweep(FIELD, song, {"gain": [1]}, resume=found.folder)
    spec = json.loads((found.folder / "sweep.json").read_text())
    spec["moments"] = [0.1]
    write_json(found.folder / "sweep.json", spec)
    with pytest.raises(SettingsError, match=r"moments was \[0.15, 0.45\] and is \[0.1\]"):
        sweep(resume=found.folder)


def test_another_sound_is_refused_and_a_moved_one_is_found(song, tmp_path):
    found = small_sweep(song, tmp_path / "runs", vary={"gain": [1]})
    moved = song.rename(tmp_path / "moved.wav")
    with pytest.raises(SettingsError, match=r"song.wav' and it was not found; name the file"):
        sweep(resume=found.folder)
    other = a_song(tmp_path, 0.4)
    with pytest.raises(SettingsError, match=r"song.wav is another; name the file: sweep AUDIO"):
        sweep(audio=other, resume=found.folder)
    assert sweep(audio=moved, resume=found.folder).manifest["status"] == "done"


def test_a_lost_manifest_and_a_damaged_point_are_made_again(made, song, tmp_path):
    found = small_sweep(song, tmp_path / "runs")
    (found.folder / "manifest.json").unlink()
    (found.point(1).folder / "point.json").write_text("{")
    assert found.table["status"].tolist()[1] == "damaged"
    sweep(audio=song, resume=found.folder, workers=1)
    assert contents(found.folder) == contents(made.folder)


def test_nothing_is_drawn_when_the_plan_is_refused(song, tmp_path):
    plans = []

    def refuse(plan):
        plans.append(str(plan))
        raise Stopped("too long")

    with pytest.raises(Stopped):
        small_sweep(song, tmp_path / "runs", announce=refuse)
    (plan,) = plans
    assert plan.startswith("6 points: gain (3 values), layers (2 values); clips are skipped")
    (folder,) = (tmp_path / "runs").iterdir()
    assert not (folder / "points").exists()


def test_the_plan_is_told_with_its_cost_before_the_first_point(song, tmp_path, monkeypatch):
    plans, workers = [], []
    cost = SweepCost(seconds=20.0, cpu_seconds=30.0, bytes=5000)
    monkeypatch.setattr(entry, "sweep_cost", lambda spec, keys, *_: cost * (len(keys) / 2))
    monkeypatch.setattr(entry, "run_points", lambda *_, **options: workers.append(options["workers"]))
    small_sweep(song, tmp_path, vary={"gain": [1, 2]}, announce=plans.append, workers=None)
    (plan,) = plans
    assert (plan.points, plan.to_do, plan.bytes) == (2, 2, 5000)
    assert plan.seconds == cost.with_workers(plan.workers)
    assert workers == [plan.workers]


def test_wrong_names_leave_no_folder_behind(song, tmp_path):
    with pytest.raises(SettingsError, match="did you mean 'gain'"):
        small_sweep(song, tmp_path / "runs", vary={"gian": [1]})
    with pytest.raises(SettingsError, match=r"start: got 99 s; the sound is 0\.6"):
        small_sweep(song, tmp_path / "runs", vary={"start": [0, 99]})
    assert not (tmp_path / "runs").exists()


def test_analysis_and_frames_can_be_varied(song, tmp_path):
    vary = {"smoothing": [0.04, 0.5], "frames.fps": [30, 24], "start": [0, 0.3]}  # the base is first
    found = small_sweep(song, tmp_path, vary=vary, sampler="oat")
    assert len(list((found.folder / "tracks").glob("*.npy"))) == 2
    assert found.table["params.frames.fps"].tolist() == [30, 30, 24, 30]
    (late,) = found.table.index[found.table["params.start"] == 0.3]
    assert min(found.point(late).log["moments"]) >= 0.3
    listed = runs(tmp_path).set_index("run")
    assert listed["fps"].value_counts().to_dict() == {24.0: 1, 30.0: 3}


def test_points_are_rendered_in_full(made, tmp_path):
    run = made.point(2).render(size=(64, 36), duration=0.2, explorations=tmp_path)
    assert run.manifest["performance"]["frames"] == 6
    assert run.field == made.point(2).field
    assert (SMALL["size"], list(VARY)) == ((32, 18), ["gain", "layers"])
