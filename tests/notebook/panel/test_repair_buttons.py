"""Apply and calibrate change the field on screen, unless the settings were changed meanwhile."""

import threading

import pytest

import explorer.notebook.panel.repair_buttons as buttons_module
from explorer.diagnostics import Suggestion, calibrate, diagnose
from explorer.diagnostics.results.setting_changes import Change
from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.notebook.panel.preview_view import PreviewView
from explorer.notebook.panel.repair_buttons import RepairButtons
from tests.notebook.fake_context import FakeContext

PATIENCE = 60
DEAD = CPPN(hidden=8, layers=3, gain=0.8)


@pytest.fixture
def context(tmp_path):
    return FakeContext(tmp_path, DEAD)


@pytest.fixture
def view():
    return PreviewView((64, 36))


@pytest.fixture
def buttons(context, view):
    buttons = RepairButtons(context, view)
    yield buttons
    buttons.close()


def test_a_suggestion_appears_on_a_button_that_applies_it_to_what_is_shown_now(context, view, buttons):
    assert view.apply_button.layout.display == "none"
    changes = Change("gain", 0.8, 2.5), Change("audio_gain", 3.0, 4.0)
    suggestion = Suggestion("gain", 2.5, DEAD.replace(gain=2.5), "set gain from 0.8 to 2.5 <now>", changes)
    view.show_suggestion(suggestion)
    assert view.apply_button.layout.display == ""
    assert "set gain from 0.8 to 2.5 &lt;now&gt;" in view.advice.value
    context.field = DEAD.replace(seed=7)
    view.apply_button.click()
    assert context.field == DEAD.replace(seed=7, gain=2.5, audio_gain=4.0)
    assert "changed gain from 0.8 to 2.5 and audio_gain from 3 to 4; Undo" in buttons.line.value
    buttons.update(context.field)
    assert buttons.line.value
    buttons.update(DEAD)
    assert buttons.line.value == ""
    view.show_diagnosis(None)  # of another field: the old advice is gone
    assert (view.apply_button.layout.display, view.advice.value, view.suggestion) == ("none", "", None)


def test_calibrate_is_offered_where_there_are_layers(context, view):
    from dataclasses import replace

    assert view.calibrate_button.layout.display == "none"
    diagnosis = diagnose(DEAD, context.track, budget="screen")
    view.show_diagnosis(diagnosis)
    assert view.calibrate_button.layout.display == ""
    view.show_diagnosis(replace(diagnosis, layers=()))
    assert view.calibrate_button.layout.display == "none"


def test_calibrate_says_what_it_would_change_and_changes_that(context, view, buttons):
    view.calibrate_button.click()
    assert buttons.wait(PATIENCE)
    calibrated = calibrate(DEAD, context.track)
    assert context.loaded == []
    assert view.apply_button.description == "Apply calibration"
    told = f"audio_gain from 3 to {calibrated.audio_gain:.4g}"
    assert told in view.advice.value
    assert "layer_scales from none to " in view.advice.value
    view.apply_button.click()
    assert context.field == calibrated
    assert told in buttons.line.value
    assert len(context.field.layer_scales) == 4
    assert buttons.bar.layout.display == "none"
    assert context.failures == []


def test_a_change_while_it_calibrates_wins(context, view, buttons, monkeypatch):
    started, go, shares = threading.Event(), threading.Event(), []

    def slow(field, track, progress):
        progress("calibrating", 1, 2)
        shares.append(buttons.bar.value)
        started.set()
        assert go.wait(PATIENCE)
        progress("calibrating", 2, 2)
        return field.replace(gain=9.0)

    monkeypatch.setattr(buttons_module, "calibrate", slow)
    view.calibrate_button.click()
    assert started.wait(PATIENCE)
    context.field = DEAD.replace(seed=1)
    go.set()
    assert buttons.wait(PATIENCE)
    assert context.loaded == []
    assert context.failures == []
    assert shares == [0.5]


def test_an_error_of_the_calibration_appears(context, view, buttons, monkeypatch):
    def fail(*_, **__):
        raise SettingsError("no layers to scale")

    monkeypatch.setattr(buttons_module, "calibrate", fail)
    view.calibrate_button.click()
    assert buttons.wait(PATIENCE)
    assert [str(error) for error in context.failures] == ["no layers to scale"]
    assert buttons.bar.layout.display == "none"
