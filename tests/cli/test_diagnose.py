"""`explorer diagnose`, as a user types it."""

import json

import pytest
from PIL import Image

from explorer.cli import main
from explorer.cli.diagnose import REFUSED_VERDICT_STATUS
from explorer.diagnostics import diagnosis
from explorer.diagnostics.diagnosis import MEASURES
from explorer.errors import ExplorerWarning
from explorer.experiments import render
from explorer.fields import CPPN
from tests.signals import music, write_wav

QUICK = ["--budget", "draft", "--cppn-hidden", "16"]
STATIC = [*QUICK, "--preset", "tuned-256x4", "--gain", 1, "--audio-gain", 1]


@pytest.fixture
def song(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return str(write_wav(tmp_path / "song.wav", music(2.0, 22050), 22050))


def run(*arguments):
    return main(["diagnose", *(str(argument) for argument in arguments)])


def test_it_prints_verdict_reason_and_measures(song, capsys):
    assert run(song, *STATIC) == 0
    output = capsys.readouterr().out
    assert output.isascii()
    assert output.startswith("song.wav\nfield   cppn\nSTATIC")
    assert "layer 2 (cos)" in output
    assert "640x360 at 30 fps" in output
    assert "suggestion: set gain from" in output


def test_without_a_sound_it_takes_the_demo_clip_and_draws_a_picture(song, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(diagnosis, "suggest", lambda *_: None)  # a search, tested above
    assert run(*QUICK, "--picture", "found.png") == 0
    assert "the demo clip" in capsys.readouterr().out
    assert Image.open(tmp_path / "found.png").width > 800


def test_json_holds_everything(song, capsys):
    flags = ["--json", "--size", "320x180", "--fps", 24, "--start", 0.5, "--duration", 1]
    assert run(song, *QUICK, *flags) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["audio"] == "song.wav"
    assert set(result["measures"]) == set(MEASURES)
    expected = {"width": 320, "height": 180, "fps": "24", "start": 0.5, "duration": 1.0}
    assert result["frames"] == {**expected, "flash_limit": "calm"}
    assert len(result["layers"]) == 4
    assert result["verdict"] in ("static", "faint", "alive", "noisy")


@pytest.mark.parametrize(
    ("words", "status"),
    [("static,noisy", REFUSED_VERDICT_STATUS), ("noisy", 0), ("static", REFUSED_VERDICT_STATUS)],
)
def test_it_fails_on_the_verdicts_that_were_named(song, words, status, monkeypatch):
    monkeypatch.setattr(diagnosis, "suggest", lambda *_: None)  # a search, tested above
    assert run(song, *STATIC, "--fail-on", words) == status


def test_a_word_that_is_no_verdict_is_refused_before_any_work(song, capsys):
    assert run("missing.wav", "--fail-on", "nois") == 2
    assert "did you mean 'noisy'" in capsys.readouterr().err


@pytest.mark.parametrize("extra", [["song.wav"], ["--fail-on", "static"]])
def test_a_video_is_measured_as_it_is(song, extra, capsys):
    assert run("--video", "out.mp4", *extra) == 2
    assert "leave AUDIO and --fail-on out" in capsys.readouterr().err


def test_a_video_file_is_measured(song, tmp_path, capsys):
    small = {"size": (64, 36), "duration": 0.5, "flash_limit": "off", "explorations": tmp_path / "r"}
    made = render(CPPN(hidden=4, layers=2, gain=4.0), song, "out.mp4", **small)
    assert made.video.exists()
    assert run("--video", "out.mp4", "--json") == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 15


def test_a_render_keeps_its_diagnosis_and_warns_of_stillness(song, tmp_path):
    still = CPPN(hidden=16, gain=0.5)
    small = {"size": (64, 36), "flash_limit": "off"}
    with pytest.warns(ExplorerWarning, match=r"Static: nothing moves.*set gain from"):
        run = render(still, song, explorations=tmp_path / "r", **small)
    stored = json.loads((run.folder / "diagnosis.json").read_text())
    assert (stored["verdict"], stored["budget"], stored["frames"]["height"]) == ("static", "draft", 36)
    assert run.manifest["artefacts"]["diagnosis.json"]
