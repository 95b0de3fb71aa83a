"""A run: whole, repeatable, told truthfully; or stopped, with nothing half-written."""

import json
import os

import numpy as np
import pytest

from explorer.audio import analyze
from explorer.diagnostics import diagnose
from explorer.errors import OutputError, SettingsError, Stopped
from explorer.experiments import Recipe, Run, find_audio, load_recipe, render, render_recipe, sweep
from explorer.experiments.library.table import runs
from explorer.experiments.runs.options import RenderOptions
from explorer.fields import CPPN
from explorer.files import sha256_of
from explorer.rendering import FrameSettings, Renderer
from explorer.video import probe, read_comment, read_frames
from tests.signals import music, write_wav

FIELD = CPPN.preset("compact-4x3")
SMALL = {"size": (64, 36), "fps": 30}
UNLIMITED = {**SMALL, "flash_limit": "off"}  # for what does not depend on the search of flashes


@pytest.fixture
def song(tmp_path):
    return write_wav(tmp_path / "söng 1.wav", music(0.6, 22050), 22050)


def test_a_run_folder_holds_everything(song, tmp_path):
    run = render(FIELD, song, tmp_path / "out.mp4", **SMALL, explorations=tmp_path / "runs")
    names = {
        "manifest.json",
        "recipe.json",
        "diagnosis.json",
        "features.npy",
        "features.json",
        "poster.jpg",
        "report.html",
        "sheet.jpg",
        "video.mp4",
    }
    assert {path.name for path in run.folder.iterdir()} == names
    assert run.manifest["status"] == "done"
    assert run.manifest["performance"]["frames"] == 18
    assert run.manifest["kernel"]
    artefacts = run.manifest["artefacts"]
    assert artefacts["video.mp4"]["sha256"] == sha256_of(run.video)
    assert (tmp_path / "out.mp4").read_bytes() == run.video.read_bytes()
    assert "frames in" in run.report()
    info = probe(run.video)
    assert (info.size, info.frames) == ((64, 36), 18)
    assert "fps" in run.report()
    assert "Mpx/s" in run.report()


def test_recipe_repeats_a_run_frame_for_frame(song, tmp_path):
    run = render(FIELD, song, **SMALL, duration=0.2, explorations=tmp_path)
    recipe = load_recipe(run.folder / "recipe.json")
    assert recipe == run.recipe
    options = RenderOptions(explorations=tmp_path)
    again = render_recipe(recipe, find_audio(recipe, run.folder), options=options)
    assert again.folder != run.folder
    pairs = zip(read_frames(run.video), read_frames(again.video), strict=True)
    assert all((one == other).all() for one, other in pairs)


def test_the_video_carries_its_recipe_without_any_path(song, tmp_path):
    run = render(FIELD, song, **UNLIMITED, duration=0.2, explorations=tmp_path)
    comment = read_comment(run.video)
    assert Recipe.from_json(comment) == run.recipe
    assert str(tmp_path) not in comment
    assert run.recipe.audio.sha256 == sha256_of(song)


def test_an_excerpt_equals_the_same_part_of_the_whole(song, tmp_path):
    whole = render(FIELD, song, **SMALL, png_dir=tmp_path / "whole", explorations=tmp_path)
    part = render(
        FIELD, song, **SMALL, start=0.2, duration=0.2, png_dir=tmp_path / "part", explorations=tmp_path
    )
    assert probe(whole.video).frames == 18
    assert probe(part.video).frames == 6
    for n in range(6):
        one = (tmp_path / "part" / f"frame_{n + 1:06d}.png").read_bytes()
        assert one == (tmp_path / "whole" / f"frame_{n + 7:06d}.png").read_bytes()


def test_stopping_leaves_no_video_and_says_so(song, tmp_path):
    def stop(step, done, total):
        if step == "drawing" and done == 5:
            raise Stopped("the user pressed Stop")

    with pytest.raises(Stopped):
        render(FIELD, song, tmp_path / "out.mp4", **UNLIMITED, explorations=tmp_path / "runs", progress=stop)
    (folder,) = (tmp_path / "runs").iterdir()
    assert not list(folder.glob("*.mp4"))
    assert not list(folder.glob(".*"))
    assert not (tmp_path / "out.mp4").exists()
    log = json.loads((folder / "manifest.json").read_text())
    assert (log["status"], log["error"]) == ("stopped", "the user pressed Stop")
    assert runs(tmp_path / "runs")["status"].tolist() == ["stopped"]


