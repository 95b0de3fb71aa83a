"""What version 0.1 left on disk still opens, resumes and repeats: see data/version_0_1."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import explorer as ex
from explorer.cli import main
from explorer.experiments.sweeps.specification import Specification, hash_of

OLD = Path(__file__).parent / "data" / "version_0_1"
SOUND = OLD / "made_2s.flac"
RENDERS = sorted((OLD / "runs").glob("render_*"))
TIMES = (0.3, 1.0, 1.7)  # seconds; of the frames that stand in frames.npz


@pytest.fixture
def explorations(tmp_path, monkeypatch):
    """A copy of the old explorations folder, to write into."""
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    return Path(shutil.copytree(OLD / "runs", tmp_path / "runs"))


@pytest.mark.parametrize("folder", RENDERS, ids=[(folder / "name.txt").read_text() for folder in RENDERS])
def test_a_recipe_draws_the_frames_that_it_drew(folder):
    """Within one level: other processors round in other places."""
    recipe = ex.load_recipe(folder)
    track = recipe.field.analyze(SOUND, **recipe.analysis.model_dump())
    limit = recipe.frames.flash_limit
    frames = [ex.render_frame(recipe.field, track, t=t, size=(96, 54), flash_limit=limit) for t in TIMES]
    expected = np.load(folder / "frames.npz")["frames"]
    assert np.abs(np.stack(frames).astype(int) - expected).max() <= 1


def test_files_keep_their_bytes_and_are_dimmed_as_they_were():
    for path in OLD.glob("runs/*/recipe.json"):
        recipe = ex.load_recipe(path)
        assert recipe.frames.flash_limit == "dim"
        assert recipe.to_dict()["frames"]["flash_limit"] is True
    folder = next((OLD / "runs").glob("sweep_*"))
    specification = Specification.read(folder)
    assert specification.base.frames.flash_limit == "dim"
    assert specification.hash == hash_of(json.loads((folder / "sweep.json").read_text()))


def test_a_video_still_carries_its_recipe(explorations):
    folder = explorations / RENDERS[0].name
    assert ex.load_recipe(folder / "video.mp4") == ex.load_recipe(folder)


def test_old_runs_points_and_trainings_are_listed(explorations):
    table = ex.runs(explorations)
    assert sorted(table["status"]) == ["done"] * 11 + ["pending"]
    assert len(table) == len(RENDERS) + 4 + 1


def test_an_old_sweep_is_resumed(explorations):
    folder = next(explorations.glob("sweep_*"))
    before = {path: path.read_bytes() for path in folder.glob("points/*/*") if path.suffix != ".html"}
    sweep = ex.sweep(resume=folder, audio=SOUND)
    assert list(sweep.table["status"]) == ["done"] * 4
    assert sorted(sweep.table["params.gain"]) == [1, 1, 4, 4]
    assert all(path.read_bytes() == data for path, data in before.items())


def test_an_old_training_moves_a_julia_set(explorations):
    name = next(explorations.glob("train_*")).name
    field = ex.Julia(model=name)
    track = field.analyze(SOUND)
    frame = ex.render_frame(field, track, t=1.0, size=(32, 18))
    assert frame.std() > 1


@pytest.mark.slow  # half a minute: generated clips, an epoch, the evaluation
def test_an_old_training_is_resumed(explorations, tmp_path):
    folder = next(explorations.glob("train_*"))
    history = (folder / "history.csv").read_text()
    shutil.copy(SOUND, tmp_path)
    assert main(["train", str(tmp_path), "--resume", str(folder), "--epochs", "3"]) == 0
    assert (folder / "history.csv").read_text().startswith(history)
    assert len((folder / "history.csv").read_text().splitlines()) == 1 + 3


def test_tracks_of_the_old_cache_are_used(tmp_path, monkeypatch):
    shutil.copytree(OLD / "cache", tmp_path / "cache")
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))

    def measured_again(*_, **__):
        raise AssertionError("the sound was analyzed again")

    monkeypatch.setattr("explorer.audio.analysis.open_sound", measured_again)
    track = ex.analyze(SOUND)
    assert (track.values.shape, track.fps) == ((120, 10), 60)
