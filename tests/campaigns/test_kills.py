"""Renders, sweeps and trainings killed at random moments: files are whole, and work resumes."""

import json
import random
import sys
import time

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

import explorer as ex
from explorer.video import probe
from tests.processes import error_lines, start_command
from tests.signals import music, write_wav

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

RENDER = ("render", "song.wav", "--preset", "compact-4x3", "--resolution", "64x36", "--explorations", "runs")
SWEEP = ("sweep", "song.wav", "--set", "gain=1,2,3", "--resolution", "64x36", "--workers", "1")
TRAIN = ("train", "music", "--epochs", "2", "--sequence", "8", "--explorations", "runs")


def start(folder, *arguments):
    return start_command(folder, *arguments, EXPLORER_CACHE=str(folder / "cache"))


def kill(folder, seconds, *arguments):
    """Start a command and kill it after so many seconds of life in its folder."""
    process = start(folder, *arguments)
    while process.is_alive() and not list(folder.glob("runs/*_*Z_*")):
        time.sleep(0.02)
    process.join(seconds)
    process.kill()
    process.join()


def check_whole(folder):
    """Every file under a final name can be read to its end."""
    checks = {
        ".json": lambda path: json.loads(path.read_text("utf-8")),
        ".npy": np.load,
        ".jpg": lambda path: Image.open(path).load(),
        ".png": lambda path: Image.open(path).load(),
        ".mp4": probe,
        ".safetensors": lambda path: safetensors.numpy.load(path.read_bytes()),
        ".html": lambda path: path.read_text("utf-8").rstrip().endswith("</html>") or 1 / 0,
    }
    count = 0
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith(".") and path.suffix in checks:
            checks[path.suffix](path)
            count += 1
    return count


def song(folder):
    write_wav(folder / "song.wav", music(2.0, 8000), 8000)
    (folder / "music").mkdir()
    for seed in range(3):
        write_wav(folder / "music" / f"{seed}.wav", music(8.0, 8000, seed), 8000)
    (folder / "runs").mkdir()


def kill_renders(folder, count, rng):
    whole = 0
    for _ in range(count):
        kill(folder, rng.uniform(0, 2), *RENDER)
        whole += check_whole(folder / "runs")
    assert set(ex.runs(folder / "runs")["status"]) <= {"done", "killed"}
    return whole


def resume(folder, count, rng, first, again):
    """Kill a command, then its resumption, until the last is left to end by itself."""
    kill(folder, rng.uniform(0, 3), *first)
    (run,) = (folder / "runs").glob("*_*Z_*")
    for _ in range(count - 1):
        kill(folder, rng.uniform(0, 4), *again(run))
        check_whole(folder / "runs")
    process = start(folder, *again(run))
    process.join()
    assert process.exitcode == 0 or "nothing left" in (said := "".join(error_lines(folder))), said
    check_whole(folder / "runs")
    return run


def test_killed_renders(tmp_path):
    song(tmp_path)
    kill_renders(tmp_path, 1, random.Random(0))


@pytest.mark.campaign
def test_48_kills(tmp_path, capsys):
    rng = random.Random(0)
    folders = [tmp_path / name for name in ("renders", "sweep", "training")]
    for folder in folders:
        folder.mkdir()
        song(folder)
    whole = kill_renders(folders[0], 24, rng)
    sweep = resume(
        folders[1],
        12,
        rng,
        [*SWEEP, "--explorations", "runs"],
        lambda run: ["sweep", "--resume", run, "--workers", "1"],
    )
    assert ex.load(sweep).table["status"].tolist() == ["done"] * 3
    training = resume(
        folders[2], 12, rng, TRAIN, lambda run: [*TRAIN[:2], "--resume", run, "--explorations", "runs"]
    )
    assert (training / "model.onnx").is_file()
    with capsys.disabled():
        print(
            f"\nkills: 48 of renders, a sweep and a training, {whole} files whole, sweep and training resumed"
        )
