"""An atlas: the best look of every cell, all of it in a folder that can be resumed."""

import errno
import itertools
import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer import CPPN, ExplorerError, atlas, load, runs
from explorer.errors import OutputError, SettingsError, Stopped
from explorer.evolution.atlas import look_task
from explorer.experiments.atlases.cells import cell_of, elite_keys, map_picture
from explorer.experiments.reports import write_report
from tests.evolution.atlas.conftest import FIELD, SMALL
from tests.experiments.small import a_song
from tests.signals import write_wav

RESULTS = ["metrics.motion", "metrics.audio_share", "metrics.quality", "verdict", "column", "row", "elite"]


def test_cells_keep_the_best_and_the_earlier_of_equal_looks():
    looks = [("a", 0.5, (0.0, 1.0)), ("b", 0.7, (0.05, 0.99)), ("c", 0.7, (0.0, 1.0)), ("d", 0.0, (0.5, 0.5))]
    assert elite_keys(looks, 10) == {(0, 9): "b"}
    assert cell_of((1.0, 0.0), 10) == (9, 0)


def test_the_table_has_a_row_for_every_look_and_its_cell(made):
    table = made.table
    assert len(table) == len(made) == SMALL["evaluations"]
    assert set(table["status"]) == {"done"}
    assert made.manifest["status"] == "done"
    assert made.manifest["points"] == {"total": 8, "done": 8, "failed": 0}
    elites = made.elites
    assert not elites.duplicated(["column", "row"]).any()
    for _, group in table[table["column"] >= 0].groupby(["column", "row"]):
        assert group.loc[group["elite"], "metrics.quality"].tolist() == [group["metrics.quality"].max()]
    assert made.coverage == len(elites) / 25 > 0
    assert made.qd_score == pytest.approx(elites["metrics.quality"].sum())
    dead = table[table["verdict"].isin(["static", "noisy"])]
    assert (dead["metrics.quality"] == 0).all()
    assert (dead["column"] == -1).all()


def test_a_look_can_be_opened_and_listed(made):
    best = made.elites["metrics.quality"].idxmax()
    params = made.specification.recipe(json.loads((made[best].folder / "point.json").read_text())["params"])
    assert made[best].field == params.field == made.best(1)[0]
    place = made.table.loc[best, ["metrics.motion", "metrics.audio_share"]]
    assert made.at(*place).folder == made[best].folder
    rows = runs(made.folder.parent)
    assert set(rows["kind"]) == {"look"}
    assert len(rows) == 8
    assert load(f"{made.folder.name}/{best}", made.folder.parent).field == made[best].field
    assert repr(load(made.folder)) == repr(made)
    with pytest.raises(SettingsError, match="no look has motion and audio_share"):
        made.at(0.0, 0.0)
    with pytest.raises(SettingsError, match="0 looks whose key"):
        made["nothing"]


def test_the_map_is_drawn_from_the_lowest_values_upwards(made, tmp_path):
    assert made.map.width > 5 * 32
    assert (made.folder / "sheet.jpg").is_file()
    page = made.report.read_text()
    assert page.count("<rect") >= len(made.elites)
    assert "motion" in page
    white = write_picture(tmp_path / "white.png", 255)
    pixels = map_picture({(0, 0): white}, 4, (160, 90))
    assert pixels[-10, 10].tolist() == [255] * 3
    assert pixels[10, 10].tolist() != [255] * 3


def write_picture(path, level):
    from PIL import Image

    Image.new("RGB", (16, 9), (level,) * 3).save(path)
    return path


def stop_after(count):
    def progress(step, done, total):
        if step == "points" and done >= count:
            raise Stopped("enough")

    return progress


def test_stopped_and_resumed_with_other_workers_is_the_same(made, song, tmp_path):
    with pytest.raises(Stopped):
        atlas(FIELD, song, explorations=tmp_path, progress=stop_after(5), **SMALL)
    (folder,) = tmp_path.glob("atlas_*")
    assert load(folder).manifest["status"] == "stopped"
    with ThreadPoolExecutor(2) as pool:
        resumed = atlas(resume=folder, executor=pool)
    assert resumed.table[RESULTS].equals(made.table[RESULTS])
    assert resumed.folder == folder


