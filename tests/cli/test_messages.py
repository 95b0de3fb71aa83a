"""One-line messages of all commands but render for bad input, given before any work; and what they print."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from explorer.cli import main
from explorer.diagnostics import diagnosis
from explorer.errors import OutputError
from explorer.experiments import Run
from explorer.experiments.library.table import runs
from explorer.files import write_json
from tests.signals import click_track, music, write_wav

LEAKS = re.compile(r"Errno|Traceback|unexpected|[Ii]nput should be|[Vv]alue error|pydantic|errors\.")

TABLE = [
    # what is typed, status, words of the one line
    ("analyze folder", 1, "folder is a folder"),
    ("analyze song.wav --picture folder", 2, "choose a name that ends in .png"),
    ("analyze song.wav --picture ''", 2, "--picture: got ''"),
    ("analyze song.wav --picture text.txt/a.png", 2, "--picture: text.txt is a file and no folder"),
    ("analyze song.wav --table folder", 2, "--table: folder is a folder; name a file in it"),
    ("analyze song.wav --fps fast", 2, "--fps: got 'fast'; allowed: a number"),
    ("diagnose song.wav --picture a.txt", 2, "choose a name that ends in .png"),
    ("diagnose song.wav --features ''", 2, "--features: got ''"),
    ("diagnose --video folder", 2, "cannot read folder: it is a folder"),
    ("diagnose --video text.txt", 2, "it holds no moving pictures; choose a video file"),
    ("diagnose --video song.wav", 2, "it holds no moving pictures; choose a video file"),
    ("diagnose --video a.mp4 --gain 3", 2, "the flags of fields too"),
    ("diagnose --video a.mp4 --start 3", 2, "--start, --duration"),
    ("runs --star ''", 2, "no run is named"),
    ("runs --delete folder", 2, "is no run, sweep, breeding, atlas, training or painting"),
    ("runs --explorations text.txt", 1, "text.txt is a file; choose a folder"),
    ("report nope", 2, "no run 'nope' in runs; see: explorer runs"),
    ("report ''", 2, "no run is named"),
    ("report folder", 1, "holds no run and no sweep"),
    ("report --all --explorations text.txt", 1, "text.txt is a file; choose a folder"),
    ("export nope", 2, "no run 'nope' in runs"),
    ("export ''", 2, "no run is named"),
    (
        "export folder",
        1,
        "folder holds no trained model (model.safetensors and model.json); give a train_... run",
    ),
    ("bench --net ''", 2, "net: got ''; name neurons and hidden layers"),
    ("bench --device gpu:nope", 1, "no GPU has 'nope' in its name"),
    ("app song.wav --port 99999", 2, "--port: got '99999'; allowed: 65535 or less"),
    ("sweep song.wav --set gain=1,2 --workers 0", 2, "--workers: got '0'; allowed: 1 or more"),
    ("sweep song.wav --set gain=1,2 --samples many", 2, "--samples: got 'many'; allowed: a whole number"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", "runs")
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.txt").write_text("neither a sound nor a video")
    write_wav(tmp_path / "song.wav", music(0.5, 8000), 8000)
    return tmp_path


def run(line):
    return main([word.strip("'") for word in line.split()])


@pytest.mark.parametrize(("typed", "status", "words"), TABLE, ids=lambda value: str(value)[:40])
def test_bad_input(typed, status, words, folder, capsys):
    before = sorted(folder.rglob("*"))
    assert run(typed) == status
    output = capsys.readouterr()
    assert len(output.err.strip().splitlines()) == 1, output.err
    assert words in output.err.replace("\\\\", "\\")
    assert not LEAKS.search(output.err)
    assert not output.out
    assert sorted(folder.rglob("*")) == before


def a_training(root, proven=2, **log):
    """A training whose proof holds for this many of three pairs."""
    folder = root / "train_20260102T030405Z_1a2b3c"
    folder.mkdir(parents=True)
    margins = [{"interval": [0.1 if n < proven else -0.1, 0.3]} for n in range(3)]
    proof = {"pairs": {f"pair {n}": {"untrained": m, "shifted": m} for n, m in enumerate(margins)}}
    sounds = [{"name": "a.ogg"}, {"name": "b.ogg"}]
    manifest = {
        "kind": "train",
        "status": "done",
        "started": "2026-01-02T03:04:05+00:00",
        "trained_on": sounds,
    }
    write_json(folder / "manifest.json", {**manifest, "proof": proof, **log})
    return folder


def test_runs_lists_trainings_with_their_proof(folder, capsys):
    training = a_training(folder / "runs")
    assert run("runs") == 0
    header, line, _ = capsys.readouterr().out.splitlines()
    assert "proof" in header
    assert training.name in line
    assert "2 of 3" in line
    assert "2 sounds" in line
    (row,) = runs("runs").to_dict("records")
    assert (row["kind"], row["status"], row["proof"]) == ("train", "done", "2 of 3")
    assert run("runs --star 1a2b3c") == run("runs --starred") == 0
    assert training.name in capsys.readouterr().out
    assert run("report --all") == 0
    assert run("report 1a2b3c") == 1
    assert "is a training; reports are of renders and sweeps" in capsys.readouterr().err
    assert run("runs --delete 1a2b3c") == 0
    assert runs("runs").empty


def test_a_proof_on_too_little_sound_counts_for_nothing(folder, capsys):
    unsure = {"r": 0.5, "untrained": {"interval": None}, "shifted": {"interval": None}}
    a_training(folder / "runs", proof={"windows": 1, "pairs": {"rms-luminance": unsure}})
    (row,) = runs("runs").to_dict("records")
    assert pd.isna(row["proof"])
    assert run("runs") == 0
    assert "None" not in capsys.readouterr().out


def test_a_training_without_its_proof_is_listed_too(folder):
    a_training(folder / "runs", status="running", process=2**22 + 12345, proof=None)
    (row,) = runs("runs").to_dict("records")
    assert row["status"] == "killed"
    assert pd.isna(row["proof"])


@pytest.mark.parametrize(
    ("flag", "mode"),
    [
        ("", "calm"),
        ("--flash-limit", "calm"),
        ("--flash-limit dim", "dim"),
        ("--flash-limit=off", "off"),
        ("--no-flash-limit", "off"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_flash_limit_takes_a_word_or_stands_alone(flag, mode, monkeypatch):
    plans = []

    def draw(plan, *_, **__):
        plans.append(plan)
        raise OutputError("enough")

    monkeypatch.setattr("explorer.experiments.render_recipe", draw)
    assert run(f"render --cppn-hidden 4 {flag} song.wav") == 1
    assert [plan.frames.flash_limit for plan in plans] == [mode]


def test_a_bad_flash_limit_is_told_in_one_line(folder, capsys):
    assert run("render clicks.wav --flash-limit=dark") == 2
    error = capsys.readouterr().err
    assert "flash_limit: got 'dark'; allowed: calm, dim, off, true (calm) or false (off)" in error


def test_render_reports_what_the_flash_limiter_changed_and_a_new_folder(folder, capsys):
    write_wav(folder / "clicks.wav", click_track(np.arange(0.1, 1.5, 0.1), 1.5, 22050), 22050)
    small = "--resolution 64x36 --cppn-hidden 8 --gain 8 --audio-gain 200"
    assert run(f"render clicks.wav new/out.mp4 {small}") == 0
    output = capsys.readouterr().out
    made = Run(next((folder / "runs").glob("render_*")))
    limit = made.manifest["flash_limit"]
    assert made.flash_words in output
    assert f"{made.flash_words}; flash_limit=False draws them" in repr(made)
    assert made.flash_words in made._repr_html_()
    assert limit["dimmed"] > 0  # else this test shows nothing
    assert limit["calmed"] > 0
    assert (
        f"flashes     {round(45 * limit['calmed'])} frames were calmed: fast changes with the sound are "
        f"reduced, down to {limit['least_swing']:.0%}; "
        f"{round(45 * limit['dimmed'])} frames were dimmed: the light is turned down, to "
        f"{limit['least_exposure']:.0%}. More than three flashes a second can cause seizures; "
        "--no-flash-limit draws them" in output
    )
    assert f"new folder  {folder / 'new'}\n" in output
    assert run(f"render clicks.wav new/out.mp4 {small} --duration 0.1 --no-flash-limit") == 0
    output = capsys.readouterr().out
    assert "dimmed" not in output
    assert "new folder" not in output


def test_a_run_is_repeated_and_reported_by_its_name(folder, capsys):
    flags = "--resolution 32x18 --preset compact-4x3 --duration 0.2 --no-flash-limit"
    assert run(f"render song.wav {flags}") == 0
    (run_folder,) = (folder / "runs").glob("render_*")
    assert run(f"render --recipe {run_folder.name[-6:]}") == 0
    assert run(f"report {run_folder.name}") == 0
    assert len(list((folder / "runs").glob("render_*"))) == 2


def test_json_stays_json_beside_a_picture(folder, capsys, monkeypatch):
    monkeypatch.setattr(diagnosis, "suggest", lambda *_: None)  # a search
    assert run("diagnose song.wav --preset compact-4x3 --budget draft --json --picture new/d.jpg") == 0
    assert json.loads(capsys.readouterr().out)["verdict"]
    assert (folder / "new" / "d.jpg").read_bytes().startswith(b"\xff\xd8")
