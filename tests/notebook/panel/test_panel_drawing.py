"""What the panel draws while hands move its controls: the last word wins, and nothing piles up."""

import threading

import numpy as np
import pytest

import explorer.notebook.panel.preview_pipeline as pipeline_module
from explorer.rendering import render_frame
from tests.notebook.browser_messages import drag
from tests.notebook.small_panel import FIELD, PATIENCE, SIZE, displayed_frame, expected_frame, settle

pytestmark = pytest.mark.usefixtures("no_suggestions")


def test_after_wild_dragging_it_shows_what_the_controls_say(counting, panel):
    gain, time, seed = panel.form.controls["gain"], panel.time_slider, panel.form.controls["seed"]

    def drag_all(widget, values):
        for value in values:
            drag(widget, value)

    moves = [(gain.slider, range(5, 30)), (time, np.linspace(0, 1.5, 25)), (seed.slider, range(25))]
    threads = [threading.Thread(target=drag_all, args=move) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert panel.wait(PATIENCE)
    assert (panel.field.seed, panel.t) == (24, 1.5)
    assert panel.field.gain == gain.slider_values[29]
    assert np.array_equal(displayed_frame(panel), expected_frame(panel))
    assert counting.most == 1


def test_200_moves_while_one_frame_is_drawn_queue_only_one(counting, panel):
    counting.gate = threading.Semaphore(0)
    drag(panel.time_slider, 0.1)
    assert counting.entered.acquire(timeout=PATIENCE)
    for t in np.linspace(0.2, 1.2, 200):
        drag(panel.time_slider, float(t))
    count = counting.count
    counting.gate.release(1000)
    assert panel.wait(PATIENCE)
    assert counting.count - count <= 3  # a draft if the first was slow, and both frames of the last request
    assert panel.t == 1.2
    assert np.array_equal(displayed_frame(panel), expected_frame(panel))


def test_an_older_reading_of_the_controls_never_overtakes_a_newer_one(panel, monkeypatch):
    first_read, newer_is_sent = threading.Event(), threading.Event()
    read = panel._request

    def read_slowly():
        request = read()
        if not first_read.is_set():
            first_read.set()
            newer_is_sent.wait(0.3)  # in vain when the handlers wait for each other, as they should
        return request

    monkeypatch.setattr(panel, "_request", read_slowly)
    older = threading.Thread(target=drag, args=(panel.time_slider, 0.1))
    older.start()
    assert first_read.wait(PATIENCE)
    drag(panel.time_slider, 1.9)
    newer_is_sent.set()
    older.join()
    assert panel.wait(PATIENCE)
    assert np.array_equal(displayed_frame(panel), render_frame(FIELD, panel.track, 1.9, SIZE))


def test_a_slow_field_is_drafted_first(monkeypatch, panel):
    drawn = []
    monkeypatch.setattr(panel.preview_view, "show_draft", lambda frame: drawn.append(frame.shape))
    monkeypatch.setattr(pipeline_module, "QUICK_SECONDS", 0.0)
    panel.pipeline._quick = False
    drag(panel.time_slider, 1.0)
    assert panel.wait(PATIENCE)
    assert drawn == [(16, 24, 3)]
    assert panel.preview_view.image.format == "png"


def test_a_diagnosis_is_made_for_every_field_but_not_for_every_moment(monkeypatch, panel):
    calls = []
    measure = pipeline_module.diagnose

    def count(field, *rest, **settings):
        calls.append(field)
        return measure(field, *rest, **settings)

    monkeypatch.setattr(pipeline_module, "diagnose", count)
    drag(panel.time_slider, 1.0)
    assert panel.wait(PATIENCE)
    assert calls == []
    panel.load(FIELD.replace(gain=0.5))
    assert panel.wait(PATIENCE)
    assert calls == [panel.field]
    assert panel.preview_view.diagnosis.value.count("<em>static</em>") == 3
    assert '<b class="explorer-badge explorer-static">static</b>' in panel.preview_view.diagnosis.value


def test_the_live_view_takes_over_and_gives_back_the_moment(panel, counting):
    count = counting.count
    panel.view_switch.button.value = True
    settle(panel)
    panel.view_switch.live_view.t = 1.0
    panel.load(FIELD.replace(gain=2.0))
    settle(panel)
    assert (counting.count, panel.t, panel.view_switch.live_view.field) == (count, 1.0, panel.field)
    panel.view_switch.button.value = False
    settle(panel)
    assert panel.t == panel.time_slider.value == 1.0
    assert np.array_equal(displayed_frame(panel), expected_frame(panel))