def test_a_failure_is_kept_with_its_reason(song, tmp_path, monkeypatch):
    def fail(self, starts, stopped):
        raise ZeroDivisionError("in the field")

    monkeypatch.setattr(Renderer, "_frame", fail)
    with pytest.raises(ZeroDivisionError):
        render(FIELD, song, **UNLIMITED, explorations=tmp_path / "runs")
    (folder,) = (tmp_path / "runs").iterdir()
    log = Run(folder).manifest
    assert log["status"] == "failed"
    assert "in the field" in log["error"]


@pytest.mark.parametrize(
    ("out", "words"), [("out.avi", "ends in .mp4, .webm, .mov, .gif or .webp"), ("folder.mp4", "is a folder")]
)
def test_an_unusable_target_is_refused_before_any_work(song, tmp_path, out, words):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(SettingsError, match=words):
        render(FIELD, song, tmp_path / out, **SMALL, explorations=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_odd_sides_are_refused_with_the_nearest_even_ones(song, tmp_path):
    with pytest.raises(SettingsError, match="as in 64x36"):
        render(FIELD, song, size=(65, 37), explorations=tmp_path)


def test_frames_are_not_mixed_with_those_of_another_run(song, tmp_path):
    (tmp_path / "png").mkdir()
    (tmp_path / "png" / "frame_000001.png").touch()
    with pytest.raises(OutputError, match="already holds frames"):
        render(FIELD, song, **SMALL, png_dir=tmp_path / "png", explorations=tmp_path / "runs")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind this user")
def test_a_folder_that_refuses_is_named(song, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="locked"):
        render(FIELD, song, **SMALL, explorations=tmp_path / "locked")


def test_progress_is_told_for_every_frame(song, tmp_path):
    told = []
    render(FIELD, song, **UNLIMITED, explorations=tmp_path, progress=lambda *step: told.append(step))
    drawing = [(done, total) for step, done, total in told if step == "drawing"]
    assert drawing == [(n + 1, 18) for n in range(18)]
    assert any(step == "analyzing" for step, *_ in told)


def test_frames_in_the_file_are_the_frames_drawn(song, tmp_path):
    run = render(FIELD, song, size=(64, 36), fps="23.976", explorations=tmp_path, png_dir=tmp_path / "png")
    assert str(probe(run.video).fps) == "24000/1001"
    from PIL import Image

    from explorer import analyze, render_frame

    track = analyze(song)
    drawn = np.asarray(Image.open(tmp_path / "png" / "frame_000011.png"))
    np.testing.assert_array_equal(drawn, render_frame(FIELD, track, t=10 * 1001 / 24000, size=(64, 36)))


def test_a_run_becomes_a_moviepy_clip(song, tmp_path):
    clip = render(FIELD, song, **UNLIMITED, duration=0.5, explorations=tmp_path).clip()
    try:
        assert (tuple(clip.size), round(clip.duration, 3)) == ((64, 36), 0.5)
        assert clip.audio is not None
    finally:
        clip.close()


def test_a_single_frame_is_diagnosed_as_part_of_the_whole(song, tmp_path):
    """Alone it could only be static."""
    run = render(FIELD, song, size=(160, 90), start=0.3, duration=1 / 30, explorations=tmp_path / "runs")
    assert run.manifest["performance"]["frames"] == 1
    (verdict,) = runs(tmp_path / "runs")["verdict"]
    assert verdict == diagnose(FIELD, analyze(song), frames=FrameSettings(width=160, height=90)).verdict
    assert verdict != "static"


@pytest.mark.parametrize("function", [render, sweep])
@pytest.mark.parametrize("name", ["columns", "stems"])
def test_columns_are_asked_for_with_a_track(function, name):
    with pytest.raises(
        SettingsError, match=rf"{function.__name__}: {name} come with a track.*ex.analyze\('song.ogg'"
    ):
        function(FIELD, "song.ogg", **{name: {}})
