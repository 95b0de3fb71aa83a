"""Apply and calibrate change what is shown, unless something newer was chosen meanwhile."""

import threading

import pytest

import explorer.notebook.panel.repair_buttons as repair_module
from explorer.diagnostics import Suggestion, calibrate, diagnose
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
def repair(context, view):
    repair = RepairButtons(context, view)
    yield repair
    repair.close()


def test_a_suggestion_appears_on_a_button_that_applies_it_to_what_is_shown_now(context, view, repair):
    assert view.apply_button.layout.display == "none"
    view.show_suggestion(Suggestion("gain", 2.5, DEAD.replace(gain=2.5), "set gain to 2.5 <now>"))
    assert view.apply_button.layout.display == ""
    assert "set gain to 2.5 &lt;now&gt;" in view.advice.value
    context.field = DEAD.replace(seed=7)
    view.apply_button.click()
    assert context.field == DEAD.replace(seed=7, gain=2.5)
    view.show_diagnosis(None)  # of another field: the old advice is gone
    assert (view.apply_button.layout.display, view.advice.value, view.suggestion) == ("none", "", None)


def test_calibrate_is_offered_where_there_are_layers(context, view):
    from dataclasses import replace

    assert view.calibrate_button.layout.display == "none"
    found = diagnose(DEAD, context.track, budget="screen")
    view.show_diagnosis(found)
    assert view.calibrate_button.layout.display == ""
    view.show_diagnosis(replace(found, layers=()))
    assert view.calibrate_button.layout.display == "none"


def test_calibrate_loads_the_scaled_layers(context, view, repair):
    view.calibrate_button.click()
    assert repair.wait(PATIENCE)
    assert context.field == calibrate(DEAD, context.track)
    assert len(context.field.layer_scales) == 4
    assert repair.bar.layout.display == "none"
    assert context.failures == []


def test_a_change_while_it_calibrates_wins(context, view, repair, monkeypatch):
    started, go, shares = threading.Event(), threading.Event(), []

    def slow(field, track, progress):
        progress("calibrating", 1, 2)
        shares.append(repair.bar.value)
        started.set()
        assert go.wait(PATIENCE)
        progress("calibrating", 2, 2)
        return field.replace(gain=9.0)

    monkeypatch.setattr(repair_module, "calibrate", slow)
    view.calibrate_button.click()
    assert started.wait(PATIENCE)
    context.field = DEAD.replace(seed=1)
    go.set()
    assert repair.wait(PATIENCE)
    assert context.loaded == []
    assert context.failures == []
    assert shares == [0.5]


def test_an_error_of_the_calibration_is_told(context, view, repair, monkeypatch):
    def fail(*_, **__):
        raise SettingsError("no layers to scale")

    monkeypatch.setattr(repair_module, "calibrate", fail)
    view.calibrate_button.click()
    assert repair.wait(PATIENCE)
    assert [str(error) for error in context.failures] == ["no layers to scale"]
    assert repair.bar.layout.display == "none"
