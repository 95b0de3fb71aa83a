"""Two hours of sound: memory grows with the features alone, and the end is where it should be."""

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
FEATURE_COPIES = 5  # of the features of a sound, that its analysis may hold at once


def write_long(path, seconds):
    """Music of many hours, written a minute at a time."""
    minute = music(60.0, RATE)
    with soundfile.SoundFile(path, "w", RATE, 1) as file:
        for number in range(int(seconds // 60)):
            file.write(np.roll(minute, 997 * number))
    return path


@pytest.mark.campaign
def test_two_hours(tmp_path, capsys):
    figures, feature_mb = [], []
    for seconds in (120, HOURS * 3600):
        song = write_long(tmp_path / f"{seconds}.flac", seconds)
        start(render_long, song, tmp_path / "runs").join()
        folder = max((tmp_path / "runs").iterdir())  # names begin with the time
        manifest = json.loads((folder / "manifest.json").read_text())
        video = probe(folder / "video.mp4")
        assert video.frames == seconds * 30
        assert abs(video.sound_duration - seconds) < 0.05
        figures.append(manifest["performance"])
        feature_mb.append((folder / "features.npy").stat().st_size / 1e6)
    short, long = figures
    with capsys.disabled():
        print(
            f"\nlong render: {HOURS} h at 160x90, {long['fps']:.0f} fps ({short['fps']:.0f} for 2 min), peak "
            f"{long['peak_memory_mb']:.0f} MB ({short['peak_memory_mb']:.0f} MB for 2 min)"
        )
    assert ex.runs(tmp_path / "runs")["status"].tolist() == ["done", "done"]
    growth_mb = long["peak_memory_mb"] - short["peak_memory_mb"]
    assert growth_mb < FEATURE_COPIES * (feature_mb[1] - feature_mb[0])
