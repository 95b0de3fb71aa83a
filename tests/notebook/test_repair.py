"""Apply and calibrate change what is shown, unless something newer was chosen meanwhile."""

import threading

import pytest

import explorer.notebook.panel.repair_buttons as repair_module
from explorer.diagnostics import Suggestion, calibrate, diagnose
from explorer.errors import SettingsError
from explorer.fields import CPPN
from explorer.notebook.panel.preview_view import PictureScreen
from explorer.notebook.panel.repair_buttons import Repair
from tests.notebook.desks import Desk

PATIENCE = 60
DEAD = CPPN(hidden=8, layers=3, gain=0.8)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, DEAD)


@pytest.fixture
def screen():
    return PictureScreen((64, 36))


@pytest.fixture
def repair(desk, screen):
    repair = Repair(desk, screen)
    yield repair
    repair.close()


def test_a_suggestion_appears_on_a_button_that_applies_it_to_what_is_shown_now(desk, screen, repair):
    assert screen.apply.layout.display == "none"
    screen.show_suggestion(Suggestion("gain", 2.5, DEAD.replace(gain=2.5), "set gain to 2.5 <now>"))
    assert screen.apply.layout.display == ""
    assert "set gain to 2.5 &lt;now&gt;" in screen.advice.value
    desk.field = DEAD.replace(seed=7)
    screen.apply.click()
    assert desk.field == DEAD.replace(seed=7, gain=2.5)
    screen.show_diagnosis(None)  # of another field: the old advice is gone
    assert (screen.apply.layout.display, screen.advice.value, screen.suggestion) == ("none", "", None)


def test_calibrate_is_offered_where_there_are_layers(desk, screen):
    from dataclasses import replace

    assert screen.calibrate.layout.display == "none"
    found = diagnose(DEAD, desk.track, budget="screen")
    screen.show_diagnosis(found)
    assert screen.calibrate.layout.display == ""
    screen.show_diagnosis(replace(found, layers=()))
    assert screen.calibrate.layout.display == "none"


def test_calibrate_loads_the_scaled_layers(desk, screen, repair):
    screen.calibrate.click()
    assert repair.wait(PATIENCE)
    assert desk.field == calibrate(DEAD, desk.track)
    assert len(desk.field.layer_scales) == 4
    assert repair.bar.layout.display == "none"
    assert desk.failures == []


def test_a_change_while_it_calibrates_wins(desk, screen, repair, monkeypatch):
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
    desk.field = DEAD.replace(seed=1)
    go.set()
    assert repair.wait(PATIENCE)
    assert desk.loaded == []
    assert desk.failures == []
    assert shares == [0.5]


def test_an_error_of_the_calibration_is_told(desk, screen, repair, monkeypatch):
    def fail(*_, **__):
        raise SettingsError("no layers to scale")

    monkeypatch.setattr(repair_module, "calibrate", fail)
    screen.calibrate.click()
    assert repair.wait(PATIENCE)
    assert [str(error) for error in desk.failures] == ["no layers to scale"]
    assert repair.bar.layout.display == "none"
