"""`--edits`: corrected beats and sections move a render, are in its recipe, and are refused in one line."""

import json

import numpy as np
import pytest

import explorer as ex
from explorer.audio import analyze
from explorer.audio.edits import BeatEdits, Edits
from explorer.audio.saved_edits import saved_path
from explorer.cli import main
from explorer.experiments import load_recipe
from explorer.experiments.runs.sound_input import SoundInput
from explorer.experiments.sweeps.options import SweepOptions, specify
from explorer.fields import CPPN
from explorer.video.decode import read_frames
from tests.experiments.small import a_song

NAME = "<b>chorus</b>"
LOOK = ["--preset", "compact-4x3", "--features", "bass,section", "--keyframes", f"section {NAME}: gain=0.5"]
SMALL = ["--resolution", "32x18", "--fps", "8", "--duration", "1.5", "--no-flash-limit"]


@pytest.fixture
def song(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    path = a_song(tmp_path)
    track = analyze(path)
    edits = Edits(
        name=track.name, sha256=track.sha256, duration=track.duration, sections=((0, "intro"), (0.7, NAME))
    )
    edits.save(tmp_path / "edits.json")
    return str(path)


def run(*arguments):
    return main([str(argument) for argument in arguments])


def newest(folder):
    return max(folder.glob("render_*"), key=lambda path: path.stat().st_mtime_ns)


def test_a_render_with_edits_is_repeated_without_their_file(song, tmp_path):
    assert run("render", song, *LOOK, *SMALL, "--edits", "edits.json") == 0
    first = newest(tmp_path / "runs")
    assert load_recipe(first).analysis.edits == Edits.load("edits.json")
    assert NAME not in (first / "report.html").read_text(encoding="utf-8")
    (tmp_path / "edits.json").unlink()
    assert run("render", "--recipe", first) == 0
    videos = [folder / "video.mp4" for folder in (first, newest(tmp_path / "runs"))]
    frames, repeated = (np.stack(list(read_frames(video))) for video in videos)
    np.testing.assert_array_equal(repeated, frames)
    field, track = load_recipe(first).field.replace(keyframes=()), analyze(song, extras=("sections",))
    plain = ex.render_frame(field, track, t=1.0, size=(32, 18), flash_limit=False)
    assert np.abs(frames[8].astype(int) - plain).max() > 5  # what the edits changed is in the picture


def test_saved_edits_move_no_render_that_does_not_name_them(song, tmp_path, capsys):
    edits = Edits.load("edits.json")
    edits.save(saved_path(edits.sha256))
    small = ["--preset", "compact-4x3", *SMALL]
    assert run("render", song, *small) == 0
    assert load_recipe(newest(tmp_path / "runs")).analysis.edits is None
    assert run("render", song, *small, "--edits", "saved") == 0
    assert load_recipe(newest(tmp_path / "runs")).analysis.edits == edits
    capsys.readouterr()
    other = tmp_path / "other.wav"
    other.write_bytes((tmp_path / "song.wav").read_bytes() + b"\0\0")
    for flags, message in (
        (["--edits", "saved"], "no edits of other.wav are saved"),
        (["--edits", "edits.json"], "the edits are of another sound, song.wav"),
        (["--edits", "nowhere.json"], "cannot read the edits nowhere.json"),
    ):
        assert run("render", other, *small, *flags) == 2
        assert message in (error := capsys.readouterr().err)
        assert error.strip().count("\n") == 0
    first = newest(tmp_path / "runs")
    assert run("render", other, "--look", first, *SMALL) == 0  # a look is of no song
    assert load_recipe(newest(tmp_path / "runs")).analysis.edits is None


def test_moments_that_an_edit_removed_and_damaged_files_are_one_line(song, tmp_path, capsys):
    edits = Edits.load("edits.json")
    edits.replace(sections=((0, "intro"),)).save("merged.json")
    (tmp_path / "cut.json").write_text(json.dumps(edits.to_dict())[:-20])
    for file, message in (
        ("merged.json", f"there is no section '{NAME}'; song.wav has intro"),
        ("cut.json", "cannot read the edits cut.json: it holds no JSON"),
    ):
        assert run("render", song, *LOOK, *SMALL, "--edits", file) == 2
        assert message in (error := capsys.readouterr().err)
        assert error.strip().count("\n") == 0
    assert run("render", song, "--preset", "compact-4x3", "--keyframes", "bar 400: gain=1", *SMALL) == 2
    assert "there is no bar 400" in capsys.readouterr().err


def test_sweeps_and_panels_take_edits_as_analyses_do(song):
    edits = Edits.load("edits.json")
    sound = SoundInput.of(song)
    options = SweepOptions(analysis={"edits": "edits.json"}, clips=False)
    assert specify(CPPN(), {"gain": [1, 2]}, options, sound, lambda _: 2.0).base.analysis.edits == edits
    assert sound.settings({"edits": edits.to_dict()}).edits == edits
    beats = edits.replace(beats=BeatEdits(added=(0.5,)))
    track = analyze(song, edits=beats)
    assert {"beats", "bars", "sections"} <= set(track.settings.extras)
    assert SoundInput.of(track).analyze(track.settings).settings.edits == beats
