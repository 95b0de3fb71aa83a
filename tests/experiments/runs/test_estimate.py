"""What a render takes, told before: near what it then takes, and refused when it cannot fit."""

import shutil
import threading
import time
from collections import namedtuple
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

import explorer as ex
from explorer.audio import DEMO_CLIP, analyze, open_sound
from explorer.cli import main
from explorer.errors import OutputError
from explorer.experiments import Recipe, render
from explorer.experiments.runs import estimate as module
from explorer.experiments.runs import render_plan
from explorer.experiments.runs.estimate import EncodedSample, Estimate, Window, _groups, estimate
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.fields import CPPN, Grid
from explorer.rendering import FrameSettings, flash_cost, resolve
from tests.signals import music, write_wav

FIELD = CPPN.preset("molten")
HUGE = Estimate(frames=300, size=(1280, 720), seconds=12, file_mb=14, scratch_mb=3, memory_mb=600)


@pytest.fixture(scope="module")
def track():
    return analyze(DEMO_CLIP, cache=False)


def expected(track, **frames):
    recipe = Recipe.for_track(track, field=FIELD, frames=FrameSettings(**frames))
    return estimate(RecipeFrames(recipe, track, resolve("cpu")), open_sound(DEMO_CLIP))


def test_it_is_told_in_one_line():
    assert str(HUGE) == "300 frames of 1280x720: about 12 s, 14 MB, at most 600 MB of memory"


def test_groups_are_consecutive_frames_spread_evenly():
    groups = _groups(np.arange(600.0), 6)
    assert (np.diff(groups, axis=1) == 1).all()
    assert groups[:, 0].tolist() == [57, 177, 297, 417, 537]


def test_a_window_shows_pixels_of_the_whole():
    whole = Grid(1280, 720)
    part = Window(320, 180, whole, (1 / 6, 1 / 6))
    pixels = whole.xy().reshape(720, 1280, 2)
    np.testing.assert_allclose(part.xy().reshape(180, 320, 2), pixels[90:270, 160:480], atol=1e-6)
    np.testing.assert_array_equal(Window(1280, 720, whole).xy(), whole.xy())


def test_groups_of_a_short_render_do_not_overlap():
    assert _groups(np.arange(30.0), 24).tolist() == [list(range(15)), list(range(15, 30))]
    assert _groups(np.arange(1.0), 6).tolist() == [[0.0]]


def test_windows_of_groups_lie_in_the_whole():
    corners = {Window(320, 180, Grid(1280, 720), place).corner for place in module.PLACES}
    assert len(corners) == module.GROUPS
    assert all(0 <= left <= 960 and 0 <= top <= 540 for left, top in corners)


def test_the_first_group_carries_the_start_of_the_encoder():
    each = 30 * 4000 * 1e-6  # seconds of a group of 30 frames of 4000 pixels
    sample = EncodedSample(4000, 0.2 + 5 * each, np.array([0.2 + each, *4 * [each]]), np.ones((5, 30)), 0)
    assert sample.seconds_of(10**7) == pytest.approx(10.2)


class Slow(ex.Field):
    """A field whose clock runs with the points that it draws, more for each as the track goes on."""

    clock: ClassVar = SimpleNamespace(seconds=0.0, lock=threading.Lock())

    def colors(self, controls, xy, pixel):
        with self.clock.lock:
            self.clock.seconds += float(2e-5 * len(xy) * (1 + 0.1 * controls.time).sum())
        return controls.bass + 0 * xy[:, 0], xy[:, 0], xy[:, 1]


