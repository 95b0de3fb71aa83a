"""The sweep that the project promises: 120 points of the wide network in minutes, its end foretold."""

import time

import pytest

from explorer.experiments import Sweep, sweep
from explorer.fields import CPPN
from explorer.threads import usable_threads
from tests.experiments.small import a_song

MINUTES = 4  # on two cores


@pytest.mark.slow
def test_120_points_and_the_time_left(tmp_path):
    song = a_song(tmp_path, 30.0)
    told = {}

    def progress(step, done, total):
        if step == "points" and done >= 10 and "at" not in told:
            (folder,) = (tmp_path / "runs").iterdir()
            if left := Sweep(folder).manifest.get("seconds_left"):
                told.update(at=time.monotonic(), left=left)

    vary = {"gain": [1, 2, 3, 4, 5, 6, 7, 8], "coord_scale": [0.25, 0.5, 1, 2, 4], "audio_gain": [0, 3, 6]}
    began = time.monotonic()
    made = sweep(
        CPPN.preset("tuned-256x4"),
        song,
        vary,
        size=(160, 90),
        clips=False,
        workers=2,
        explorations=tmp_path / "runs",
        progress=progress,
    )
    ended = time.monotonic()
    assert made.table["status"].tolist() == ["done"] * 120
    assert told["left"] == pytest.approx(ended - told["at"], rel=0.4)
    assert (ended - began) * min(2, usable_threads()) / 2 < MINUTES * 60
