"""Apply and calibrate change what is shown, unless something newer was chosen meanwhile."""

import threading

import pytest

import explorer.notebook.panel.repair_buttons as repair_module
from explorer.diagnostics import Suggestion, calibrate, diagnose
from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.notebook.panel.preview_view import PreviewView
from explorer.notebook.panel.repair_buttons import RepairButtons
from tests.notebook.panel_stand_in import PanelContext

PATIENCE = 60
DEAD = CPPN(hidden=8, layers=3, gain=0.8)


@pytest.fixture
def context(tmp_path):
    return PanelContext(tmp_path, DEAD)


@pytest.fixture
def screen():
    return PreviewView((64, 36))


@pytest.fixture
def repair(context, screen):
    repair = RepairButtons(context, screen)
    yield repair
    repair.close()


def test_a_suggestion_appears_on_a_button_that_applies_it_to_what_is_shown_now(context, screen, repair):
    assert screen.apply.layout.display == "none"
    screen.show_suggestion(Suggestion("gain", 2.5, DEAD.replace(gain=2.5), "set gain to 2.5 <now>"))
    assert screen.apply.layout.display == ""
    assert "set gain to 2.5 &lt;now&gt;" in screen.advice.value
    context.field = DEAD.replace(seed=7)
    screen.apply.click()
    assert context.field == DEAD.replace(seed=7, gain=2.5)
    screen.show_diagnosis(None)  # of another field: the old advice is gone
    assert (screen.apply.layout.display, screen.advice.value, screen.suggestion) == ("none", "", None)


def test_calibrate_is_offered_where_there_are_layers(context, screen):
    from dataclasses import replace

    assert screen.calibrate.layout.display == "none"
    found = diagnose(DEAD, context.track, budget="screen")
    screen.show_diagnosis(found)
    assert screen.calibrate.layout.display == ""
    screen.show_diagnosis(replace(found, layers=()))
    assert screen.calibrate.layout.display == "none"


def test_calibrate_loads_the_scaled_layers(context, screen, repair):
    screen.calibrate.click()
    assert repair.wait(PATIENCE)
    assert context.field == calibrate(DEAD, context.track)
    assert len(context.field.layer_scales) == 4
    assert repair.bar.layout.display == "none"
    assert context.failures == []


def test_a_change_while_it_calibrates_wins(context, screen, repair, monkeypatch):
    started, go, shares = threading.Event(), threading.Event(), []

    def slow(field, track, progress):
        progress("calibrating", 1, 2)
        shares.append(repair.bar.value)
        started.set()
        assert go.wait(PATIENCE)
        progress("calibrating", 2, 2)
        return field.replace(gain=9.0)

    monkeypatch.setattr(repair_module, "calibrate", slow)
    screen.calibrate.click()
    assert started.wait(PATIENCE)
    context.field = DEAD.replace(seed=1)
    go.set()
    assert repair.wait(PATIENCE)
    assert context.loaded == []
    assert context.failures == []
    assert shares == [0.5]


def test_an_error_of_the_calibration_is_told(context, screen, repair, monkeypatch):
    def fail(*_, **__):
        raise SettingsError("no layers to scale")

    monkeypatch.setattr(repair_module, "calibrate", fail)
    screen.calibrate.click()
    assert repair.wait(PATIENCE)
    assert [str(error) for error in context.failures] == ["no layers to scale"]
    assert repair.bar.layout.display == "none"
