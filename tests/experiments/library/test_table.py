"""The table of runs: typed, and never stopped by a damaged folder."""

import pandas as pd

from explorer.experiments.library.table import COLUMNS, runs
from explorer.files import write_json
from tests.experiments.runs.test_recipe import a_recipe


def a_folder(root, name, **log):
    folder = root / f"render_{name}"
    folder.mkdir(parents=True)
    write_json(folder / "recipe.json", a_recipe().to_dict())
    told = {
        "kind": "render",
        "status": "done",
        "started": "2026-01-02T03:04:05+00:00",
        "process": 1,
        "performance": None,
    }
    write_json(folder / "manifest.json", told | log)
    return folder


def test_no_folder_and_no_runs_give_an_empty_table(tmp_path):
    assert runs(tmp_path / "nowhere").empty
    assert tuple(runs(tmp_path).columns) == COLUMNS


def test_rows_are_typed_and_oldest_first(tmp_path):
    a_folder(
        tmp_path,
        "b",
        started="2026-01-02T03:04:06+00:00",
        performance={"frames": 30, "seconds": 2.0, "times_real_time": 0.5},
    )
    a_folder(tmp_path, "a")
    table = runs(tmp_path)
    assert table["run"].tolist() == ["render_a", "render_b"]
    assert isinstance(table["started"].dtype, pd.DatetimeTZDtype)
    assert table["params.gain"].tolist() == [3.0, 3.0]
    assert table["params.palette"].tolist() == ["ember", "ember"]
    assert table["seconds"].tolist()[1] == 2.0
    assert table["fps"].round(2).tolist() == [29.97, 29.97]


def test_damaged_and_killed_runs_are_told_apart(tmp_path):
    a_folder(tmp_path, "good")
    a_folder(tmp_path, "killed", status="running", process=2**22 + 12345)
    for name, text in {"empty": "", "list": "[]", "text": "{", "other": '{"a": 1}'}.items():
        (a_folder(tmp_path, name) / "manifest.json").write_text(text)
    (tmp_path / "render_bare").mkdir()
    status = runs(tmp_path).set_index("run")["status"]
    assert status["render_good"] == "done"
    assert status["render_killed"] == "killed"
    assert (status.drop(["render_good", "render_killed"]) == "damaged").all()