def test_more_evaluations_go_on(made, tmp_path):
    folder = shutil.copytree(made.folder, tmp_path / made.folder.name)
    before = {path: path.stat().st_mtime_ns for path in folder.glob("points/*/point.json")}
    longer = atlas(resume=folder, evaluations=9)
    assert len(longer.table[longer.table["status"] == "done"]) == 9
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


def test_a_failed_look_is_recorded_and_drawn_again_on_request(song, tmp_path, monkeypatch):
    quality, calls = look_task.quality, []

    def failing(facts):
        calls.append(facts)
        if len(calls) == 2:
            raise ZeroDivisionError("no luck")
        return quality(facts)

    monkeypatch.setattr(look_task, "quality", failing)
    small = {**SMALL, "evaluations": 4}
    result = atlas(FIELD, song, explorations=tmp_path, **small)
    assert result.table["status"].tolist().count("failed") == 1
    assert "ZeroDivisionError" in result.table["error"].dropna().iloc[0]
    assert "no luck" in result.report.read_text()
    assert (atlas(resume=result.folder).table["status"] == "failed").any()
    assert (atlas(resume=result.folder, retry_failed=True).table["status"] == "done").all()


def test_a_full_disk_is_one_line_and_the_rest_is_searched_when_there_is_space(
    made, song, tmp_path, monkeypatch
):
    replace, numbers = os.replace, itertools.count()

    def full(source, target):
        if next(numbers) > 14:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OutputError, match="No space left on device; free some space"):
            atlas(FIELD, song, explorations=tmp_path, **SMALL)
    (folder,) = tmp_path.glob("atlas_*")
    assert not list(folder.rglob("*.part"))
    resumed = atlas(resume=folder, workers=1, retry_failed=True)
    assert resumed.table[RESULTS].equals(made.table[RESULTS])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"evaluations": 0}, r"evaluations: got 0; allowed: 1 to 100,000"),
        ({"evaluations": 2.5}, r"evaluations: got 2.5"),
        ({"axes": ("motion", "beauty")}, r"no measure 'beauty'; valid: motion, audio_share"),
        ({"axes": "motion,audio_shares"}, r"did you mean 'audio_share'"),
        ({"axes": ("motion", "motion")}, r"got motion, motion; give two different measures"),
        ({"axes": ("motion",)}, r"give two different measures"),
        ({"cells": 1}, r"cells: got 1; allowed: whole numbers 2 to 100"),
        ({"seconds": 0}, r"seconds: got 0"),
        ({"executor": 3}, r"executor: got 3"),
    ],
)
def test_bad_input_says_what_to_do(song, tmp_path, arguments, message):
    with pytest.raises(SettingsError, match=message):
        atlas(FIELD, song, explorations=tmp_path, **arguments)
    assert not list(tmp_path.iterdir())


def test_without_ribs_it_says_what_to_install(song, monkeypatch):
    monkeypatch.setitem(sys.modules, "ribs", None)
    with pytest.raises(ExplorerError, match=r'pip install "audio-feature-explorer\[search\]"'):
        atlas(FIELD, song)


def test_edited_folders_are_refused(made, tmp_path):
    folder = shutil.copytree(made.folder, tmp_path / made.folder.name)
    spec = json.loads((folder / "atlas.json").read_text())
    spec["base"]["field"]["gain"] = 9.0
    (folder / "atlas.json").write_text(json.dumps(spec))
    with pytest.raises(SettingsError, match=r"base.field.gain was 5.0 and is 9.0"):
        atlas(resume=folder)
    shutil.copy(made.folder / "atlas.json", folder)
    batch = folder / "batches" / "0000.json"
    batch.write_text(batch.read_text().replace('"symmetry"', '"symmetri"', 1))
    with pytest.raises(SettingsError, match=r"0000.json was edited"):
        atlas(resume=folder)
    assert "0000.json was edited" in write_report(folder).read_text()
    with pytest.raises(SettingsError, match="leave them out"):
        atlas(FIELD, resume=folder)


@pytest.mark.parametrize("sound", ["60 ms", "silence"])
def test_one_look_of_a_short_or_silent_sound(tmp_path, sound):
    if sound == "silence":
        path = write_wav(tmp_path / "silence.wav", np.zeros(22050), 22050)
    else:
        path = a_song(tmp_path, 0.06)
    result = atlas(CPPN.preset("compact-4x3"), path, explorations=tmp_path, **{**SMALL, "evaluations": 1})
    assert result.table["status"].tolist() == ["done"]
    assert result.report.is_file()