def test_it_counts_all_the_points_that_a_slow_field_draws(tmp_path, monkeypatch):
    """The search for flashes and the diagnosis among them; the encoder takes no time on this clock."""
    clock = SimpleNamespace(perf_counter=lambda: Slow.clock.seconds)
    for each in (module, flash_cost):
        monkeypatch.setattr(each, "time", clock)
    song = write_wav(tmp_path / "song.wav", music(0.9, 8000), 8000)  # no search for a suggestion
    start, estimates = clock.perf_counter(), []
    render(
        Slow(), song, size=(160, 90), threads=1, explorations=tmp_path / "runs",
        on_estimate=lambda expected: estimates.append((expected.seconds, clock.perf_counter())),
    )  # fmt: skip
    ((expected, known),) = estimates
    actual = clock.perf_counter() - known
    assert 1 / 1.5 < expected / actual < 1.5
    assert known - start < 0.2 * actual


def test_a_short_render_is_not_measured_at_length(track, monkeypatch):
    monkeypatch.setattr(module, "pixel_seconds", lambda frames: 1e-7)
    monkeypatch.setattr(module, "_flash_seconds", lambda frames: 0.2)
    monkeypatch.setattr(module, "diagnosis_seconds", lambda frames, budget: 0.1)
    monkeypatch.setattr(module, "_sample", None)
    assert expected(track, width=64, height=36, duration=0.5) is None


@pytest.mark.slow
def test_file_size_of_the_demo_clip(track, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "pixel_seconds", lambda frames: 1e-9)  # or a busy machine draws only parts
    told = expected(track, width=160, height=90)
    run = render(FIELD, DEMO_CLIP, size=(160, 90), explorations=tmp_path)
    assert told.frames == run.manifest["performance"]["frames"]
    assert told.file_mb * 1e6 == pytest.approx(run.video.stat().st_size, rel=0.3)


@pytest.mark.slow
def test_time_of_the_demo_clip(track, tmp_path):
    tries = []  # other programs may disturb either: one try of three must agree
    while not any(0.7 < estimated / measured < 1.3 for estimated, measured in tries):
        assert len(tries) < 3, tries
        estimated = expected(track).seconds
        began = time.perf_counter()
        render(FIELD, DEMO_CLIP, explorations=tmp_path)
        tries.append((estimated, time.perf_counter() - began))


@pytest.fixture
def song(tmp_path, monkeypatch):
    """A sound, for whose renders `HUGE` is expected."""
    monkeypatch.setattr(render_plan, "estimate", lambda *_, **__: HUGE)
    return write_wav(tmp_path / "song.wav", music(1.0, 8000), 8000)


def test_the_caller_is_told_before_the_first_frame(song, tmp_path):
    told = []
    render(
        FIELD,
        song,
        size=(64, 36),
        explorations=tmp_path / "runs",
        on_estimate=told.append,
        progress=lambda step, *_: told.append(step),
    )
    assert told.index(HUGE) < told.index("drawing")


def test_render_says_it_on_the_console(song, tmp_path, capsys):
    small = ["--preset", "compact-4x3", "--resolution", "64x36"]
    assert main(["render", str(song), *small, "--explorations", str(tmp_path / "runs")]) == 0
    assert str(HUGE) in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("free", [16.0, 13.0], ids=["run", "copy"])
def test_a_disk_too_full_is_refused_at_once(song, tmp_path, monkeypatch, free):
    """The run needs 14 + 3 MB, a copy elsewhere 14 MB."""
    (tmp_path / "other").mkdir()
    usage = namedtuple("usage", "free")
    full = "runs" if free > 14 else "other"
    monkeypatch.setattr(
        shutil, "disk_usage", lambda folder: usage(1e6 * (free if full in str(folder) else 100.0))
    )
    (tmp_path / "runs").mkdir()
    with pytest.raises(OutputError, match=rf"needs about 1[47] MB and .*{full} has {free:.0f} MB free"):
        render(
            FIELD,
            song,
            tmp_path / "other" / "out.mp4",
            size=(64, 36),
            explorations=tmp_path / "runs",
            on_estimate=print,
        )
    assert not list((tmp_path / "runs").iterdir())


def test_nothing_is_measured_unless_asked(song, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_sample", None)
    assert render(FIELD, song, size=(64, 36), duration=0.1, explorations=tmp_path).video.is_file()
