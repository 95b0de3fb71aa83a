"""Errors of a panel: one line in it, whoever made them."""

import pytest

import explorer.notebook.panel.preview_pipeline as pipeline_module
from explorer.errors import SoundError
from explorer.fields import CPPN
from explorer.notebook import Panel, explore
from tests.notebook.browser_messages import drag
from tests.notebook.small_panel import PATIENCE, explorer_threads


def test_an_error_while_drawing_appears_and_goes(monkeypatch, panel):
    def fail(*_, **__):
        raise RuntimeError("no <picture>")

    with monkeypatch.context() as broken:
        broken.setattr(pipeline_module.Renderer, "frame", fail)
        drag(panel.time_slider, 1.0)
        assert panel.wait(PATIENCE)
        assert "RuntimeError: no &lt;picture&gt;" in panel.error
    drag(panel.time_slider, 1.1)
    assert panel.wait(PATIENCE)
    assert panel.error == ""


def test_an_error_in_a_handler_appears(monkeypatch, panel):
    monkeypatch.setattr(panel.form, "load", lambda *_: 1 / 0)
    panel.header.reset_button.click()
    assert "ZeroDivisionError" in panel.error


def test_settings_that_do_not_go_together_are_reported(panel, monkeypatch):
    assert isinstance(panel, Panel)
    monkeypatch.setattr(type(panel.form), "field", property(lambda self: CPPN(gain=float("nan"))))
    drag(panel.time_slider, 0.9)
    assert "gain" in panel.error


def test_every_handler_shows_its_errors(panel, monkeypatch):
    for button in (panel.gallery.loader.button, panel.sweep_tab.run_button):
        panel._errors.widget.value = ""
        button.click()
        assert "explorer-error" in panel.error
    monkeypatch.setattr("explorer.notebook.panel.repair_buttons.calibrate", lambda *_, **__: 1 / 0)
    panel._errors.widget.value = ""
    panel.preview_view.calibrate_button.click()
    assert panel.repair_buttons.wait(PATIENCE)
    assert "ZeroDivisionError" in panel.error


def test_bad_audio_is_one_line(tmp_path):
    before = explorer_threads()
    with pytest.raises(SoundError) as caught:
        explore(tmp_path / "missing.ogg")
    assert caught.value._render_traceback_() == [f"SoundError: {caught.value}"]
    assert "\n" not in str(caught.value)
    assert explorer_threads() == before
