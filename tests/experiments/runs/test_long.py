"""Long renders: memory does not grow with the track, and a killed one leaves nothing half-written."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.experiments.library.table import runs
from explorer.files import remove_stale_parts
from tests.signals import music, write_wav

RENDER = """
import sys
from explorer import CPPN, render
run = render(CPPN.preset("compact-4x3"), sys.argv[1], size=(160, 90), fps=30, explorations=sys.argv[2],
             progress=lambda step, done, total: print(step, done, flush=True) if len(sys.argv) > 3 else None)
print(run.folder)
"""


def start(*arguments, **options):
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", RENDER, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, **options)


def peak_memory(seconds, folder):
    song = write_wav(folder / f"{seconds}.wav", music(seconds, 8000), 8000)
    told, _ = start(song, folder / "runs").communicate()
    manifest = json.loads((Path(told.strip()) / "manifest.json").read_text())
    assert manifest["performance"]["frames"] == seconds * 30
    return manifest["performance"]["peak_memory_mb"]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length(tmp_path):
    short, long = peak_memory(60, tmp_path), peak_memory(600, tmp_path)
    assert long < 1.1 * short, f"{short:.0f} MB for 60 s, {long:.0f} MB for 600 s"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_killed_render_leaves_nothing_under_a_final_name(tmp_path):
    song = write_wav(tmp_path / "song.wav", music(60, 8000), 8000)
    process = start(song, tmp_path / "runs", "progress")
    for line in process.stdout:
        if line.startswith("drawing 30"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    (folder,) = (tmp_path / "runs").iterdir()
    assert not list(folder.glob("*.mp4"))
    assert runs(tmp_path / "runs")["status"].tolist() == ["killed"]
    remove_stale_parts(folder)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_stops_a_render_cleanly(tmp_path):
    song = write_wav(tmp_path / "song.wav", music(60, 8000), 8000)
    process = start(song, tmp_path / "runs", "progress", stderr=subprocess.PIPE)
    for line in process.stdout:
        if line.startswith("drawing 30"):
            process.send_signal(signal.SIGINT)
            break
    process.communicate()
    (folder,) = (tmp_path / "runs").iterdir()
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        "recipe.json",
        "diagnosis.json",
        "features.npy",
        "features.json",
    }
    assert runs(tmp_path / "runs")["status"].tolist() == ["stopped"]
