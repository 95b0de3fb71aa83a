"""Keyframes as rows: each change shows in the field and in the text, and the text in the rows."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

import explorer as ex
from explorer.fields import CPPN, Patterns
from explorer.notebook.widgets.field_form import FieldForm
from tests.notebook.browser_messages import drag
from tests.tracks import made_up_track

FIELD = CPPN(hidden=8, layers=3, gain=4.5, output_gain=None, keyframes="2: gain=3 seed=7; section 1: gain=1")


class Problems(list):
    """Takes the place of the panel's error line."""

    def handler(self, action):
        def handle(*_):
            try:
                action()
            except Exception as error:
                self.append(str(error))

        return handle


@pytest.fixture
def moments():
    """A moment on screen, and a track whose sections are not known."""
    return SimpleNamespace(t=5.0, track=made_up_track(30.0))


@pytest.fixture
def problems():
    return Problems()


@pytest.fixture
def form(moments, problems):
    return FieldForm(FIELD, lambda: None, problems.handler, (), moments)


@pytest.fixture
def editor(form):
    return form.controls["keyframes"]


def with_sections(track, *starts):
    number = np.searchsorted(starts, track.times, side="right")[:, None].astype(np.float32)
    raw, names = np.hstack((track.raw, number)), (*track.names, "section")
    return dataclasses.replace(track, values=np.hstack((track.values, number)), raw=raw, names=names)


def keyframes(form):
    return [(keyframe.at, dict(keyframe.settings)) for keyframe in form.field.keyframes]


def test_each_keyframe_has_its_moment_and_a_slider_for_each_of_its_settings(form, editor):
    first, second = editor.rows
    assert (first.moment.label, first.seconds.value, first.seconds.layout.display) == (
        "at a time, s",
        2.0,
        "",
    )
    assert {name: control.value for name, control in first.controls.items()} == {"gain": 3, "seed": 7}
    assert (second.moment.value, second.seconds.layout.display) == ("section 1", "none")
    assert first.controls["gain"].slider_values == form.controls["gain"].slider_values


def test_moving_a_slider_or_a_moment_changes_the_field_and_the_text(form, editor):
    first, second = editor.rows
    drag(first.controls["gain"].box, 6.0)
    drag(first.seconds, 3.5)
    second.moment.value = ""  # at a time
    assert keyframes(form) == [(3.5, {"gain": 6, "seed": 7}), (0, {"gain": 1})]
    assert editor.text.widget.value == "3.5: gain=6 seed=7; 0: gain=1"
    assert editor.rows == [first, second]  # no new sliders under the hand
    assert form.rows["keyframes"].reset_button.layout.visibility == "visible"
    form.rows["keyframes"].reset_button.click()
    assert form.field == FIELD
    assert editor.rows[1].moment.value == "section 1"


def test_settings_and_keyframes_are_added_and_removed(form, editor):
    editor.rows[1].more.value = "output_gain"
    assert keyframes(form)[1] == ("section 1", {"gain": 1, "output_gain": 4.5})  # as without keyframes
    editor.add_button.click()
    assert keyframes(form)[2] == (5.0, {"gain": 1, "output_gain": 4.5})
    editor.rows[2].widget.children[1].children[1].click()
    assert keyframes(form)[2] == (5.0, {"output_gain": 4.5})
    editor.rows[0].remove_button.click()
    assert [at for at, _ in keyframes(form)] == ["section 1", 5.0]
    assert len(editor._list.children) == 2


def test_a_first_keyframe_moves_the_first_setting_from_its_value(moments, problems):
    form = FieldForm(Patterns(zoom=1.5), lambda: None, problems.handler, (), moments)
    form.controls["keyframes"].add_button.click()
    assert keyframes(form) == [(5.0, {"zoom": 1.5})]
    form.controls["keyframes"].add_button.click()
    assert problems == ["there is a keyframe at 5 s; go to another moment first"]
    assert len(keyframes(form)) == 1


def test_typed_text_shows_in_the_rows_and_a_mistake_in_none(form, editor):
    drag(editor.text_button, True)
    assert editor.text.widget.layout.display == ""
    drag(editor.text.widget, "4: drift=0.5")
    assert [list(row.controls) for row in editor.rows] == [["drift"]]
    drag(editor.text.widget, "4: drift")
    assert [list(row.controls) for row in editor.rows] == [["drift"]]
    with pytest.raises(ex.ExplorerError, match="keyframes: got '4: drift'"):
        _ = form.field


def test_sections_are_offered_by_number_and_time_once_they_are_known(form, editor, moments):
    choices = [text for text, _ in editor.rows[1].moment.options]
    assert choices == ["at a time, s", "section 0 (finds the others)", "section 1"]
    moments.track = with_sections(moments.track, 12, 21)
    form.show_sections()
    choices = [text for text, _ in editor.rows[1].moment.options]
    assert choices == ["at a time, s", "section 0, from 0:00", "section 1, from 0:12", "section 2, from 0:21"]
    editor.rows[1].moment.value = "section 2"
    assert keyframes(form)[1] == ("section 2", {"gain": 1})
    assert form.field.extras == ("sections",)


def test_fields_of_a_mixture_have_their_own_keyframes(moments, problems):
    form = FieldForm(ex.Mix(FIELD, CPPN()), lambda: None, problems.handler, (), moments)
    form.controls["a.keyframes"].rows[0].remove_button.click()
    form.controls["keyframes"].add_button.click()
    assert [keyframe.at for keyframe in form.field.a.keyframes] == ["section 1"]
    assert keyframes(form) == [(5.0, {"amount": form.field.amount})]
