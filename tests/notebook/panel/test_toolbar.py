"""Undo, redo, comparing and the code: steps through what came to rest."""

import threading

import numpy as np
import pytest

import explorer.notebook.panel.preview_pipeline as pipeline_module
from explorer.rendering import render_frame
from tests.notebook.browser_messages import drag
from tests.notebook.small_panel import FIELD, PATIENCE, SIZE, displayed_frame, expected_frame, settle

pytestmark = pytest.mark.usefixtures("no_suggestions")


def test_undo_and_redo_go_through_the_pictures_that_were_drawn(panel):
    steps = panel.toolbar
    assert (steps.undo_button.disabled, steps.redo_button.disabled) == (True, True)
    for gain in (2.0, 3.0):
        drag(panel.form.controls["gain"].box, gain)
        settle(panel)
    drag(panel.time_slider, 1.0)  # a moment is no step
    settle(panel)
    for gain in (2.0, 4.0):
        steps.undo_button.click()
        settle(panel)
        assert panel.field.gain == gain
        assert np.array_equal(displayed_frame(panel), render_frame(panel.field, panel.track, 1.0, SIZE))
    assert (steps.undo_button.disabled, steps.redo_button.disabled) == (True, False)
    steps.redo_button.click()
    steps.redo_button.click()
    settle(panel)
    assert panel.field.gain == 3.0


def test_undo_in_the_middle_of_drawing_makes_no_step_of_what_was_not_finished(counting, panel):
    drag(panel.form.controls["gain"].box, 2.0)
    settle(panel)
    counting.gate = threading.Semaphore(0)
    drag(panel.form.controls["gain"].box, 3.0)
    assert counting.entered.acquire(timeout=PATIENCE)
    panel.toolbar.undo_button.click()
    counting.gate.release(1000)
    settle(panel)
    assert panel.field == FIELD
    panel.toolbar.redo_button.click()
    settle(panel)
    assert panel.field.gain == 2.0
    assert panel.toolbar.redo_button.disabled


def test_a_step_counts_as_soon_as_its_picture_is_shown(panel, monkeypatch):
    searching, go = threading.Event(), threading.Event()

    def search(*_):
        searching.set()
        assert go.wait(PATIENCE)

    monkeypatch.setattr(pipeline_module, "suggest", search)
    drag(panel.form.controls["gain"].box, 0.5)
    assert searching.wait(PATIENCE)
    assert not panel.toolbar.undo_button.disabled
    go.set()
    settle(panel)


def test_undone_settings_are_drawn_from_memory(counting, panel):
    drag(panel.form.controls["gain"].box, 2.0)
    settle(panel)
    count = counting.count
    panel.toolbar.undo_button.click()
    settle(panel)
    panel.toolbar.redo_button.click()
    settle(panel)
    assert counting.count == count
    assert np.array_equal(displayed_frame(panel), expected_frame(panel))


def test_two_looks_can_be_compared(panel):
    steps = panel.toolbar
    assert steps.swap_button.disabled
    steps.store_button.click()
    panel.header.preset.value = "magma"
    drag(panel.form.controls["gain"].box, 2.0)
    steps.swap_button.click()
    assert (panel.field, steps.swap_button.description) == (FIELD, "Show B")
    assert (panel.header.preset.value, panel.start) == ("", FIELD)  # not the preset of B
    steps.swap_button.click()
    assert (panel.field.gain, steps.swap_button.description) == (2.0, "Show A")
    assert panel.header.preset.value == "magma"


def test_the_code_draws_what_is_shown_and_follows_it(panel):
    panel.toolbar.code_button.value = True
    drag(panel.form.controls["gain"].box, 2.0)
    drag(panel.time_slider, 1.25)
    settle(panel)
    names = {}
    exec(panel.toolbar.code_view.text, names)
    assert names["field"] == panel.field
    assert np.array_equal(names["image"], panel.frame)
    panel.toolbar.code_button.value = False
    assert panel.toolbar.code_view.widget.layout.display == "none"
