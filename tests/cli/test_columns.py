"""`--columns` and `--stems`: columns of one's own move a render, and lie beside its recipe."""

import shutil

import numpy as np
import pytest

import explorer as ex
from explorer.cli import main
from explorer.experiments import load_recipe
from explorer.video.decode import read_frames
from tests.experiments.small import a_song

SMALL = ["--preset", "compact-4x3", "--no-flash-limit", "--resolution", "32x18", "--fps", "8", "--duration"]
SMALL += ["0.5", "--features"]


@pytest.fixture
def song(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    (tmp_path / "stems").mkdir()
    path = a_song(tmp_path)
    shutil.copy(path, tmp_path / "stems" / "drums.wav")
    with path.open("ab") as file:  # another file with the same sound: the song itself is no stem
        file.write(b"\0\0")
    (tmp_path / "mood.csv").write_text("time,Energy (%)\n0,10\n1,90\n2,40\n")
    return str(path)


def run(*arguments):
    return main([str(argument) for argument in arguments])


def newest(folder):
    return max(folder.glob("render_*"), key=lambda path: path.stat().st_mtime_ns)


def test_a_render_with_columns_is_repeated_without_their_files(song, tmp_path, capsys):
    columns = ["--stems", "stems", "--columns", "mood.csv"]
    assert run("render", song, *columns, *SMALL, "drums_rms,energy") == 0
    first = newest(tmp_path / "runs")
    assert load_recipe(first).columns.names[:2] == ("energy", "drums_bass")
    shutil.rmtree("stems")
    (tmp_path / "mood.csv").unlink()
    assert run("render", "--recipe", first) == 0
    videos = [folder / "video.mp4" for folder in (first, newest(tmp_path / "runs"))]
    frames, repeated = (np.stack(list(read_frames(video))) for video in videos)
    np.testing.assert_array_equal(repeated, frames)
    assert frames.std(axis=0).max() > 2

    shutil.copy(first / "recipe.json", tmp_path / "alone.json")
    shutil.rmtree(tmp_path / "runs")
    capsys.readouterr()
    assert run("render", song, "--recipe", "alone.json") == 2
    assert "give the columns again: --columns FILE, --stems FOLDER" in capsys.readouterr().err


def test_columns_that_are_missing_or_others_are_one_line(song, capsys):
    assert run("render", song, *SMALL, "drums_rms") == 2
    assert "no feature 'drums_rms'" in (error := capsys.readouterr().err)
    assert error.strip().endswith("or --columns and --stems")
    assert run("analyze", song, "--columns", "mood.csv", "--columns-as-given") == 2
    assert "column 'energy' reaches 90; as given" in capsys.readouterr().err
    assert run("analyze", song, "--columns", "none.csv") == 2
    assert "there is no such file; give a .csv or .mid file" in capsys.readouterr().err


def test_columns_that_move_nothing_are_named(song, capsys):
    assert run("render", song, "--columns", "mood.csv", *SMALL, "bass") == 0
    output = capsys.readouterr()
    assert "no column of your own moves the picture: energy; draw with them: --features energy" in output.err
    assert "field       cppn\n" in output.out


def test_a_track_with_columns_is_drawn_like_a_sound(song, tmp_path):
    track = ex.analyze(song, columns="mood.csv")
    field = ex.CPPN(hidden=4, layers=2, features=("energy",))
    vary, small = {"features": ["energy", "bass"]}, {"size": (32, 18), "duration": 1}
    sweep = ex.sweep(field, track, vary, clips=False, moments=1, workers=1, **small)
    assert sweep.table["status"].tolist() == ["done", "done"]
