"""Small sounds and small trainings."""

import shutil
from functools import partial

import numpy as np
import pytest

from explorer.learn import evaluation
from explorer.learn.dataset import LiveTrack
from tests.signals import music, noise, tone, write_wav


def synthetic_track(seconds=6.0, seed=0, name="made"):
    """Live features that wander: no sound behind them is needed where only numbers matter."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((round(seconds * 60) + 1, 6)).cumsum(axis=0)
    values = 0.5 + 0.3 * np.sin(steps / 8)
    return LiveTrack(f"{name} {seed}", f"{seed:064x}", values.astype(np.float32))


def evaluate_little(patch):
    """Evaluations with one model beside each, of small frames."""
    patch.setattr(evaluation, "BASELINES", 1)
    patch.setattr(evaluation, "draw_frames", partial(evaluation.draw_frames, size=24))


def three_sounds(parent):
    """A folder with three short sounds, one of them twice, and something that is no sound."""
    place = parent / "sounds"
    (place / "more").mkdir(parents=True)
    write_wav(place / "a.wav", music(6, 48000, 1), 48000)
    write_wav(place / "more" / "b.wav", music(6, 48000, 2) + noise(6, 48000, 0.01), 48000)
    write_wav(place / "c.wav", tone(300, 5.5, 48000), 48000)
    shutil.copy(place / "a.wav", place / "again.wav")  # written again, its header would have another time
    (place / "notes.txt").write_text("no sound")
    return place


@pytest.fixture(scope="session")
def original_sounds(tmp_path_factory):
    return three_sounds(tmp_path_factory.mktemp("originals"))


@pytest.fixture
def folder(original_sounds, tmp_path):
    return shutil.copytree(original_sounds, tmp_path / "sounds")


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory):
    """A cache for trainings on the same sounds: these are analyzed once."""
    return str(tmp_path_factory.mktemp("cache"))
