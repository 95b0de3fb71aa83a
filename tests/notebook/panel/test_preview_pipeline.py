"""One request, answered in the right order; and going back draws nothing."""

import numpy as np
import pytest

import explorer.notebook.panel.preview_pipeline as pipeline_module
from explorer.audio import analyze
from explorer.errors import Stopped
from explorer.fields import CPPN
from explorer.notebook.panel.preview_pipeline import PreviewPipeline, PreviewRequest
from explorer.rendering import Renderer, render_frame, resolve
from explorer.rendering.flash_limiter import NO_LIMIT
from tests import signals

SIZE = (96, 54)
FIELD = CPPN(hidden=8, layers=2, gain=4.0, seed=10)


class Screen:
    """Notes what is shown, in order."""

    def __init__(self):
        self.calls, self.frame, self.advice = [], None, None

    def show_draft(self, frame):
        self.calls.append(f"draft {frame.shape[1]}x{frame.shape[0]}")

    def show_full(self, frame, request, seconds, limit):
        self.calls.append("full")
        self.frame, self.limit = frame, limit

    def show_diagnosis(self, diagnosis):
        self.calls.append("measuring" if diagnosis is None else diagnosis.verdict)

    def show_suggestion(self, suggestion):
        self.advice = suggestion


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    return analyze(signals.write_wav(tmp_path_factory.mktemp("song") / "song.wav", signals.music(1.4)))


@pytest.fixture
def view():
    return Screen()


@pytest.fixture
def preview(track, view):
    preview = PreviewPipeline(track, SIZE, resolve("cpu"), view)
    yield preview
    preview.close()


@pytest.fixture
def sizes(monkeypatch):
    """The sizes of the frames whose drawing started."""
    sizes = []

    class Counting(Renderer):
        def frame(self, t, stopped=lambda: False, limit=None):
            sizes.append((self.grid.width, self.grid.height))
            return super().frame(t, stopped, limit)

    monkeypatch.setattr(pipeline_module, "Renderer", Counting)
    return sizes


@pytest.fixture
def without_suggestions(monkeypatch):
    """What flashes also flickers, for which a search takes many diagnoses."""
    monkeypatch.setattr(pipeline_module, "suggest", lambda *_: None)


def never():
    return False


def test_a_slow_field_shows_draft_diagnosis_and_picture_in_this_order(preview, view, track, monkeypatch):
    monkeypatch.setattr(pipeline_module, "QUICK_SECONDS", 0.0)
    preview.draw(PreviewRequest(FIELD, 0.5), never)
    assert view.calls == ["draft 24x16", "measuring", "alive", "full"]
    assert np.array_equal(view.frame, render_frame(FIELD, track, 0.5, SIZE, flash_limit=False))


def test_a_quick_field_is_drawn_once_and_in_full_at_once(preview, view, sizes, monkeypatch):
    monkeypatch.setattr(pipeline_module, "QUICK_SECONDS", 1e9)
    monkeypatch.setattr(pipeline_module, "MAX_DRAFT_SECONDS", 1e9)
    preview._quick = True
    preview.draw(PreviewRequest(FIELD, 0.5), never)
    assert view.calls == ["draft 96x54", "measuring", "alive", "full"]
    assert sizes == [SIZE]


def test_a_slow_field_after_a_quick_one_shows_a_draft(preview, view, monkeypatch):
    monkeypatch.setattr(pipeline_module, "QUICK_SECONDS", 0.0)
    monkeypatch.setattr(pipeline_module, "MAX_DRAFT_SECONDS", -1.0)
    preview._quick = True
    preview.draw(PreviewRequest(FIELD, 0.5), never)
    assert view.calls == ["draft 24x16", "measuring", "alive", "full"]


@pytest.mark.parametrize(("quick", "drafted"), [(False, "draft 24x16"), (True, "draft 96x54")])
def test_a_hand_that_is_quicker_than_a_draft_sees_drafts_and_nothing_more(
    preview, view, quick, drafted, monkeypatch
):
    monkeypatch.setattr(pipeline_module, "QUICK_SECONDS", 1e9 if quick else 0.0)
    monkeypatch.setattr(pipeline_module, "MAX_DRAFT_SECONDS", 1e9)
    preview._quick = quick
    for t in (0.1, 0.2, 0.3):
        with pytest.raises(Stopped):
            preview.draw(PreviewRequest(FIELD, t), lambda: True)
    assert view.calls == [drafted] * 3


