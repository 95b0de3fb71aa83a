"""Features that the panel's track lacks: listened for when they are chosen."""

import threading

import numpy as np

from explorer.fields import FieldSettings
from tests.notebook.small_panel import PATIENCE, expected, shown


def test_a_feature_that_was_not_heard_yet_is_listened_for(panel):
    told = []
    panel.preview_view.caption.observe(lambda change: told.append(change["new"]), "value")
    panel.form.controls["features"].checks["percussive"].value = True
    assert panel.wait(PATIENCE)
    assert panel.error == ""
    assert "percussive" in panel.field.features
    assert panel.track.settings.extras == ("separation",)
    assert any("separating" in words for words in told)
    np.testing.assert_array_equal(shown(panel), expected(panel))
    assert "extras=('separation',)" in panel.code
    assert panel.wait(PATIENCE)


def test_listening_ends_when_it_is_no_longer_wanted_and_goes_on_while_sliders_move(panel, monkeypatch):
    listening, go_on = threading.Event(), threading.Event()
    told = panel.preview_view.show_analysis

    def show_analysis(*given):
        told(*given)
        listening.set()
        assert go_on.wait(PATIENCE)

    monkeypatch.setattr(panel.preview_view, "show_analysis", show_analysis)
    check = panel.form.controls["features"].checks["percussive"]
    check.value = True
    assert listening.wait(PATIENCE)
    panel.load(panel.field.replace(gain=2.5))
    go_on.set()
    assert panel.wait(PATIENCE)
    assert panel.track.settings.extras == ("separation",)
    go_on.clear(), listening.clear()
    tempo = panel.form.controls["features"].checks["tempo"]
    tempo.value = True
    assert listening.wait(PATIENCE)
    tempo.value = False
    go_on.set()
    assert panel.wait(PATIENCE)
    assert panel.error == ""
    np.testing.assert_array_equal(shown(panel), expected(panel))


def test_while_sections_are_found_the_panel_says_so_and_old_numbers_are_pale(panel, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    hear = FieldSettings.hear

    def slow(*given, **settings):
        begun.set()
        assert go_on.wait(PATIENCE)
        return hear(*given, **settings)

    monkeypatch.setattr(FieldSettings, "hear", slow)
    panel.form.controls["keyframes"].widget.value = "0.5: gain=2; section 0: gain=3"
    assert begun.wait(PATIENCE)
    assert "finding sections ..." in panel.preview_view.caption.value
    assert "explorer-old" in panel.preview_view.diagnosis.value
    go_on.set()
    assert panel.wait(PATIENCE)
    assert "finding" not in panel.preview_view.caption.value
    assert "explorer-old" not in panel.preview_view.diagnosis.value
    np.testing.assert_array_equal(shown(panel), expected(panel))


def test_a_section_that_is_not_there_is_told_and_nothing_looks_finished(panel):
    keyframes = panel.form.controls["keyframes"].widget
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
    np.testing.assert_array_equal(shown(panel), expected(panel))


def test_the_live_view_draws_a_feature_once_it_is_heard(panel):
    panel.view_switch.button.value = True
    panel.form.controls["features"].checks["harmonic"].value = True
    assert panel.wait(PATIENCE)
    view = panel.view_switch.live_view
    assert "harmonic" in view.field.features
    view._receive({"kind": "frame", "t": 0.5, "id": 1, "moving": False})
    assert view.wait(PATIENCE)
    assert view.error == ""
