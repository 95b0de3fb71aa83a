"""The panel without a browser: messages are driven by hand."""

import numpy as np

from explorer.fields import CPPN
from explorer.notebook import explore
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.accessibility import Names
from tests.notebook.panels import FIELD, PATIENCE, SIZE, expected, settle, shown
from tests.notebook.test_controls import drag


def test_it_shows_the_frame_that_render_frame_draws(panel):
    assert np.array_equal(panel.frame, expected(panel))
    assert np.array_equal(shown(panel), panel.frame)
    assert panel.screen.image.format == "png"
    assert panel.error == ""


def test_it_starts_with_a_look_for_newcomers(sound):
    with explore(sound, size=SIZE) as panel:
        assert panel.field == CPPN.default_look()
        assert panel.head.preset.value == "molten"


def test_presets_reset_and_new_seed(panel):
    name = next(name for name in CPPN.presets() if CPPN.preset(name).hidden <= 32)
    panel.head.reset.click()
    assert panel.field == FIELD
    panel.head.preset.value = name
    assert panel.field == CPPN.preset(name)
    panel.head.another.click()
    assert panel.field.replace(seed=0) == CPPN.preset(name).replace(seed=0)
    panel.head.reset.click()
    assert panel.field == CPPN.preset(name)


def test_the_bundle_holds_a_view_a_picture_and_a_line(panel):
    bundle = panel._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == panel.widget.model_id
    assert bundle["text/plain"].startswith("Panel on music.wav at 0.50 s: CPPN(")
    assert "image/jpeg" in bundle


def test_displaying_gives_a_still_picture_and_then_the_view(panel, monkeypatch):
    published = []
    monkeypatch.setattr(
        "explorer.notebook.widgets.static_output.display", lambda data, **how: published.append((data, how))
    )
    monkeypatch.setattr(
        "explorer.notebook.widgets.static_output.update_display",
        lambda data, **how: published.append((data, how)),
    )
    monkeypatch.setattr(
        "explorer.notebook.panel.panel.display", lambda data, **how: published.append((data, how))
    )
    panel._ipython_display_()
    (still, how), (view, _) = published
    assert set(still) == {"image/jpeg", "text/plain"}
    assert "application/vnd.jupyter.widget-view+json" in view
    drag(panel.time, 1.25)
    assert panel.wait(PATIENCE)
    update, again = published[-1]
    assert again["display_id"] == how["display_id"]
    assert "at 1.25 s" in update["text/plain"]


def test_a_suggestion_is_offered_and_applied(panel):
    panel.load(FIELD.replace(gain=0.5))
    settle(panel)
    suggestion = panel.screen.suggestion
    assert suggestion is not None
    panel.screen.apply.click()
    settle(panel)
    assert panel.field == FIELD.replace(**{"gain": 0.5, suggestion.setting: suggestion.value})
    assert "explorer-alive" in panel.screen.diagnosis.value
    assert panel.screen.apply.layout.display == "none"


def test_calibrating_loads_scales_that_the_form_names_and_can_drop(panel):
    panel.screen.calibrate.click()
    assert panel.repair.wait(PATIENCE)
    settle(panel)
    assert len(panel.field.layer_scales) == 3
    assert panel.form.others == {"layer_scales": panel.field.layer_scales}
    panel.form.drop_others()
    assert panel.field.layer_scales is None


def test_opening_a_tab_brings_it_up_to_date(panel):
    panel.tabs.selected_index = 2
    assert panel.gallery.wait(PATIENCE)
    assert "nothing is kept yet" in panel.gallery.line.value
    assert panel.exporter.save().wait(PATIENCE)
    assert panel.gallery.wait(PATIENCE)  # a new run appears by itself
    card = panel.gallery.shelf.cards[0]
    panel.load(FIELD.replace(gain=9.0), t=1.5)
    card.button.click()
    settle(panel)
    assert (panel.field, panel.t) == (FIELD, 0.5)
    panel.load(panel.field.replace(layers=3))
    panel.tabs.selected_index = 1
    panel.sweeps.axes[0].setting.value = "gain"
    assert "4 points" in panel.sweeps.estimate.value


def test_loading_anew_is_what_reset_comes_back_to(panel):
    look = FIELD.replace(gain=2.0)
    panel.load(look, anew=True)
    drag(panel.form.controls["gain"].box, 3.0)
    panel.head.reset.click()
    assert panel.field == look
    assert panel.head.preset.value == ""


def test_help_shows_what_every_setting_does(panel):
    panel.head.help.value = True
    assert "explorer-helping" in panel.widget._dom_classes
    panel.head.help.value = False
    assert "explorer-helping" not in panel.widget._dom_classes


def test_every_button_and_field_has_a_name(panel):
    for widget in cells.tree(panel.widget):
        name = type(widget).__name__
        if name in ("Button", "ToggleButton", "Text", "Dropdown", "Checkbox", "IntSlider", "FloatSlider"):
            assert widget.description or widget.tooltip, widget


def test_names_for_screen_readers_travel_with_the_panel(panel):
    (names,) = [widget for widget in cells.tree(panel.widget) if isinstance(widget, Names)]
    assert "aria-label" in names._esm
    assert names.layout.display == "none"
