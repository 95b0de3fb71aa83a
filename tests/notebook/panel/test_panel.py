"""The panel without a browser: messages are driven by hand."""

import numpy as np
import pytest

from explorer.errors import SettingsError
from explorer.fields import CPPN, GraphCPPN
from explorer.notebook import explore
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.accessibility import AccessibleNames
from explorer.rendering import render_frame
from tests.notebook.browser_messages import drag
from tests.notebook.small_panel import FIELD, PATIENCE, SIZE, displayed_frame, expected_frame, settle
from tests.signals import music, write_wav


def test_it_shows_the_frame_that_render_frame_draws(panel):
    assert np.array_equal(panel.frame, expected_frame(panel))
    assert np.array_equal(displayed_frame(panel), panel.frame)
    assert panel.preview_view.image.format == "png"
    assert panel.error == ""


def test_it_starts_with_a_look_for_newcomers(sound):
    with explore(sound, size=SIZE) as panel:
        assert panel.field == GraphCPPN.default_look()
        assert panel.field.light.on
        assert panel.header.preset.value == "obsidian"


@pytest.mark.parametrize(("value", "mode"), [(False, "off"), ("dim", "dim"), (True, "calm")])
def test_flashes_are_limited_as_it_was_said(sound, value, mode):
    with explore(sound, FIELD, size=SIZE, flash_limit=value) as panel:
        assert panel.exporter.fields["flash_limit"].value == panel.flash_limit == mode
        assert ("flash_limit" in panel.code) == (mode != "calm")


@pytest.mark.usefixtures("no_suggestions")
def test_the_choice_of_the_flash_limit_draws_again(tmp_path):
    flashing = CPPN.preset("compact-4x3").replace(audio_gain=60.0)
    sound = write_wav(tmp_path / "short.wav", music(1.4))
    with explore(sound, flashing, size=SIZE, flash_limit="off") as panel:
        panel.time_slider.value = 1.2
        for mode in ("calm", "dim", "off"):
            panel.exporter.fields["flash_limit"].value = mode
            settle(panel)
            frame = render_frame(flashing, panel.track, panel.t, SIZE, flash_limit=mode)
            assert np.array_equal(panel.frame, frame)
            assert ("it would flash here" in panel.preview_view.caption.value) == (mode != "off")


def test_an_unknown_flash_limit_is_refused(sound):
    with pytest.raises(SettingsError, match="flash_limit: got 'dark'"):
        explore(sound, FIELD, size=SIZE, flash_limit="dark")


def test_columns_come_with_a_track(sound):
    with pytest.raises(SettingsError, match="explore: columns come with a track"):
        explore(sound, columns={"energy": ([0, 1], [0, 1])})


def test_presets_reset_and_new_seed(panel):
    name = min(CPPN.offered_presets(), key=lambda name: CPPN.preset(name).hidden)
    panel.header.reset_button.click()
    assert panel.field == FIELD
    panel.header.preset.value = name
    assert panel.field == CPPN.preset(name)
    panel.header.seed_button.click()
    assert panel.field.replace(seed=0) == CPPN.preset(name).replace(seed=0)
    panel.header.reset_button.click()
    assert panel.field == CPPN.preset(name)


def test_a_new_seed_is_that_of_every_section(sound):
    with explore(sound, FIELD.replace(sections={"on": True, "seeds": (5, 6)}), size=SIZE) as panel:
        panel.header.seed_button.click()
        assert panel.field.sections.on
        assert panel.field.sections.seeds == ()


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
    drag(panel.time_slider, 1.25)
    assert panel.wait(PATIENCE)
    update, again = published[-1]
    assert again["display_id"] == how["display_id"]
    assert "at 1.25 s" in update["text/plain"]


def test_a_suggestion_is_offered_and_applied(panel):
    panel.load(FIELD.replace(gain=0.5))
    settle(panel)
    suggestion = panel.preview_view.suggestion
    assert suggestion is not None
    panel.preview_view.apply_button.click()
    settle(panel)
    assert panel.field == suggestion.field != FIELD
    assert "changed gain from 0.5 to" in panel.repair_buttons.line.value
    assert "explorer-alive" in panel.preview_view.diagnosis.value
    assert panel.preview_view.apply_button.layout.display == "none"


def test_calibrating_loads_scales_that_the_form_names_and_can_drop(panel):
    panel.preview_view.calibrate_button.click()
    assert panel.repair_buttons.wait(PATIENCE)
    panel.preview_view.apply_button.click()
    settle(panel)
    assert len(panel.field.layer_scales) == 3
    assert panel.form.hidden_settings == {"layer_scales": panel.field.layer_scales}
    panel.form.drop_hidden_settings()
    assert panel.field.layer_scales is None


def test_opening_a_tab_brings_it_up_to_date(panel):
    panel.tabs.selected_index = 2
    assert panel.gallery.wait(PATIENCE)
    assert "there are no runs yet" in panel.gallery.line.value
    assert panel.exporter.save().wait(PATIENCE)
    assert panel.gallery.wait(PATIENCE)  # a new run appears by itself
    card = panel.gallery.thumbnails.cards[0]
    panel.load(FIELD.replace(gain=9.0), t=1.5)
    card.button.click()
    settle(panel)
    assert (panel.field, panel.t) == (FIELD, 0.5)
    panel.load(panel.field.replace(layers=3))
    panel.tabs.selected_index = 1
    panel.sweep_tab.axes[0].setting.value = "gain"
    assert "4 points" in panel.sweep_tab.estimate.value


def test_reset_returns_to_the_reset_point(panel):
    look = FIELD.replace(gain=2.0)
    panel.load(look, as_reset_point=True)
    drag(panel.form.controls["gain"].box, 3.0)
    panel.header.reset_button.click()
    assert panel.field == look
    assert panel.header.preset.value == ""


def test_help_shows_what_every_setting_does(panel):
    panel.header.help_button.value = True
    assert "explorer-helping" in panel.widget._dom_classes
    panel.header.help_button.value = False
    assert "explorer-helping" not in panel.widget._dom_classes


def test_every_button_and_field_has_a_name_and_a_state_for_the_browser(panel):
    for widget in cells.widget_tree(panel.widget):
        assert widget.get_state()
        name = type(widget).__name__
        if name in ("Button", "ToggleButton", "Text", "Dropdown", "Checkbox", "IntSlider", "FloatSlider"):
            assert widget.description or widget.tooltip, widget


def test_names_for_screen_readers_travel_with_the_panel(panel):
    (names,) = [widget for widget in cells.widget_tree(panel.widget) if isinstance(widget, AccessibleNames)]
    assert "aria-label" in names._esm
    assert names.layout.display == "none"
