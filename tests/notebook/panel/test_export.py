"""Runs made from the panel: whole, or stopped without a trace."""

import threading

import numpy as np
import pytest

import explorer.notebook.widgets.background_job as job_module
from explorer.audio import analyze
from explorer.errors import OutputError, SettingsError
from explorer.experiments import Run
from explorer.experiments.library.table import runs
from explorer.experiments.runs import render_plan
from explorer.experiments.runs.estimate import Estimate
from explorer.fields import CPPN
from explorer.notebook.panel.export import Exporter
from explorer.notebook.panel.preview_pipeline import PreviewRequest
from explorer.rendering import render_frame
from explorer.video import read_frames
from tests import signals

PATIENCE = 60
FIELD = CPPN(hidden=4, layers=2, gain=4.0)


@pytest.fixture
def exporter(tmp_path):
    sound = signals.write_wav(tmp_path / "music.wav", signals.music(2.0))
    exporter = Exporter(sound, 2.0, lambda: PreviewRequest(FIELD, 0.5), tmp_path / "runs")
    exporter.fields["size"].value = "360p"
    yield exporter
    exporter.close()


def test_save_keeps_the_look_the_moment_and_the_frame_as_a_run(exporter, tmp_path):
    assert exporter.save().wait(PATIENCE)
    (run,) = runs(tmp_path / "runs").itertuples()
    assert (run.status, run.size, run.frames) == ("done", "1280x720", 1)
    saved = Run(tmp_path / "runs" / run.run).recipe
    assert saved.field == FIELD
    assert saved.frames.start == 0.5
    assert run.run in exporter.line.value
    assert "<video" not in exporter.line.value
    assert not exporter.export_button.disabled
    (video,) = list(read_frames(tmp_path / "runs" / run.run / "video.mp4"))
    drawn = render_frame(FIELD, analyze(tmp_path / "music.wav"), 0.5, "720p")
    assert np.abs(video.astype(int) - drawn).mean() < 4


def test_export_renders_the_excerpt(exporter, tmp_path):
    for name, value in {"start": 1.0, "duration": 0.25, "fps": 24}.items():
        exporter.fields[name].value = value
    assert exporter.export().wait(PATIENCE)
    (run,) = runs(tmp_path / "runs").itertuples()
    assert (run.status, run.size, run.frames) == ("done", "640x360", 6)


def test_every_choice_says_what_it_is(exporter):
    choices = [exporter.fields[name].label for name in ("size", "shape", "container", "fps", "flash_limit")]
    assert all(choices)  # none is blank


def test_an_export_has_the_chosen_kind_and_shape_and_is_shown(exporter, tmp_path):
    for name, value in {"duration": 0.25, "container": "webm", "shape": "square", "loop": True}.items():
        exporter.fields[name].value = value
    assert exporter.export().wait(PATIENCE)
    (run,) = runs(tmp_path / "runs").itertuples()
    assert run.size == "360x360"
    assert Run(tmp_path / "runs" / run.run).recipe.frames.loop
    assert '<video class="explorer-video" controls' in exporter.line.value
    assert 'download="video.webm"' in exporter.line.value