def test_going_back_draws_and_measures_nothing(preview, view, sizes, monkeypatch):
    other = FIELD.replace(gain=2.0)
    requests = [PreviewRequest(FIELD, 0.5), PreviewRequest(FIELD, 1.0), PreviewRequest(other, 1.0)]
    frames = []
    for request in requests:
        preview.draw(request, never)
        frames.append(view.frame)
    measured = []
    monkeypatch.setattr(pipeline_module, "diagnose", lambda *_, **__: measured.append(1))
    del sizes[:]
    for request, frame in zip(requests[::-1], frames[::-1], strict=True):
        view.calls.clear()
        preview.draw(request, never)
        assert "full" in view.calls
        assert not [call for call in view.calls if call.startswith(("draft", "measuring"))]
        assert np.array_equal(view.frame, frame)
    assert (sizes, measured) == ([], [])


def test_another_moment_or_field_or_seed_is_not_mistaken_for_a_known_one(preview, view, track):
    for request in (
        PreviewRequest(FIELD, 0.5),
        PreviewRequest(FIELD, 0.51),
        PreviewRequest(FIELD.replace(seed=4), 0.5),
    ):
        preview.draw(request, never)
        drawn = render_frame(request.field, track, request.t, SIZE, flash_limit=False)
        assert np.array_equal(view.frame, drawn)


@pytest.mark.usefixtures("without_suggestions")
@pytest.mark.parametrize(("mode", "changed"), [("calm", "swing"), ("dim", "exposure")])
def test_what_flashes_is_limited_when_all_else_is_done(preview, view, track, mode, changed):
    flashing = CPPN.preset("compact-4x3").replace(audio_gain=60.0)
    request = PreviewRequest(flashing, 1.2, mode)
    preview.draw(request, never)
    assert (view.limit, view.calls.pop()) == (NO_LIMIT, "full")
    preview.advise(request, never)
    assert view.calls == [*view.calls[:-1], "full"]
    assert getattr(view.limit, changed) < 0.9
    assert np.array_equal(view.frame, render_frame(flashing, track, 1.2, SIZE, flash_limit=mode))
    preview.draw(request, never)  # cached now, and limited at once
    assert getattr(view.limit, changed) < 0.9


@pytest.mark.usefixtures("without_suggestions")
def test_flashes_that_are_let_through_are_not_searched(preview, view, track):
    flashing = CPPN.preset("compact-4x3").replace(audio_gain=60.0)
    request = PreviewRequest(flashing, 1.2, "off")
    preview.draw(request, never)
    preview.advise(request, never)
    assert view.calls.count("full") == 1
    assert view.limit == NO_LIMIT
    assert np.array_equal(view.frame, render_frame(flashing, track, 1.2, SIZE, flash_limit="off"))


def test_frames_are_forgotten_when_they_take_too_many_bytes(preview, sizes, monkeypatch):
    preview._frames.max_size = 3 * SIZE[0] * SIZE[1] * 3
    for t in (0.1, 0.2, 0.3, 0.4):
        preview.draw(PreviewRequest(FIELD, t), never)
    assert len(preview._frames) == 3
    del sizes[:]
    preview.draw(PreviewRequest(FIELD, 0.4), never)
    assert sizes == []
    preview.draw(PreviewRequest(FIELD, 0.1), never)
    assert sizes


def test_nothing_is_drawn_while_the_picture_is_hidden_but_it_is_measured(preview, view, sizes):
    preview.hidden = True
    preview.draw(PreviewRequest(FIELD, 0.5), never)
    assert sizes == []
    assert view.calls == ["measuring", "alive"]


def test_a_suggestion_comes_last_and_its_search_stops_at_a_newer_request(preview, view, monkeypatch):
    dead, suggestion = CPPN(hidden=8, layers=4, gain=0.5), object()
    preview.draw(PreviewRequest(dead, 0.5), never)
    assert view.calls[-1] == "full"
    with monkeypatch.context() as quick:
        quick.setattr(pipeline_module, "suggest", lambda *_: suggestion)
        preview.advise(PreviewRequest(dead, 0.5), never)
    assert view.advice is suggestion
    preview.advise(PreviewRequest(dead, 1.0), lambda: True)  # known: it belongs to the field
    assert view.advice is suggestion
    other = PreviewRequest(dead.replace(seed=9), 0.5)
    preview.draw(other, never)
    with pytest.raises(Stopped):
        preview.advise(other, lambda: True)
