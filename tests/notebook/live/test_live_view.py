"""The live.live_view without a browser: messages driven by hand, from several threads."""

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import explorer as ex
from explorer.audio import open_sound
from explorer.fields import CPPN
from explorer.notebook.live import LiveView, sound
from explorer.notebook.live.preview_renderer import PreviewRenderer
from explorer.rendering.flash_limiter import NO_LIMIT, FlashLimit
from tests.notebook.small_panel import explorer_threads
from tests.signals import music, write_wav
from tests.tracks import made_up_track

PATIENCE = 60  # seconds until a test that hangs fails
FIELD = CPPN(hidden=4, layers=2)
SIZE = (64, 36)


class GatedRenderer(PreviewRenderer):
    """A renderer that waits until it is let go, and notes what it met."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.started, self.go = threading.Semaphore(0), threading.Semaphore(0)
        self.drawn, self.fields, self.running, self.most = [], [], 0, 0

    def draft_frame(self, field, t):
        self.running += 1
        self.most = max(self.most, self.running)
        self.drawn.append(t)
        self.fields.append(field)
        self.started.release()
        assert self.go.acquire(timeout=PATIENCE)
        self.running -= 1
        if field.seed == 13:
            raise ValueError("an unlucky seed")
        return super().draft_frame(field, t)


@pytest.fixture
def song(tmp_path):
    return write_wav(tmp_path / "song.wav", music(2.0, 22050), 22050)


@pytest.fixture
def sent():
    return []


@pytest.fixture
def live(song, sent, monkeypatch):
    monkeypatch.setattr("explorer.notebook.live.live_view.PreviewRenderer", GatedRenderer)
    view = LiveView(made_up_track(2.0), song, FIELD, size=SIZE)
    view.send = lambda facts, buffers=(): sent.append((facts, buffers))
    yield view
    view._renderer.go.release(1000)
    view.close()


def request_frame(view, t, id=0, moving=True):
    view._handle_custom_msg({"kind": "frame", "t": t, "id": id, "moving": moving}, [])


def facts(sent, kind="frame"):
    return [facts for facts, _ in sent if facts["kind"] == kind]


def wait_for_start(view):
    assert view._renderer.started.acquire(timeout=PATIENCE)


def test_only_the_newest_question_is_drawn_and_the_answers_stand_for_all(live, sent):
    request_frame(live, 0.0, 1)
    wait_for_start(live)
    for n in range(1, 100):
        request_frame(live, n / 100, 1 + n)
    live._renderer.go.release(2)
    assert live.wait(PATIENCE)
    assert live._renderer.drawn == [0.0, 0.99]
    assert [(f["seq"], f["id"], f["consumed"]) for f in facts(sent)] == [(1, 1, 1), (2, 100, 99)]


def test_questions_from_many_threads_are_drawn_one_at_a_time_and_all_given_back(live, sent):
    live._renderer.go.release(1000)
    threads = [
        threading.Thread(target=lambda: [request_frame(live, n / 50) for n in range(50)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    request_frame(live, 1.5, 7)
    assert live.wait(PATIENCE)
    assert live._renderer.most == 1
    assert live._renderer.drawn[-1] == 1.5
    assert sum(f["consumed"] for f in facts(sent)) == 401
    assert [f["seq"] for f in facts(sent)] == list(range(1, len(facts(sent)) + 1))


def test_at_rest_the_frame_is_the_exported_one(song, sent):
    with_wide = CPPN(hidden=128, layers=2)  # drafts of it differ
    live = LiveView(made_up_track(0.8), song, with_wide, size=SIZE)  # short: flashes are searched
    live.send = lambda facts, buffers=(): sent.append((facts, buffers))
    full = live._renderer.full_frames
    frames = []

    def full_frames(*arguments):
        for frame in full(*arguments):
            frames.append(frame)
            yield frame

    live._renderer.full_frames = full_frames
    request_frame(live, 0.5, 1, moving=False)
    assert live.wait(PATIENCE)
    last = facts(sent)[-1]
    assert (last["draft"], last["width"], last["height"], last["t"]) == (False, *SIZE, 0.5)
    assert np.array_equal(frames[-1], ex.render_frame(with_wide, live.track, 0.5, size=SIZE))
    assert sent[-1][1][0][:2] == b"\xff\xd8"  # JPEG
    assert sum(f["consumed"] for f in facts(sent)) == 1
    live.close()


class SlowExposure:
    """A search for flashes that waits; it finds that the picture must be dimmed."""

    gate = None

    def __init__(self, *_, **__):
        self.limit = NO_LIMIT

    def at(self, t, progress):
        while not self.gate.wait(0.01):
            progress("looking for flashes", 0, 1)
        self.limit = FlashLimit(exposure=0.5)

    def cached_at(self, t):
        return self.limit

    def is_cached(self, t):
        return self.limit != NO_LIMIT


def test_no_picture_waits_for_the_search_for_flashes(song, sent, monkeypatch):
    monkeypatch.setattr("explorer.notebook.live.preview_renderer.Exposure", SlowExposure)
    monkeypatch.setattr(SlowExposure, "gate", threading.Event())
    live = LiveView(made_up_track(2.0), song, FIELD, size=SIZE)
    arrived = threading.Semaphore(0)
    live.send = lambda facts, buffers=(): sent.append((facts, buffers)) or arrived.release()
    request_frame(live, 0.5, 1, moving=False)
    while not facts(sent) or facts(sent)[-1]["draft"]:
        assert arrived.acquire(timeout=PATIENCE)
    request_frame(live, 0.7, 2)  # Play is pressed meanwhile
    while facts(sent)[-1]["t"] != 0.7:
        assert arrived.acquire(timeout=PATIENCE)
    request_frame(live, 0.8, 3, moving=False)
    SlowExposure.gate.set()
    assert live.wait(PATIENCE)
    assert facts(sent)[-1]["t"] == 0.8
    assert live._renderer._exposure.limit == FlashLimit(exposure=0.5)
    SlowExposure.gate.clear()
    live.load(FIELD.replace(seed=5))  # its search never ends
    live.close()


def test_another_field_is_shown_at_once_at_rest_and_costs_the_page_no_credit(live, sent):
    live._renderer.go.release(1000)
    request_frame(live, 0.5, 1, moving=False)
    assert live.wait(PATIENCE)
    before = sum(f["consumed"] for f in facts(sent))
    live.load(FIELD.replace(seed=5))
    assert live.wait(PATIENCE)
    assert live._renderer._field[0].seed == 5
    assert facts(sent)[-1]["t"] == 0.5
    assert sum(f["consumed"] for f in facts(sent)) == before == 1


def test_another_field_is_shown_from_the_next_frame_on_while_it_plays(live, sent):
    live._renderer.go.release(1000)
    request_frame(live, 0.1)
    assert live.wait(PATIENCE)
    live.load(FIELD.replace(seed=5))
    assert live.wait(PATIENCE)
    assert len(facts(sent)) == 1  # the page asks soon enough
    request_frame(live, 0.2)
    assert live.wait(PATIENCE)
    assert [field.seed for field in live._renderer.fields] == [0, 5]


def test_an_error_appears_returns_its_credit_and_does_not_end_the_worker(live, sent):
    live._renderer.go.release(1000)
    live.load(FIELD.replace(seed=13))
    request_frame(live, 0.5)
    assert live.wait(PATIENCE)
    assert live.error == "ValueError: an unlucky seed"
    assert sum(f["consumed"] for f in facts(sent, "failed")) == 1
    live.load(FIELD)
    request_frame(live, 0.6)
    assert live.wait(PATIENCE)
    assert live.error == ""
    assert facts(sent)[-1]["t"] == 0.6


@pytest.mark.parametrize(
    "message",
    [
        None,
        {},
        {"kind": "frame"},
        {"kind": "frame", "t": "now", "id": 1, "moving": True},
        {"kind": "frame", "t": float("nan"), "id": 1, "moving": True},
        {"kind": "frame", "t": None, "id": 1, "moving": True},
    ],
)
def test_nonsense_is_ignored(live, sent, message):
    live._handle_custom_msg(message, [])
    assert live.wait(PATIENCE)
    assert (sent, live.error) == ([], "")


def test_moments_outside_the_sound_are_its_ends(live, sent):
    live._renderer.go.release(1000)
    for t in (-3.0, 99.0):
        request_frame(live, t)
        assert live.wait(PATIENCE)
    assert [f["t"] for f in facts(sent)] == [0.0, 2.0]


def test_close_ends_all_threads_even_in_the_midst_of_a_drawing(live):
    before = {thread.name for thread in threading.enumerate()}
    assert {"explorer-live", "explorer-live-sound"} <= before
    request_frame(live, 0.5)
    wait_for_start(live)
    closing = threading.Thread(target=live.close)
    closing.start()
    live._renderer.go.release()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    live.close()
    left = explorer_threads()
    assert not [name for name in left if name.startswith(("explorer-live", "explorer-draw"))]


def test_a_page_that_opens_gets_outline_onsets_and_the_whole_sound(live, sent, tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.notebook.live.live_view.MESSAGE_BYTES", 10_000)
    live._handle_custom_msg({"kind": "ready"}, [])
    assert live.wait(PATIENCE)
    (outline,) = [buffers[0] for facts, buffers in sent if facts["kind"] == "outline"]
    assert len(outline) == 2 * sound.OUTLINE_COLUMNS
    parts = [(f["part"], f["parts"]) for f in facts(sent, "sound")]
    assert len(parts) > 1
    assert parts == [(n, len(parts)) for n in range(len(parts))]
    whole = b"".join(buffers[0] for facts, buffers in sent if facts["kind"] == "sound")
    (tmp_path / "received.mp3").write_bytes(whole)
    received = open_sound(tmp_path / "received.mp3")
    assert sum(map(len, received.blocks())) / received.sample_rate == pytest.approx(2.0, abs=0.1)
    assert live.note == ""


def test_a_sound_that_is_too_long_is_not_sent_and_the_page_says_why(live, sent, monkeypatch):
    monkeypatch.setattr(sound, "MAX_SECONDS", 1)
    live._handle_custom_msg({"kind": "ready"}, [])
    assert live.wait(PATIENCE)
    assert "without sound" in live.note
    assert "longer than 0:01" in live.note
    assert [f["kind"] for f, _ in sent] == ["outline", "silent"]


def test_a_sound_that_is_gone_leaves_a_view_without_sound(live, sent):
    Path(live.audio_path).unlink()
    live._handle_custom_msg({"kind": "ready"}, [])
    assert live.wait(PATIENCE)
    assert "there is no file" in live.note
    assert facts(sent, "silent")


@pytest.mark.parametrize(("size", "final"), [(SIZE, True), ((32, 18), False)])
def test_a_quick_frame_of_full_size_and_precision_is_no_draft(size, final):
    track = made_up_track(2.0)
    renderer = PreviewRenderer(track, SIZE, "cpu")
    renderer.resolution = SimpleNamespace(size=size, record=lambda *_: None)
    frame, is_final = renderer.draft_frame(FIELD, 0.5)
    renderer.close()
    assert is_final is final
    assert np.array_equal(frame, ex.render_frame(FIELD, track, 0.5, size=size, flash_limit=False))
