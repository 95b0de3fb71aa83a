"""Runs, sweeps and points found again: listed, loaded, starred, deleted; the best and most different."""

import time

import numpy as np
import pytest
from PIL import Image

from explorer.errors import SettingsError
from explorer.experiments import Point, Run, Sweep, delete, load, render, star
from explorer.experiments.library.selection import best, diverse
from explorer.experiments.library.table import runs
from explorer.experiments.sweeps.leases import Lease
from explorer.experiments.sweeps.point_metrics import METRICS
from explorer.experiments.sweeps.point_set import draw_points
from explorer.experiments.sweeps.specification import Specification
from explorer.files import write_json
from tests.experiments.runs.test_recipe import a_recipe
from tests.experiments.small import FIELD, a_song, small_sweep

pytestmark = pytest.mark.usefixtures("screen_budget")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, screen_budget):
    """An explorations folder with a run and a sweep of three points, one of them never drawn."""
    folder = tmp_path_factory.mktemp("shelf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(folder / "cache"))
        song = a_song(folder, 0.6)
        run = render(FIELD, song, size=(32, 18), duration=0.1, explorations=folder / "runs")
        sweep = small_sweep(song, folder / "runs", vary={"gain": [1, 3, 5]})
    for path in sweep.point(2).folder.iterdir():
        path.unlink()
    return folder / "runs", run, sweep


def made_up_sweep(root, count):
    """A finished sweep of so many points, without pictures."""
    folder = root / f"sweep_20260102T030405Z_{count:06x}"
    folder.mkdir(parents=True)
    drawn = draw_points(a_recipe(), {"seed": range(count)})
    spec = Specification(base=a_recipe(), vary=drawn.vary, ranges={}, moments=(1.0,), points=drawn.points)
    write_json(folder / "sweep.json", spec.to_dict())
    metrics = dict.fromkeys(METRICS, 0.5)
    for key, params in spec.points:
        told = {"status": "done", "params": params, "seconds": 1.0, "metrics": metrics, "verdict": "alive"}
        write_json(folder / "points" / key / "point.json", told | {"started": "2026-01-02T03:04:05+00:00"})
    return folder


def test_runs_and_points_are_listed_together_and_typed(shelf):
    root, run, sweep = shelf
    table = runs(root).set_index("run")
    keys = [f"{sweep.folder.name}/{key}" for key in sweep.specification.keys]
    assert set(table.index) == {run.folder.name, *keys}
    assert table.loc[keys, "kind"].tolist() == ["point"] * 3
    assert table.loc[keys, "status"].tolist() == ["done", "done", "pending"]
    assert table.loc[keys, "params.gain"].tolist() == [1, 3, 5]
    assert table.loc[[run.folder.name, *keys], "params.layers"].tolist() == [3] * 4
    assert table["metrics.time_variance"].dtype == np.float64
    assert table["metrics.time_variance"].notna().tolist().count(True) == 2
    assert table["size"].unique().tolist() == ["32x18"]


def test_many_points_are_listed_fast(tmp_path):
    made_up_sweep(tmp_path, 200)
    made_up_sweep(tmp_path / "small", 20)
    began = time.perf_counter()
    few = runs(tmp_path / "small")
    between = time.perf_counter()
    many = runs(tmp_path)
    assert (len(few), len(many)) == (20, 200)
    assert time.perf_counter() - between < 30 * (between - began)  # no worse than in proportion


def test_a_damaged_sweep_does_not_stop_the_rest(tmp_path):
    made_up_sweep(tmp_path, 2)
    (made_up_sweep(tmp_path, 3) / "sweep.json").write_text("{")
    (tmp_path / "sweep_20260102T030405Z_ffffff").mkdir()
    table = runs(tmp_path)
    assert table["status"].value_counts().to_dict() == {"done": 2, "damaged": 2}
    assert set(table.loc[table["status"] == "damaged", "kind"]) == {"sweep"}


def test_what_was_made_is_loaded_by_path_or_name(shelf):
    root, run, sweep = shelf
    assert load(run.folder) == Run(run.folder)
    assert load(run.folder).field == FIELD
    assert isinstance(load(sweep.folder.name, root), Sweep)
    assert load(sweep.folder.name[-6:], root).folder == sweep.folder
    point = load(f"{sweep.folder.name}/{sweep.point(1).key[:8]}", root)
    assert isinstance(point, Point)
    assert point.field == FIELD.replace(gain=3)
    assert load(point.key[-7:], root).folder == point.folder
    assert load(sweep.point(2).folder.parent / sweep.point(0).key).key == sweep.point(0).key


@pytest.mark.parametrize("name", ["nothing", "render_2", "", "../secret", "sweep_x/abc"])
def test_what_is_not_there_is_told(shelf, name):
    with pytest.raises(SettingsError, match=r"no run|end in"):
        load(name, shelf[0])


def test_a_point_that_is_not_there_is_told(shelf):
    _, _, sweep = shelf
    with pytest.raises(SettingsError, match="0 points whose key begins with 'zzz'"):
        sweep.point("zzz")
    with pytest.raises(SettingsError, match="the sweep has 0 to 2"):
        sweep.point(3)


def test_stars_are_kept(shelf):
    root, run, sweep = shelf
    star(run.folder, explorations=root)
    star(f"{sweep.folder.name}/{sweep.point(0).key}", explorations=root)
    starred = runs(root).query("star")["run"]
    assert set(starred) == {run.folder.name, f"{sweep.folder.name}/{sweep.point(0).key}"}
    assert sweep.table["star"].tolist() == [True, False, False]
    star(run.folder, starred=False, explorations=root)
    star(sweep.point(0).folder, starred=False)
    assert not runs(root)["star"].any()


def test_whole_runs_and_sweeps_are_deleted_and_nothing_else(tmp_path):
    folder = made_up_sweep(tmp_path / "runs", 2)
    point = folder / "points" / Sweep(folder).specification.keys[0]
    for other in (point, tmp_path, folder / "points"):
        with pytest.raises(SettingsError, match="only whole ones can be deleted"):
            delete(other)
    with Lease.acquire(point), pytest.raises(SettingsError, match="is being worked on"):
        delete(folder.name, tmp_path / "runs")
    delete(folder.name, tmp_path / "runs")
    assert not list((tmp_path / "runs").iterdir())


@pytest.fixture
def pictured(tmp_path):
    """A table of six points: two alike, black and white among them, one static, one failed."""
    colours = {"a": 0, "b": 10, "c": 255, "d": 120, "e": 200, "f": 0}
    sweep = made_up_sweep(tmp_path, 6)
    table = Sweep(sweep).table.set_axis(list(colours))
    for name, colour in colours.items():
        Image.new("RGB", (64, 36), (colour,) * 3).save(tmp_path / f"{name}.jpg")
        table.loc[name, "thumb"] = str(tmp_path / f"{name}.jpg")
    table["metrics.time_variance"] = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
    table.loc["e", "verdict"] = "static"
    table.loc["f", "status"] = "failed"
    return table


def test_the_best_by_a_stated_score(pictured):
    assert list(best(pictured, 2).index) == ["d", "c"]
    assert list(best(pictured, 9).index) == ["d", "c", "b", "a", "e"]
    assert list(best(pictured, 1, by="time_variance").index) == ["e"]
    assert list(best(pictured, 1, by="params.seed", ascending=True).index) == ["a"]
    assert list(best(pictured, 1, by=lambda row: -row["params.seed"]).index) == ["a"]
    with pytest.raises(SettingsError, match="no score 'lively'"):
        best(pictured, 1, by="lively")


def test_the_most_different_pictures(pictured):
    chosen = diverse(pictured, 3)
    assert list(chosen.index) == ["d", "c", "a"]  # the best, then white, then black; never a twin
    assert chosen["distance"].tolist()[1:] == pytest.approx([135 / 255, 120 / 255], abs=0.01)
    assert list(diverse(pictured, 9).index)[-1] == "e"  # static: only when nothing else is left
    assert diverse(pictured, 0).empty


def test_some_points_side_by_side(shelf):
    _, _, sweep = shelf
    assert sweep.sheet(sweep.best(2)).size[0] > 64
    assert sweep.sheet(sweep.table.index).size[0] > 64
    assert sweep.grid.size[0] > 64
