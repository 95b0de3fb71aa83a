"""The table of runs in short: filters, sweeps in one row, and lines that fit into the terminal."""

from datetime import UTC, datetime

import pandas as pd
import pytest

import explorer as ex
from explorer.cli import main
from explorer.cli.runs import _display
from explorer.errors import SettingsError
from explorer.experiments.library import table as module
from explorer.experiments.library.overview import filter_runs, fold_sweeps
from explorer.experiments.sweeps.parameter_paths import caption

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def row(run, kind, **more):
    base = {"status": "done", "verdict": "alive", "audio": "Song.ogg", "size": "1280x720", "fps": 30.0}
    return {"run": run, "kind": kind, "started": "2026-11-30T10:00:00+00:00", **base, **more}


@pytest.fixture
def table():
    rows = [
        row("render_20261101T000000Z_aaaaaa", "render", look="iris", started="2026-11-01T00:00:00+00:00"),
        *(
            row(f"sweep_20261130T000000Z_bbbbbb/{n:012x}", "point", look="soap", seconds=2.0,
                varied=caption({"gain": n, "light.relief": 1}), verdict=None if n == 3 else "alive",
                status="failed" if n == 3 else "done")
            for n in range(4)
        ),
        row("train_20261130T000000Z_cccccc", "train", audio="A long name of a song that goes on and on.wav"),
    ]  # fmt: skip
    return module._frame(rows, module.COLUMNS, module.NUMBERS)


def test_a_sweep_is_one_row(table):
    folded = fold_sweeps(table)
    assert folded["run"].str[-6:].tolist() == ["aaaaaa", "bbbbbb", "cccccc"]
    sweep = folded.iloc[1]
    assert (sweep["status"], sweep["verdict"]) == ("3 done, 1 failed", "alive")
    assert (sweep["varied"], sweep["seconds"], sweep["look"]) == (
        "4 points of gain, relief",
        8.0,
        "soap",
    )


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 6),
        ({"kind": "sweep"}, 4),
        ({"kind": "train"}, 1),
        ({"look": "Iris"}, 1),
        ({"song": "song.OGG"}, 5),
        ({"song": "(("}, 0),
        ({"since": "3d"}, 5),
        ({"since": "1h"}, 0),
        ({"since": "2026-11-01"}, 6),
        ({"since": "8w", "kind": "render"}, 1),
    ],
)
def test_filters(table, filters, count):
    assert len(filter_runs(table, now=NOW, **filters)) == count


def test_filters_that_cannot_be_meant_are_refused(table):
    for filters, words in (
        ({"kind": "sweeps"}, "did you mean 'sweep'"),
        ({"since": "soon"}, "a date or a time"),
    ):
        with pytest.raises(SettingsError, match=words):
            filter_runs(table, **filters)
    assert filter_runs(module._frame([], module.COLUMNS, module.NUMBERS), song="x", since="1d").empty


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_lines_fit_into_the_terminal(table, width):
    lines = _display(fold_sweeps(table), width).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= width
    assert all(key in line for key, line in zip(("aaaaaa", "bbbbbb", "cccccc"), lines[1:], strict=True))


def test_the_command_filters_and_fits(table, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(module, "runs", lambda explorations: table)
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.chdir(tmp_path)
    assert main(["runs", "--song", "SONG.ogg", "--since", "2026-11-29"]) == 0
    head, line, _ = capsys.readouterr().out.splitlines()
    assert "bbbbbb" in line
    assert len(head) == len(line) <= 70
    assert main(["runs", "--look", "nope"]) == 0
    assert "none of 3 runs" in capsys.readouterr().out
    assert main(["runs", "--points", "--kind", "sweep"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6


def test_the_table_names_looks_of_ones_own(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LOOKS", str(tmp_path / "looks"))
    field = ex.CPPN.preset("compact-4x3").replace(hidden=5)
    ex.save_look(field, "Dawn")
    rows = [
        {"field": field.replace(seed=9).model_dump(mode="json")},
        {"field": ex.GraphCPPN.preset("iris").model_dump(mode="json")},
    ]
    names = module.own_names()
    assert [module._with_look(row, names)["look"] for row in rows] == ["Dawn", "iris"]
    assert pd.isna(module._with_look({"field": {"kind": "cppn"}}, names)["look"])
