"""Features that the panel's track lacks: listened for when they are chosen."""

import threading

import numpy as np
import pytest

from explorer.fields import FieldSettings
from tests.notebook.small_panel import PATIENCE, displayed_frame, expected_frame


@pytest.fixture
def panel(new_panel):
    """Its track is another one afterwards."""
    return new_panel


def test_a_feature_that_the_track_lacks_is_analyzed(panel):
    captions = []
    panel.preview_view.caption.observe(lambda change: captions.append(change["new"]), "value")
    panel.form.controls["features"].checks["percussive"].value = True
    assert panel.wait(PATIENCE)
    assert panel.error == ""
    assert "percussive" in panel.field.features
    assert panel.track.settings.extras == ("separation",)
    assert any("separating" in words for words in captions)
    np.testing.assert_array_equal(displayed_frame(panel), expected_frame(panel))
    assert "extras=('separation',)" in panel.code
    assert panel.wait(PATIENCE)


def test_analysis_stops_when_it_is_no_longer_needed_and_continues_while_sliders_move(panel, monkeypatch):
    analyzing, proceed = threading.Event(), threading.Event()
    show = panel.preview_view.show_analysis

    def show_analysis(*arguments):
        show(*arguments)
        analyzing.set()
        assert proceed.wait(PATIENCE)

    monkeypatch.setattr(panel.preview_view, "show_analysis", show_analysis)
    check = panel.form.controls["features"].checks["percussive"]
    check.value = True
    assert analyzing.wait(PATIENCE)
    panel.load(panel.field.replace(gain=2.5))
    proceed.set()
    assert panel.wait(PATIENCE)
    assert panel.track.settings.extras == ("separation",)
    proceed.clear(), analyzing.clear()
    tempo = panel.form.controls["features"].checks["tempo"]
    tempo.value = True
    assert analyzing.wait(PATIENCE)
    tempo.value = False
    proceed.set()
    assert panel.wait(PATIENCE)
    assert panel.error == ""
    np.testing.assert_array_equal(displayed_frame(panel), expected_frame(panel))


def test_during_an_analysis_the_caption_says_so_and_old_numbers_are_pale(panel, monkeypatch):
    started, proceed = threading.Event(), threading.Event()
    analyze = FieldSettings.analyze

    def slow(*arguments, **settings):
        started.set()
        assert proceed.wait(PATIENCE)
        return analyze(*arguments, **settings)

    monkeypatch.setattr(FieldSettings, "analyze", slow)
    panel.form.controls["keyframes"].text.widget.value = "0.5: gain=2; section 0: gain=3"
    assert started.wait(PATIENCE)
    assert "finding sections ..." in panel.preview_view.caption.value
    assert "explorer-old" in panel.preview_view.diagnosis.value
    proceed.set()
    assert panel.wait(PATIENCE)
    assert "finding" not in panel.preview_view.caption.value
    assert "explorer-old" not in panel.preview_view.diagnosis.value
    np.testing.assert_array_equal(displayed_frame(panel), expected_frame(panel))


def test_a_missing_section_is_reported_and_nothing_looks_finished(panel):
    keyframes = panel.form.controls["keyframes"].text.widget
    keyframes.value = "section 9: gain=3"
    assert panel.wait(PATIENCE)
    assert "there is no section 9" in panel.error
    assert "finding" not in panel.preview_view.caption.value
    assert "explorer-old" in panel.preview_view.diagnosis.value
    assert panel.exporter.export().wait(PATIENCE)
    assert "explorer-error" in panel.exporter.line.value
    assert "there is no section 9" in panel.exporter.line.value
    keyframes.value = ""
    assert panel.wait(PATIENCE)
    assert panel.error == ""
    assert "explorer-old" not in panel.preview_view.diagnosis.value
    np.testing.assert_array_equal(displayed_frame(panel), expected_frame(panel))


def test_the_live_view_draws_from_a_feature_once_it_is_analyzed(panel):
    panel.view_switch.button.value = True
    panel.form.controls["features"].checks["harmonic"].value = True
    assert panel.wait(PATIENCE)
    view = panel.view_switch.live_view
    assert "harmonic" in view.field.features
    view._receive({"kind": "frame", "t": 0.5, "id": 1, "moving": False})
    assert view.wait(PATIENCE)
    assert view.error == ""
