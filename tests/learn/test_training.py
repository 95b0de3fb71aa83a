"""Training: it learns, resumes as if nothing had happened, and stops on request."""

import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.audio.live import LIVE_FEATURES
from explorer.errors import ExplorerWarning, SettingsError, SoundError, Stopped
from explorer.learn import optimization, plots, progress_file, train, training
from explorer.learn.dataset import split
from explorer.learn.model import AudioToVisualModel
from explorer.learn.optimization import Trainer, one_cycle
from explorer.learn.settings import ANALYSIS_PHASE, TRAINING_PHASE, TrainSettings
from explorer.learn.subprocess_training import TrainingProcess
from tests.learn.conftest import synthetic_track
from tests.signals import music, tone, write_wav

SMALL = {"hidden": (12,), "window_frames": 3, "sequence": 16, "batch_size": 6}


@pytest.fixture
def quick(shared_cache, monkeypatch):
    """Trainings of small images without evaluation, plots, export and pictures on the way.

    These have tests of their own. Sounds are analyzed once for all.
    """
    monkeypatch.setenv("EXPLORER_CACHE", shared_cache)
    make_quick(monkeypatch)


def make_quick(patch):
    from explorer.learn.training_run import TrainRun

    for draw in (optimization.draw_images, optimization.draw_structure):
        patch.setattr(optimization, draw.__name__, partial(draw, size=16))
    patch.setattr(training, "_finish", lambda folder, *_: _empty_evaluation(TrainRun(folder)))
    patch.setattr(training, "TrainingPreview", lambda *_: SimpleNamespace(update=lambda *_: None))


def _empty_evaluation(run):
    (run.folder / "proof.json").write_text("{}")
    return run


@pytest.fixture(scope="module")
def whole(original_sounds, shared_cache, tmp_path_factory):
    """A training of two epochs without a stop and without pictures on the way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", shared_cache)
        make_quick(patch)
        return train(original_sounds, epochs=2, explorations=tmp_path_factory.mktemp("whole"), **SMALL)


def weights(run):
    return run.model.state_dict()


def same(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


def reached(run):
    """Weights, best weights and the optimiser's memory after the last epoch, to the bit."""
    return (run.folder / "checkpoint.safetensors").read_bytes()


def progress_of(run):
    return json.loads((run.folder / "progress.json").read_text())


def test_a_few_steps_lower_the_loss_on_a_track_held_out(quick):
    tracks = [synthetic_track(8, seed) for seed in range(3)]
    trainer = Trainer(
        TrainSettings(**SMALL | {"batch_size": 2, "epochs": 2, "learning_rate": 5e-3}),
        *split(tracks, 0.25, 0),
    )
    before = sum(trainer.validate().values())
    for epoch in range(2):
        for _ in trainer.epoch(epoch):
            pass
    assert sum(trainer.validate().values()) < before - 0.3


