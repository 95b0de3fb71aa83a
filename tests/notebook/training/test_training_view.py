"""The training widget: settings in, progress and pictures while it learns, what was learned at the end."""

import sys
import time
from pathlib import Path

import pytest

import explorer as ex
import explorer.notebook.training.training_view as view_module
from explorer.errors import SettingsError, SoundError
from explorer.experiments.library.looks import resolve_look
from explorer.experiments.runs import manifest
from explorer.files import write_json
from explorer.learn.losses import PAIRS
from explorer.learn.settings import TrainSettings
from explorer.learn.subprocess_training import TrainingProcess, TrainingStatus
from explorer.notebook.training.training_progress import TrainingProgressView, loss_scale_text, status_html
from explorer.notebook.training.training_view import TrainingView, training
from tests.learn import fake_trainer
from tests.notebook.browser_messages import drag
from tests.signals import tone, write_wav

PATIENCE = 120
ROOT = str(Path(__file__).parents[3])


@pytest.fixture
def make_view(tmp_path, monkeypatch):
    """Makes widgets whose training is the stand-in."""
    monkeypatch.setenv("PYTHONPATH", ROOT)
    monkeypatch.setenv("EXPLORER_EXPLORATIONS", str(tmp_path / "runs"))
    monkeypatch.setattr(view_module, "POLL_SECONDS", 0.02)
    (tmp_path / "runs").mkdir()
    (tmp_path / "music").mkdir()
    write_wav(tmp_path / "music" / "a song.wav", tone(300, 0.5))
    views = []

    def make(mode="short", source=tmp_path / "music", **settings):
        child = TrainingProcess(tmp_path / "runs", (sys.executable, fake_trainer.__file__, mode))
        views.append(TrainingView(source, TrainSettings(**settings), child))
        return views[-1]

    yield make
    for view in views:
        view.close()


def until(condition, message):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, message
        time.sleep(0.01)


def visible(widget):
    return widget.layout.display != "none"


def arguments_of(view):
    """What the process was started with."""
    return manifest.read(view._folder())["arguments"]


def test_a_training_from_start_to_proof(make_view, tmp_path):
    view = make_view(epochs=7)
    assert view.run is None
    with pytest.raises(SettingsError, match="nothing was learned yet"):
        _ = view.field
    assert visible(view.progress.empty)
    drag(view.form.controls["include_delta"].widget, True)
    view.start_button.click()
    assert view.wait(PATIENCE)
    assert view.status.status == "done"
    assert {"--epochs", "7", "--include-delta", str(tmp_path / "music")} <= set(arguments_of(view))
    progress = view.progress
    assert view.run.folder.name in progress.line.value
    pictures = (progress.pictures, progress.losses, progress.evaluation)
    assert all(visible(picture) and picture.value for picture in pictures)
    assert progress.pictures.value == (view.run.folder / "sheet.jpg").read_bytes()
    assert "held out: a.wav" in progress.numbers.value
    assert progress.code.text.endswith(f"a song.wav', ex.Julia(model={view.run.folder.name!r}))")
    compile(progress.code.text, "cell", "eval")
    assert view.field.model == str(view.run.folder)
    assert not visible(progress.bar)
    assert (visible(view.start_button), visible(view.stop_button)) == (True, False)
    assert not visible(view.resume_button)


def test_a_field_moves_and_pairs_reach_the_training_and_the_code(make_view, tmp_path):
    field = ex.Patterns.preset("silk").replace(speed=0.5)
    view = make_view(field=field, moves=("zoom",), pairs=("loudness-luminance", "hits-motion"))
    assert "flux+onset-change -2" in view.progress.scale.value
    assert "zcr-edges" not in view.progress.scale.value
    view.start()
    until(lambda: view._folder() is not None, "it did not start")
    look = arguments_of(view)[arguments_of(view).index("--look") + 1]
    assert resolve_look(look).field == field
    assert {"--moves", "zoom", "--pairs", "loudness-luminance,hits-motion"} <= set(arguments_of(view))
    assert view.wait(PATIENCE)
    write_json(view.run.folder / "settings.json", view.form.settings.model_dump(mode="json"))
    code, replace, model = view._code(view.run.folder).partition(", ")[2].partition(".replace")
    assert eval(code, {"ex": ex}) == field
    assert (replace, model) == (".replace", f"(model={view.run.folder.name!r}))")


def test_it_shows_progress_stops_and_resumes(make_view):
    view = make_view("long")
    view.start_button.click()
    until(lambda: "training, epoch" in view.progress.line.value, "no progress was shown")
    until(lambda: visible(view.progress.pictures), "no picture was shown")
    first = view.progress.pictures.value
    until(lambda: view.progress.pictures.value != first, "the picture does not change")
    assert visible(view.progress.bar)
    assert not visible(view.start_button)
    view.start_button.click()
    assert "runs already; stop it first" in view._errors.widget.value
    view.stop_button.click()
    assert view.wait(PATIENCE)
    assert view.status.status == "stopped"
    stopped = view.run.folder
    assert visible(view.resume_button)
    write_json(stopped / "settings.json", view.form.settings.model_dump())
    drag(view.form.controls["epochs"].box, 90)
    view.resume_button.click()
    until(lambda: view.status.status == "running", view.status)
    assert arguments_of(view)[2:6] == ["--epochs", "90", "--resume", str(stopped)]
    view.close()
    until(lambda: view._process.status().status == "stopped", "closing does not end it")


