"""Two hours of sound: memory and the time of a frame do not grow, and the end is where it should be."""

import json

import numpy as np
import pytest
import soundfile

import explorer as ex
from explorer.video import probe
from tests.experiments.runs.test_long import render_long
from tests.processes import start
from tests.signals import music

RATE = 8000
HOURS = 2


def write_long(path, seconds):
    """Music of many hours, written a minute at a time."""
    minute = music(60.0, RATE)
    with soundfile.SoundFile(path, "w", RATE, 1) as file:
        for number in range(int(seconds // 60)):
            file.write(np.roll(minute, 997 * number))
    return path


@pytest.mark.campaign
def test_two_hours(tmp_path, capsys):
    figures = []
    for seconds in (120, HOURS * 3600):
        song = write_long(tmp_path / f"{seconds}.flac", seconds)
        start(render_long, song, tmp_path / "runs").join()
        folder = max((tmp_path / "runs").iterdir())  # names begin with the time
        manifest = json.loads((folder / "manifest.json").read_text())
        video = probe(folder / "video.mp4")
        assert video.frames == seconds * 30
        assert abs(video.sound_duration - seconds) < 0.05
        figures.append(manifest["performance"])
    short, long = figures
    with capsys.disabled():
        print(
            f"\nlong render: {HOURS} h at 160x90, {long['fps']:.0f} fps ({short['fps']:.0f} for 2 min), peak "
            f"{long['peak_memory_mb']:.0f} MB ({short['peak_memory_mb']:.0f} MB for 2 min)"
        )
    assert ex.runs(tmp_path / "runs")["status"].tolist() == ["done", "done"]
    assert long["peak_memory_mb"] < 1.15 * short["peak_memory_mb"] + 50
