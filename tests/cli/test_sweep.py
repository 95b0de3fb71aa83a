"""`explorer sweep` and `explorer runs`, as a user types them."""

import json

import pytest

from explorer.cli import main
from explorer.cli.sweep import PointsBar, varied_settings
from explorer.errors import SettingsError
from explorer.experiments import Sweep
from explorer.experiments.library.table import runs
from explorer.experiments.sweeps.eta import SweepPlan
from explorer.experiments.sweeps.samplers import Span
from tests.experiments.small import a_song


@pytest.fixture
def song(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    return str(a_song(tmp_path))


SMALL = [
    "--preset",
    "compact-4x3",
    "--resolution",
    "32x18",
    "--no-clips",
    "--moments",
    "0.5,1.5",
    "--workers",
    "1",
]


def run(*arguments):
    return main([str(argument) for argument in arguments])


def test_a_sweep_says_what_it_does_and_its_points_are_starred_and_deleted(song, tmp_path, capsys):
    assert run("sweep", song, "--set", "gain=1,5", "--set", "cppn-layers=2", "--seed", 4, *SMALL) == 0
    said = capsys.readouterr().out.splitlines()
    (folder,) = (tmp_path / "runs").iterdir()
    assert said[0].startswith("2 points: gain (2 values), layers (1 value); clips are skipped")
    assert any(line.startswith("done        2 of 2") for line in said)
    assert f"sweep       {folder}" in said
    spec = Sweep(folder).specification
    assert (spec.base.field.seed, spec.base.field.hidden, spec.moments) == (4, 4, (0.5, 1.5))

    assert run("sweep", "--resume", folder) == 0
    assert "2 points, 0 to do" in capsys.readouterr().out
    assert run("sweep", "--resume", folder.name[-6:], "--gain", 3) == 2
    assert "base.field.gain was 5.0" in capsys.readouterr().err
    assert run("sweep", song, "--resume", folder, "--set", "gain=1,7") == 2
    assert "vary.gain was [1.0, 5.0] and is [1.0, 7.0]" in capsys.readouterr().err

    first, second = (f"{folder.name}/{key}" for key in Sweep(folder).specification.keys)
    capsys.readouterr()
    assert run("runs", "--star", first) == 0
    assert run("runs") == 0
    said = capsys.readouterr().out
    assert first.partition("/")[0] in said
    assert run("runs", "--points") == 0
    said = capsys.readouterr().out
    assert first in said
    assert second in said
    assert run("runs", "--starred", "--json") == 0
    assert [row["run"] for row in json.loads(capsys.readouterr().out)] == [first]
    assert run("runs", "--unstar", first) == 0
    assert not runs(tmp_path / "runs")["star"].any()
    assert run("runs", "--delete", folder.name) == 0
    assert runs(tmp_path / "runs").empty


def test_drawn_points_and_ready_made_ones(song, tmp_path):
    drawn = ["--set", "gain=1..5", "--set", "palette=rgb,ember", "--sampler", "lhs", "--samples", 2]
    assert run("sweep", song, *drawn, "--sampler-seed", 2, *SMALL) == 0
    (folder,) = (tmp_path / "runs").iterdir()
    spec = Sweep(folder).specification
    assert (len(spec.points), spec.sampler, spec.sampler_seed, spec.ranges) == (2, "lhs", 2, {"gain": (1, 5)})


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["sweep"], "name a sound file"),
        (["sweep", "SONG"], "say what to vary"),
        (["sweep", "SONG", "--set", "gain"], "write NAME=VALUE"),
        (["sweep", "SONG", "--set", "gain=1..x"], "gain: got '1..x'; give values with commas"),
        (["sweep", "SONG", "--set", "gain=,"], "gain: give values with commas"),
        (["sweep", "SONG", "--set", "gain=1", "--set", "gain=2"], "given twice"),
        (["sweep", "SONG", "--set", "gian=1"], "did you mean 'gain'"),
        (["sweep", "SONG", "--set", "gain=1,99"], "allowed: 0.01 to 50"),
        (["sweep", "SONG", "--set", "gain=1..5"], "needs a list of values"),
        (["sweep", "SONG", "--set", "gain=1", "--sampler", "grit"], "did you mean 'grid'"),
        (["sweep", "SONG", "--set", "gain=1", "--samples", "3"], "samples belong to"),
        (["sweep", "SONG", "--ready", "quik"], "did you mean 'quick'"),
        (["sweep", "SONG", "--set", "gain=1", "--moments", "a"], "--moments: got 'a'"),
        (["sweep", "--resume", "nowhere"], "no run 'nowhere'"),
        (["runs", "--star", "nowhere"], "no run 'nowhere'"),
        (["runs", "--delete", "."], "only whole ones can be deleted"),
    ],
)
def test_wrong_use_is_one_line(typed, words, song, tmp_path, capsys):
    assert run(*[song if part == "SONG" else part for part in typed]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not said.out
    assert not (tmp_path / "runs").exists()


def test_values_as_typed():
    assert varied_settings(["gain = 1, 2", "time_span=track,none", "layers=2..8"]) == {
        "gain": ["1", "2"],
        "time_span": ["track", None],
        "layers": Span(2, 8),
    }
    with pytest.raises(SettingsError):
        varied_settings(["=1"])


def test_an_interrupted_sweep_says_how_to_go_on(tmp_path, capsys):
    bar = PointsBar()
    bar.announce(SweepPlan(points=9, to_do=9, axes=[("gain", "3 values")], folder=tmp_path))
    bar.__exit__(KeyboardInterrupt)
    assert f"explorer sweep --resume {tmp_path}" in capsys.readouterr().out