def test_the_normalisation_is_that_of_what_is_trained_on():
    tracks = [synthetic_track(10, seed) for seed in range(3)]
    trainer = Trainer(TrainSettings(window_frames=2), tracks[:2], tracks[2:])
    rows = np.concatenate([track.values for track in tracks[:2]])
    n = len(LIVE_FEATURES)
    np.testing.assert_allclose(trainer.model.mean[-n:], rows.mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(trainer.model.spread[-n:], rows.std(axis=0), atol=1e-4)


def test_an_epoch_goes_through_every_sequence_once_in_its_own_order():
    trainer = Trainer(
        TrainSettings(), [synthetic_track(60, seed) for seed in range(3)], [synthetic_track(10, 9)]
    )
    first, second = trainer.train.sequences(0), trainer.train.sequences(1)
    assert [(t, f[0]) for t, f in first] == [(t, f[0]) for t, f in trainer.train.sequences(0)]
    assert [(t, f[0]) for t, f in first] != [(t, f[0]) for t, f in second]
    frames = np.concatenate([f for track, f in first if track == 0])
    assert len(np.unique(frames)) == len(frames)
    assert len(frames) * 2 > 60 * 60 - 2 * 128


def test_the_learning_rate_rises_and_falls():
    rates = [one_cycle(done) for done in np.linspace(0, 1, 101)]
    assert np.argmax(rates) == 20
    assert max(rates) == 1
    assert rates[0] == pytest.approx(0.1)
    assert rates[-1] == pytest.approx(0.01)


def test_one_that_was_stopped_and_goes_on_ends_as_if_it_had_not_been(folder, tmp_path, whole, quick):
    def stop(step, done, total):
        if step == "training" and done > 1.2:
            raise Stopped("enough")

    part = train(folder, epochs=2, explorations=tmp_path / "b", progress=stop, **SMALL)
    assert part.manifest["status"] == progress_of(part)["status"] == "stopped"
    assert len(part.history) == 1
    assert reached(part) != reached(whole)
    resumed = train(folder, resume=part.folder, explorations=tmp_path / "b")
    assert resumed.folder == part.folder
    assert reached(resumed) == reached(whole)
    assert same(weights(resumed), weights(whole))
    assert resumed.history.equals(whole.history)
    assert progress_of(resumed)["status"] == "done"


def test_the_same_seed_gives_the_same_model_and_another_another(quick):
    def fitted(seed):
        trainer = Trainer(TrainSettings(**SMALL, seed=seed), [synthetic_track(5, 0)], [synthetic_track(5, 1)])
        next(trainer.epoch(0))
        return trainer.model.state_dict()

    assert same(fitted(1), fitted(1))
    assert not same(fitted(1), fitted(2))


def test_a_file_named_stop_ends_it_after_the_step(folder, tmp_path, quick):
    reports = []

    def put(step, done, total):
        if step == "training" and done:
            reports.append(done)
            (next(tmp_path.glob("train_*")) / "stop").touch()

    run = train(folder, epochs=50, explorations=tmp_path, progress=put, **SMALL)
    assert len(reports) == 1
    assert progress_of(run)["status"] == "stopped"
    assert run.model(torch.zeros(1, 18)).shape == (1, 7)
    assert len(train(folder, resume=run.folder, epochs=1).history) == 1  # the file was deleted


def test_ctrl_c_ends_it_with_what_is_there(folder, tmp_path, quick):
    def interrupt(step, done, total):
        if step == "training" and done > 1:
            raise KeyboardInterrupt

    run = train(folder, epochs=5, explorations=tmp_path, progress=interrupt, **SMALL)
    assert run.manifest["status"] == "stopped"
    assert len(run.history) == 1


def test_it_stops_early_when_nothing_is_gained_and_keeps_the_best(folder, tmp_path, quick, monkeypatch):
    losses = iter([0.5, 0.3, 0.4, 0.35, 0.1])
    monkeypatch.setattr(Trainer, "validate", lambda self: {"rms-luminance": next(losses)})
    run = train(folder, epochs=9, patience=2, explorations=tmp_path, **SMALL)
    assert run.history["validation"].tolist() == [0.5, 0.3, 0.4, 0.35]
    facts = json.loads((run.folder / "checkpoint.json").read_text())
    assert facts["best_epoch"] == 1


def test_another_setting_or_other_sounds_do_not_go_on(folder, tmp_path, quick):
    run = train(folder, epochs=1, explorations=tmp_path, **SMALL)
    with pytest.raises(SettingsError, match=r"sequence: .* was trained with 16, not 24"):
        train(folder, resume=run.folder, sequence=24)
    write_wav(folder / "new.wav", music(6, 48000, 7), 48000)
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    with pytest.raises(SettingsError, match="other sounds"):
        train(folder, resume=run.folder, epochs=2)
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before
    with pytest.raises(SettingsError, match="is not a training"):
        train(folder, resume=tmp_path)


def test_a_failure_is_told(folder, tmp_path, quick, monkeypatch):
    def broken(*_):
        raise RuntimeError("out of luck")

    monkeypatch.setattr(training, "_run_epochs", broken)
    with pytest.raises(RuntimeError):
        train(folder, explorations=tmp_path, **SMALL)
    (run,) = tmp_path.glob("train_*")
    assert json.loads((run / "progress.json").read_text())["status"] == "failed"
    assert "out of luck" in json.loads((run / "progress.json").read_text())["error"]
    assert "out of luck" in json.loads((run / "manifest.json").read_text())["error"]


def test_unusable_sounds_make_no_folder(tmp_path):
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    with pytest.raises(SoundError, match="no sound file"):
        train(sounds, explorations=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_sounds_that_cannot_be_read_leave_no_folder(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"no sound")
    with pytest.warns(ExplorerWarning), pytest.raises(SoundError, match=r"no usable sound in a\.wav"):
        train(tmp_path, explorations=tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_stopped_while_it_hears_it_leaves_no_folder(folder, tmp_path):
    phases = []

    def stop(step, done, total):
        (run,) = tmp_path.glob("train_*")
        phases.append(json.loads((run / "progress.json").read_text())["phase"])
        (run / "stop").touch()

    with pytest.raises(Stopped, match="before it began"):
        train(folder, explorations=tmp_path, progress=stop, **SMALL)
    assert phases == ["hearing the sounds"]
    assert not list(tmp_path.glob("train_*"))


def test_a_finished_training_has_nothing_left_unless_more_is_asked_for(folder, tmp_path, quick, monkeypatch):
    losses = iter([0.5, 0.6, 0.7, 0.1])
    monkeypatch.setattr(Trainer, "validate", lambda self: {"rms-luminance": next(losses)})
    run = train(folder, epochs=2, patience=2, explorations=tmp_path, **SMALL)
    with pytest.raises(SettingsError, match=r"has had its 2 epochs; raise epochs \(--epochs\)"):
        train(folder, resume=run.folder)
    assert len(train(folder, resume=run.folder, epochs=9).history) == 3
    with pytest.raises(SettingsError, match=r"3 epochs, the last 2 of them without progress; raise patience"):
        train(folder, resume=run.folder)
    assert len(train(folder, resume=run.folder, epochs=4, patience=5).history) == 4


def test_sounds_shorter_than_a_sequence_are_left_out_and_named(folder, tmp_path, quick):
    write_wav(folder / "click.wav", tone(400, 0.06, 48000), 48000)
    with pytest.warns(ExplorerWarning, match=r"left out 1 of 4 sounds, shorter than .* 0\.5 s: click\.wav"):
        run = train(folder, epochs=1, explorations=tmp_path, **SMALL)
    assert run.manifest["left_out"] == ["click.wav"]
    assert "click.wav" not in {track["name"] for track in run.manifest["trained_on"]}
    with pytest.raises(SoundError, match=r"every sound is shorter than a sequence, .*--sequence"):
        train(folder, explorations=tmp_path / "other", sequence=1024)


def test_a_file_that_cannot_be_read_is_recorded_and_told_to_whoever_watches(folder, tmp_path, quick):
    (folder / "broken.wav").write_bytes(b"RIFF....WAVE")
    with pytest.warns(ExplorerWarning, match=r"skipped: .*broken\.wav"):
        run = train(folder, epochs=1, explorations=tmp_path / "runs", **SMALL)
    (skipped,) = run.manifest["skipped"]
    assert skipped["name"] == "broken.wav"
    status = TrainingProcess(tmp_path / "runs").status()
    assert status.notes == status.model_dump()["notes"] == [f"skipped: {skipped['reason']}"]


def test_a_missing_file_to_prove_on_is_said_to_be_missing(folder, tmp_path):
    with pytest.raises(SoundError, match="there is no file"):
        train(folder, proof_on=[tmp_path / "nofile.wav"], explorations=tmp_path / "runs")


def test_pictures_on_the_way_change_nothing_that_is_learned(folder, tmp_path, whole, quick, monkeypatch):
    reports = []

    def look(step, done, total):
        if step == "training" and done > 1.4:
            picture = Image.open(next(tmp_path.glob("*/train_*/preview.jpg")))
            reports.append(np.asarray(picture, float))

    monkeypatch.setattr(training, "TrainingPreview", plots.TrainingPreview)
    monkeypatch.setattr(plots, "MAX_PREVIEW_SHARE", 1e9)  # after every epoch
    with_pictures = train(folder, epochs=2, explorations=tmp_path / "a", progress=look, **SMALL)
    half = len(reports[0]) // 2
    assert reports[0][24:half].std() > 10  # before
    assert reports[0][half:-24].std() > 10  # now
    assert reached(with_pictures) == reached(whole)


def test_pictures_that_take_too_long_are_passed_over(tmp_path, monkeypatch):
    drawn, clock = [], iter([0.0, 100.0, 101.0, 110.0, 134.0, 140.0, 141.0])
    monkeypatch.setattr(plots, "time", SimpleNamespace(monotonic=clock.__next__))
    monkeypatch.setattr(plots, "sheet_frames", lambda *_: [np.zeros((9, 12, 3), np.uint8)] * 6)
    monkeypatch.setattr(plots.TrainingPreview, "_write", lambda self, images, label: drawn.append(label))
    model = AudioToVisualModel(TrainSettings(**SMALL))
    preview = plots.TrainingPreview(tmp_path, synthetic_track(6), model)  # at 0 s
    preview.update(model, 1)  # from 100 s on, for a second
    preview.update(model, 2)  # 9 s later: three per cent of that are a quarter of a second
    preview.update(model, 3)  # 33 s later
    assert drawn == ["not trained yet", "after epoch 1"]
    preview.update(model, 4)
    assert drawn[2:] == ["after epoch 4"]


def test_the_status_tells_the_phase_how_much_is_done_and_how_long_the_rest_takes(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress_file, "time", SimpleNamespace(monotonic=lambda: now[0]))
    progress, reported = progress_file.ProgressFile(tmp_path, 10, lambda *step: reported.append(step)), []
    for now[0], phase, done, total in (
        (10.0, ANALYSIS_PHASE, 0, 4),
        (16.0, ANALYSIS_PHASE, 3, 4),
        (20.0, TRAINING_PHASE, 4, 10),  # resumed after four epochs
        (30.0, TRAINING_PHASE, 5.0, 10),
        (40.0, "proving", 0, 7),
    ):
        progress(phase, done, total)
        record = json.loads((tmp_path / "progress.json").read_text())
        expected = {3: 2.0, 5.0: 50.0}.get(done)
        assert (record["phase"], record["share"], record["seconds_left"]) == (
            phase, pytest.approx(done / total, abs=1e-3), expected,
        )  # fmt: skip
    assert reported[1] == (ANALYSIS_PHASE, 3, 4)


def test_what_it_is_proven_on_is_not_trained_on(folder, tmp_path, quick):
    run = train(folder, epochs=1, proof_on=[folder / "c.wav"], explorations=tmp_path, **SMALL)
    log = run.manifest
    assert [track["name"] for track in log["proven_on"]] == ["c.wav"]
    assert "c.wav" not in {track["name"] for track in log["trained_on"] + log["held_out"]}


@pytest.mark.slow
def test_a_whole_training_leaves_everything(folder, tmp_path):
    run = train(folder, epochs=1, explorations=tmp_path, **SMALL)
    names = {path.name for path in run.folder.iterdir()}
    assert names == {
        *("manifest.json", "settings.json", "progress.json", "history.csv", "history.png", "proof.json"),
        *("checkpoint.safetensors", "checkpoint.json", "model.safetensors", "model.json", "model.onnx"),
        *("proof.png", "sheet.jpg"),
    }
    status = progress_of(run)
    assert status["epoch"] == status["epochs"] == 1
    assert status["seconds_left"] == 0
    facts = json.loads((run.folder / "model.json").read_text())
    assert facts["proof"]["pairs"] == run.proof["pairs"] == run.manifest["proof"]["pairs"]
    assert [track["name"] for track in facts["trained_on"]]
    assert set(run.proof["pairs"]) >= {"rms-luminance", "flux+onset-change", "zcr-edges", "centroid-hue"}
    assert run.report().isascii()
    assert run.field.model == str(run.folder)
