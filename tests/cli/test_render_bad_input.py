"""Bad input is normal input: one clear line, the right status, nothing half-written."""

import errno
import os
import re
import shutil
import struct

import numpy as np
import pytest

from explorer.cli import main
from explorer.rendering import Renderer
from tests.signals import music, silence, write_wav

RATE = 8000
SMALL = ["--preset", "compact-4x3", "--resolution", "32x18"]


def broken_header(path):
    """A WAV header that promises sound and ends."""
    path.write_bytes(b"RIFF\x40\0\0\0WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16))


def with_gaps(path):
    samples = music(0.5, RATE)
    samples[100:200] = np.nan
    samples[300] = np.inf
    write_wav(path, samples, RATE)


SOUNDS = {
    "text.png": lambda path: path.write_text("no picture"),
    "good.wav": lambda path: write_wav(path, music(0.5, RATE), RATE),
    "text.mp3": lambda path: path.write_text("not a sound at all, but long enough to look like one " * 50),
    "empty.wav": lambda path: path.touch(),
    "header.wav": broken_header,
    "nan.wav": lambda path: write_wav(path, np.full(4000, np.nan, np.float32), RATE),
    "gaps.wav": with_gaps,
    "one.wav": lambda path: write_wav(path, np.array([0.5], np.float32), RATE),
    "60ms.wav": lambda path: write_wav(path, music(0.06, RATE), RATE),
    "silence.wav": lambda path: write_wav(path, silence(0.5, RATE), RATE),
    "größe mit leerzeichen.wav": lambda path: write_wav(path, music(0.2, RATE), RATE),
    "folder.wav": lambda path: path.mkdir(),
}

TABLE = [
    # what is typed, status, words of the one line (or of nothing)
    (["missing.wav"], 1, "missing.wav; sound files there: text.mp3"),
    (["https://example.com/good.wav"], 1, "an address on the network (example.com)"),
    (["folder.wav"], 2, "is a folder without sound files"),
    (["text.mp3"], 1, "no sound file"),
    (["empty.wav"], 1, "is empty (0 bytes)"),
    (["header.wav"], 1, "holds no sound"),
    (["nan.wav"], 1, "all 4000 samples are NaN or infinite"),
    (["gaps.wav"], 0, "warning: gaps.wav: 101 samples were NaN, infinite or beyond"),
    (["one.wav"], 0, ""),
    (["60ms.wav"], 0, ""),
    (["silence.wav"], 0, ""),
    (["größe mit leerzeichen.wav"], 0, ""),
    ([], 2, "name a sound file"),
    (["good.wav", "--resolution", "7p"], 2, "allowed: a height as in 180p"),
    (["good.wav", "--resolution", "2x2"], 2, "allowed: a height as in 180p"),
    (["good.wav", "--resolution", "33x19"], 0, "33x19 becomes 34x20"),
    (["good.wav", "--fps", "0"], 2, "fps: got 0; allowed: 1 to 240"),
    (["good.wav", "--fps", "10000"], 2, "allowed: 1 to 240"),
    (["good.wav", "--start", "99"], 2, "the sound is 0.50 s long"),
    (["good.wav", "--start", "-1"], 2, "start: got -1.0; allowed: 0 or more"),
    (["good.wav", "--duration", "nan"], 2, "duration: got nan"),
    (["good.wav", "--cppn-layers", "0"], 2, "layers: got 0; allowed: whole numbers 1 to 64"),
    (["good.wav", "--gain", "nan"], 2, "gain: got 'nan'; allowed: 0.01 to 50"),
    (["good.wav", "--gain", "loud"], 2, "gain: got 'loud'; allowed: 0.01 to 50"),
    (["good.wav", "--gian", "3"], 2, "--gian"),
    (["good.wav", "--palette", "pink"], 2, "one of rgb"),
    (["good.wav", "--preset", "molen"], 2, "did you mean 'molten'?"),
    (["good.wav", "--field", "julia", "--model", "train_x"], 2, "no model.safetensors and model.json in"),
    (["good.wav", "--field", "julia", "--gain", "3"], 2, "--gain is not a setting of the field 'julia'"),
    (["good.wav", "--field", "cpn"], 2, "did you mean 'cppn'?"),
    (["good.wav", "--models", "note"], 2, "models: no group 'note'; did you mean 'notes'?"),
    (["good.wav", "--device", "tpu"], 2, "device: got 'tpu'; allowed: auto, cpu, gpu, gpu:NAME, cuda"),
    (["good.wav", "--precision", "half"], 2, "allowed: auto, fp32, draft"),
    (["good.wav", "out.avi"], 2, "cannot make out.avi; choose a name that ends in .mp4, .webm"),
    (["good.wav", "folder.mp4"], 2, "is a folder"),
    (["--recipe", "missing.json"], 2, "cannot read the recipe missing.json"),
    (["--recipe", "text.mp3"], 2, "is not a recipe"),
    (["--recipe", "folder.mp4"], 2, "cannot read the recipe"),
    (["good.wav", "--features", "bas"], 2, "did you mean 'bass'?"),
    (["good.wav", "--smoothing", "-1"], 2, "smoothing: got -1.0; allowed: 0 to 2"),
    (["good.wav", "--duration", "0"], 2, "allowed: 0.001 or more"),
    (["good.wav", "--explorations", "text.mp3"], 1, "is a file; choose a folder"),
    (["good.wav", "--preset", "nope"], 2, "no preset 'nope'; valid: obsidian, anemone"),
    (["good.wav", "--palette", "missing.jpg"], 2, "palette: there is no picture missing.jpg; check the name"),
    (["good.wav", "--palette", "text.png"], 2, "palette: text.png is no picture; give one such as a JPEG"),
    (["good.wav", "--features", ""], 2, "--features: got ''; name some, as in bass,onset, or none"),
    (["good.wav", "--features", "bass,bass"], 2, "features: 'bass' is named twice"),
    (["good.wav", "--features", "none"], 0, ""),
    (["good.wav", "--keyframes", "-1: gain=2"], 2, "keyframes: got '-1' for the moment; give seconds"),
    (
        ["good.wav", "--keyframes", "9: gain=2"],
        0,
        "good.wav ends after 0.50 s, before the keyframe 9: gain=2",
    ),
    (["good.wav", "--duration", "1s"], 2, "--duration: got '1s'; allowed: a number"),
    (["good.wav", "--threads", "0"], 2, "--threads: got '0'; allowed: 1 or more"),
    (["good.wav", "--fps", ""], 2, "fps: got ''; allowed: 1 to 240"),
    (["good.wav", "--resolution", ""], 2, "resolution: got ''; allowed"),
    (["good.wav", ""], 2, "OUT: got ''; give the name of a file"),
    (["good.wav", "text.mp3/out.mp4"], 2, "text.mp3 is a file and no folder"),
    (["good.wav", "--png-dir", "text.mp3"], 1, "text.mp3 is a file; choose a folder"),
    ([""], 2, "name a sound file"),
    (["--recipe", ""], 2, "no run is named; see: explorer runs"),
    (["--recipe", "render_x"], 2, "no run 'render_x' in runs"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", "runs")
    (tmp_path / "folder.mp4").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "status", "words"), TABLE, ids=lambda value: str(value)[:40] if value else "-"
)
def test_bad_input(typed, status, words, folder, capsys):
    for name in ("text.mp3", *typed):
        if name in SOUNDS:
            path = folder / name
            if not path.exists():
                SOUNDS[name](path)
    size = [] if "--resolution" in typed or "--recipe" in typed else SMALL[2:]
    look = SMALL[:2] if status == 0 else []
    assert main(["render", *typed, *size, *look]) == status
    output = capsys.readouterr()
    lines = [line for line in output.err.strip().splitlines() if not re.search(r": [a-z ]+ \d+%$", line)]
    assert len(lines) == (1 if words else 0), output.err
    assert words.encode("ascii", "backslashreplace").decode() in output.err.replace("\\\\", "\\")
    videos = list(folder.rglob("video.mp4"))
    assert len(videos) == (1 if status == 0 else 0)
    assert not list(folder.rglob("*.part"))


def test_a_disk_that_fills_while_drawing(folder, capsys, monkeypatch):
    SOUNDS["good.wav"](folder / "good.wav")
    real = shutil.copyfile

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    assert main(["render", "good.wav", "out.mp4", *SMALL]) == 1
    assert "cannot write out.mp4: No space left on device" in capsys.readouterr().err
    assert not (folder / "out.mp4").exists()
    monkeypatch.setattr(shutil, "copyfile", real)


def test_an_unexpected_error_is_one_line_and_debug_shows_where(folder, capsys, monkeypatch):
    SOUNDS["good.wav"](folder / "good.wav")

    def fail(self, starts, stopped):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(Renderer, "_frame", fail)
    assert main(["render", "good.wav", *SMALL]) == 1
    output = capsys.readouterr().err.strip()
    assert output == "explorer: unexpected ZeroDivisionError: oh; run again with --debug and report it"
    assert main(["render", "good.wav", *SMALL, "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_stops_with_one_word_and_leaves_nothing(folder, capsys, monkeypatch):
    SOUNDS["good.wav"](folder / "good.wav")

    def interrupt(self, starts, stopped):
        raise KeyboardInterrupt

    monkeypatch.setattr(Renderer, "_frame", interrupt)
    assert main(["render", "good.wav", "out.mp4", *SMALL]) == 130
    assert capsys.readouterr().err.strip().startswith("explorer: stopped")
    assert not (folder / "out.mp4").exists()
    assert not list(folder.rglob("video.mp4"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind this user")
def test_a_folder_that_may_not_be_written(folder, capsys):
    SOUNDS["good.wav"](folder / "good.wav")
    (folder / "locked").mkdir(mode=0o500)
    assert main(["render", "good.wav", "--resolution", "32x18", "--explorations", "locked/runs"]) == 1
    assert "locked" in capsys.readouterr().err