def test_a_run_cannot_go_on_with_other_settings(make_view, tmp_path):
    view = make_view("long")
    view._resume_folder = tmp_path
    write_json(tmp_path / "settings.json", TrainSettings().model_dump())
    drag(view.form.controls["window_frames"].box, 5)
    view.resume_button.click()
    assert "window_frames: " in view._errors.widget.value
    assert "start a new training" in view._errors.widget.value


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "name a folder with music"),
        ("nowhere", "there is no folder "),
        ("empty", "holds no sound file"),
    ],
)
def test_a_bad_source_is_reported_at_once(make_view, tmp_path, monkeypatch, source, message):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    view = make_view(source=source)
    view.start_button.click()
    assert message in view._errors.widget.value
    assert view.status.status == "idle"
    with pytest.raises((SettingsError, SoundError), match=message):
        view.start()


def test_a_missing_folder_is_reported_at_once_with_its_full_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SoundError, match="there is no folder") as caught:
        training("nowhere/", explorations=tmp_path)
    assert str(tmp_path / "nowhere") in str(caught.value)
    with pytest.raises(SoundError, match=r"there is no file .*song\.wav"):
        training("song.wav", explorations=tmp_path)


def test_a_failure_is_shown_in_words(make_view):
    view = make_view("crash")
    view.start()
    assert view.wait(PATIENCE)
    assert view.status.status == "failed"
    assert "the machine is on fire" in view.progress.line.value
    assert "explorer-wrong" in view.progress.line.value
    assert view.run is None
    assert visible(view.start_button)
    assert not visible(view.resume_button)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({"status": "starting"}, "starting, a few seconds"),
        ({"status": "running", "phase": "proving", "share": 0.4, "seconds_left": 12},
         "proving what it learned 40%, 12 s"),
        ({"status": "stopping", "phase": "proving", "share": 0.4, "epoch": 2},
         "stopped in epoch 2; proving what it learned 40%"),
        ({"status": "stopping", "phase": "writing", "share": 0.5, "epoch": 2},
         "stopped in epoch 2; drawing what it learned<"),
        ({"status": "stopping", "phase": "training", "epoch": 2, "epochs": 9}, "stopping: training, epoch 2"),
        ({"status": "stopped"}, "stopped before anything was learned"),
        ({"status": "failed", "error": "<b>"}, "&lt;b&gt;"),
        (
            {"status": "running", "phase": "training", "epoch": 2, "epochs": 9, "loss": 1,
             "validation": {"rms-luminance": 2}},
            "training, epoch 2 of 9, loss 1.00, held out 2.00",
        ),
    ],
)  # fmt: skip
def test_a_status_in_words(status, message):
    assert message in status_html(TrainingStatus(**status), None)


def test_sounds_that_were_left_out_are_named_and_losses_may_be_missing():
    progress = TrainingProgressView()
    rows = [{"epoch": 1.0, "loss": 2.0, "validation": None}]
    skipped = [{"name": "a&b.wav", "reason": "a&b.wav holds no sound"}]
    progress.show(TrainingStatus(status="running", left_out=["click.wav"], skipped=skipped), None, rows)
    assert "too short, left out: click.wav" in progress.note.value
    assert "skipped: a&amp;b.wav holds no sound" in progress.note.value
    sensitivity = {"rms-luminance": {"gain": 0.7}, "centroid-hue": {"gain": 0.1}}
    progress.show(TrainingStatus(sensitivity=sensitivity, pairs=["rms-luminance"]), None, rows)
    assert "the field cannot express centroid-hue: left out" in progress.note.value
    assert visible(progress.losses)


def test_the_scale_of_the_losses_is_explained():
    assert "lower is better" in loss_scale_text(PAIRS)
    weight = next(pair.weight for pair in PAIRS if pair.name == "zcr-edges")
    assert f"zcr-edges {-weight:g}" in loss_scale_text(PAIRS)


@pytest.mark.parametrize(("learned", "title"), [("b", "never heard"), ("a", "last part of a sound")])
def test_the_title_of_the_proof_says_whether_the_sound_is_known(make_view, monkeypatch, learned, title):
    view = make_view()
    monkeypatch.setattr(
        "explorer.learn.training_run.manifest.read",
        lambda _: {"trained_on": [{"sha256": learned}], "proven_on": [{"sha256": "a"}]},
    )
    view.start()
    assert view.wait(PATIENCE)
    assert title in view.progress._evaluation_title.value


def test_the_form_says_every_setting_once_and_takes_changes_back(make_view):
    view = make_view(seed=3)
    assert set(view.form.controls) == set(TrainSettings.knobs())
    drag(view.form.controls["seed"].box, 8)
    assert view.form.settings == TrainSettings(seed=8)
    view.form.rows["seed"].reset()
    assert view.form.settings == TrainSettings(seed=3)


def test_the_public_name_makes_one_that_goes_on_where_a_run_ended(make_view, tmp_path):
    run = tmp_path / "runs" / "train_20260101T000000Z_aaaaaa"
    run.mkdir(parents=True)
    write_json(run / "settings.json", TrainSettings(epochs=3, window_frames=4).model_dump())
    with training(tmp_path / "music", resume=run.name, epochs=12) as view:
        assert view.form.settings == TrainSettings(epochs=12, window_frames=4)
        assert visible(view.resume_button)
        assert "Training on" in repr(view)
    with pytest.raises(SettingsError, match="was trained with 4, not 9"):
        training(tmp_path / "music", resume=run.name, window_frames=9)
    with pytest.raises(SettingsError, match="did you mean 'epochs'"):
        training(tmp_path / "music", epoch=3)
    with pytest.raises(SettingsError, match="hidden cannot be set here"):
        training(tmp_path / "music", hidden=(12,))
