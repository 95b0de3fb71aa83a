"""Long renders: memory does not grow with the track, and a killed one leaves nothing half-written."""

import json
import signal
import sys
from contextlib import suppress

import pytest

from explorer.experiments import render
from explorer.experiments.library.table import runs
from explorer.fields import CPPN
from explorer.files import remove_stale_parts
from tests.processes import start
from tests.signals import music, write_wav


def render_long(song, folder, signal_at_30=None):
    """A render; it sends itself a signal at its 30th frame."""

    def progress(step, done, total):
        if signal_at_30 and (step, done) == ("drawing", 30):
            signal.raise_signal(signal_at_30)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with suppress(KeyboardInterrupt):
        look = CPPN.preset("compact-4x3")
        render(look, song, size=(160, 90), fps=30, explorations=folder, progress=progress)


def run_folder(folder):
    (only,) = folder.iterdir()
    return only


def peak_memory(seconds, folder):
    song = write_wav(folder / f"{seconds}.wav", music(seconds, 8000), 8000)
    start(render_long, song, folder / str(seconds)).join()
    manifest = json.loads((run_folder(folder / str(seconds)) / "manifest.json").read_text())
    assert manifest["performance"]["frames"] == seconds * 30
    return manifest["performance"]["peak_memory_mb"]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length(tmp_path):
    short, long = peak_memory(60, tmp_path), peak_memory(600, tmp_path)
    assert long < 1.1 * short, f"{short:.0f} MB for 60 s, {long:.0f} MB for 600 s"


def signaled(folder, number):
    """The folder of a render that got a signal while it was drawing, and how its process ended."""
    song = write_wav(folder / "song.wav", music(2, 8000), 8000)
    process = start(render_long, song, folder / "runs", number)
    process.join()
    return run_folder(folder / "runs"), process.exitcode


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_killed_render_leaves_nothing_under_a_final_name(tmp_path):
    folder, ended = signaled(tmp_path, signal.SIGKILL)
    assert ended == -signal.SIGKILL
    assert not list(folder.glob("*.mp4"))
    assert runs(tmp_path / "runs")["status"].tolist() == ["killed"]
    remove_stale_parts(folder)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_stops_a_render_cleanly(tmp_path):
    folder, ended = signaled(tmp_path, signal.SIGINT)
    assert ended == 0
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        "recipe.json",
        "diagnosis.json",
        "features.npy",
        "features.json",
    }
    assert runs(tmp_path / "runs")["status"].tolist() == ["stopped"]
