"""`explorer render` with several sounds and folders: a run for each, and one that fails stops no other."""

import pytest

from explorer.cli import main
from explorer.cli.sound_arguments import split_output
from explorer.errors import SettingsError
from explorer.experiments.library.table import runs
from tests.signals import music, write_wav

SMALL = ["--resolution", "32x18", "--duration", "0.1", "--preset", "compact-4x3", "--no-flash-limit"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", "runs")
    (tmp_path / "album" / "more").mkdir(parents=True)
    for name in ("a.wav", "album/b.wav", "album/c.wav", "album/more/d.wav"):
        write_wav(tmp_path / name, music(0.3, 8000), 8000)
    (tmp_path / "album" / "cover.jpg").touch()
    return tmp_path


def test_a_failing_sound_stops_no_other(folder, capsys):
    (folder / "album" / "b.wav").write_text("no sound")
    assert main(["render", "a.wav", "album", *SMALL]) == 1
    output = capsys.readouterr()
    assert [line for line in output.out.splitlines() if " of 3 " in line] == [
        "1 of 3      a.wav", "2 of 3      album/b.wav", "3 of 3      album/c.wav",
    ]  # fmt: skip
    assert "explorer: b.wav: " in output.err
    assert output.err.splitlines()[-1].startswith("explorer: 1 of 3 sounds failed: b.wav")
    assert sorted(runs("runs")["audio"]) == ["a.wav", "c.wav"]


def test_several_sounds_and_a_look(folder, capsys):
    assert main(["render", "a.wav", *SMALL]) == 0
    assert (
        main(["render", "a.wav", "album/*.wav", "--look", *map(str, (folder / "runs").glob("render_*"))]) == 0
    )
    table = runs("runs")
    assert len(table) == 4
    assert set(table["look"]) == {"compact-4x3"}


@pytest.mark.parametrize(
    ("names", "sounds", "out"),
    [
        (["a.wav"], ["a.wav"], None),
        (["a.wav", "out.mp4"], ["a.wav"], "out.mp4"),
        (["a.wav", "out.webm"], ["a.wav"], "out.webm"),
        (["a.wav", "out.avi"], ["a.wav"], "out.avi"),
        (["a.wav", ""], ["a.wav"], ""),
        (["a.wav", "missing.ogg"], ["a.wav", "missing.ogg"], None),
        (["a.wav", "album"], ["a.wav", "album/b.wav", "album/c.wav"], None),
        (["album/*.wav"], ["album/b.wav", "album/c.wav"], None),
    ],
)
def test_out_is_told_from_sounds(folder, names, sounds, out):
    assert split_output(names) == (sounds, out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.wav", "album", "--preset", "molen"], "did you mean 'molten'?"),
        (["a.wav", "album", "--recipe", "x.json"], "--recipe goes with a single sound"),
        (["a.wav", "album", "--png-dir", "frames"], "--png-dir goes with a single sound"),
        (["*.ogg"], "no file matches *.ogg"),
        (["runs_not_there/*.wav"], "no file matches"),
    ],
)
def test_what_is_wrong_for_all_is_said_once(folder, capsys, arguments, words):
    assert main(["render", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (folder / "runs").exists()


def test_a_folder_without_sounds_is_refused(folder):
    (folder / "empty").mkdir()
    with pytest.raises(SettingsError, match="without sound files"):
        split_output(["empty"])