def test_stopping_leaves_nothing_half_written(exporter, tmp_path, monkeypatch):
    exporter.fields["fps"].value = 60
    drawing = threading.Event()
    show = exporter._show

    def show_and_stop(state):
        show(state)
        if state.step == "drawing":
            drawing.set()
            exporter.stop()

    monkeypatch.setattr(exporter, "_show", show_and_stop)
    monkeypatch.setattr(job_module, "REPORT_SECONDS", 0.0)
    job = exporter.export()
    assert job.wait(PATIENCE)
    assert drawing.is_set()
    assert "stopped" in exporter.line.value
    (folder,) = (tmp_path / "runs").iterdir()
    assert Run(folder).manifest["status"] == "stopped"
    assert not list(folder.glob("*.mp4"))
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_the_line_shows_the_estimate_of_an_export_that_goes_to_the_end(exporter, tmp_path, monkeypatch):
    estimate = Estimate(frames=60, size=(640, 360), seconds=12, file_mb=14, scratch_mb=3, memory_mb=600)
    monkeypatch.setattr(render_plan, "estimate", lambda *_, **__: estimate)
    monkeypatch.setattr(job_module, "REPORT_SECONDS", 0.0)
    lines, show = [], exporter._show

    def show_and_keep(state):
        show(state)
        lines.append(exporter.line.value)

    monkeypatch.setattr(exporter, "_show", show_and_keep)
    exporter.fields["start"].value = 1.8
    assert exporter.export().wait(PATIENCE)
    assert any("drawing" in line and str(estimate) in line for line in lines)
    assert str(estimate) not in lines[-1]
    assert runs(tmp_path / "runs").frames.tolist() == [6]  # length 0 is to the end


def test_only_one_run_is_made_at_a_time(exporter, monkeypatch):
    go = threading.Event()

    def render(*_, progress, **__):
        assert go.wait(PATIENCE)
        raise OutputError("disk <full>")

    monkeypatch.setattr("explorer.notebook.panel.export.render", render)
    job = exporter.save()
    assert exporter.save_button.disabled
    assert not exporter.stop_button.disabled
    with pytest.raises(SettingsError, match="wait for it"):
        exporter.export()
    go.set()
    assert job.wait(PATIENCE)
    assert "disk &lt;full&gt;" in exporter.line.value
    assert exporter.stop_button.disabled


def test_closing_stops_the_job(exporter, monkeypatch):
    started = threading.Event()

    def render(*_, progress, **__):
        while True:
            progress("drawing", 1, 4)
            started.set()

    monkeypatch.setattr("explorer.notebook.panel.export.render", render)
    job = exporter.save()
    assert started.wait(PATIENCE)
    exporter.close()
    assert not job.running


def test_the_sound_is_analysed_and_drawn_as_the_panel_does(tmp_path, monkeypatch):
    options = {}

    def render(*_, **keywords):
        options.update(keywords)
        raise OutputError("enough")

    monkeypatch.setattr("explorer.notebook.panel.export.render", render)
    settings = {"analysis": {"smoothing": 0.2}, "device": "cpu"}
    exporter = Exporter(
        tmp_path / "song.wav",
        2.0,
        lambda: PreviewRequest(FIELD, 0.5),
        tmp_path,
        settings,
        picture_size=(360, 640),
    )
    assert exporter.export().wait(PATIENCE)
    assert options.items() >= {**settings, "size": (720, 1280)}.items()
    assert exporter.save().wait(PATIENCE)
    assert options["size"] == (720, 1280)  # upright, as the picture is


def test_a_look_is_saved_with_a_star_and_every_run_is_reported(tmp_path):
    sound, states = signals.write_wav(tmp_path / "music.wav", signals.music(1.0)), []
    exporter = Exporter(
        sound, 1.0, lambda: PreviewRequest(FIELD, 0.5), tmp_path / "runs", on_finish=lambda: states.append(1)
    )
    assert exporter.save_starred().wait(PATIENCE)
    assert exporter.save().wait(PATIENCE)
    assert runs(tmp_path / "runs").star.tolist() == [True, False]
    assert states == [1, 1]


def test_stop_is_offered_only_while_there_is_something_to_stop(exporter, monkeypatch):
    go, displays = threading.Event(), []

    def render(*_, **__):
        assert go.wait(PATIENCE)
        raise OutputError("enough")

    monkeypatch.setattr("explorer.notebook.panel.export.render", render)
    displays.append(exporter.stop_button.layout.display)
    job = exporter.save()
    displays.append(exporter.stop_button.layout.display)
    go.set()
    assert job.wait(PATIENCE)
    assert [*displays, exporter.stop_button.layout.display] == ["none", "", "none"]
