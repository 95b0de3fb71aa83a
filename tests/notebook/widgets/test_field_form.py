"""Rows of the form: help, reset buttons, settings without a control; and one form for each kind."""

import pytest

from explorer.fields import CPPN
from explorer.notebook.widgets import boxes, cells
from explorer.notebook.widgets.field_form import FieldForm, FieldForms
from tests.notebook.browser_messages import drag
from tests.notebook.widgets.other_field import Other, only_kinds

LOOK = CPPN(hidden=8, layers=3, gain=4.5, output_gain=4.0, features=("rms", "bass"))


@pytest.fixture
def form():
    return FieldForm(LOOK, lambda: None)


def has_reset(row):
    return row.reset_button.layout.visibility == "visible"


@pytest.mark.parametrize(
    ("name", "value"),
    [("gain", 2.0), ("output_gain", None), ("radius", True), ("palette", "ink"), ("features", ("onset",))],
)
def test_a_value_that_was_changed_can_be_taken_back_alone(form, name, value):
    row = form.rows[name]
    assert not has_reset(row)
    row.control.set(value)
    assert has_reset(row)
    assert [other for other in form.rows.values() if has_reset(other)] == [row]
    assert getattr(form.field, name) == value
    row.reset_button.click()
    assert form.field == LOOK
    assert not has_reset(row)


def test_the_way_back_leads_to_where_the_look_started(form):
    form.load(LOOK.replace(gain=2.0))
    assert has_reset(form.rows["gain"])
    assert form.rows["gain"].reset_button.tooltip == "gain: back to 4.5"
    form.load(LOOK.replace(gain=3.0), LOOK.replace(gain=3.0))
    assert not has_reset(form.rows["gain"])
    drag(form.rows["gain"].control.box, 9.0)
    form.rows["gain"].reset_button.click()
    assert form.field.gain == 3.0


def test_every_row_says_what_its_setting_does_and_what_is_allowed(form):
    for name, knob in LOOK.all_knobs().items():
        if name == "model":  # a name, without a control
            continue
        about = form.rows[name].widget.children[1].value
        assert knob.help in about.replace("&#x27;", "'")
        assert knob.allowed in about


def test_keyframes_can_be_typed_as_on_the_command_line(form):
    row = form.rows["keyframes"]
    text = row.control.text.widget
    assert CPPN(keyframes=text.placeholder).keyframes
    drag(text, "2: gain=3 seed=7; section 1: gain=1")
    assert form.field == LOOK.replace(keyframes=[(2, {"gain": 3, "seed": 7}), ("section 1", {"gain": 1})])
    field = form.field
    assert has_reset(row)
    form.load(LOOK)
    assert (text.value, has_reset(row)) == ("", False)
    form.load(field)
    assert text.value == "2: gain=3 seed=7; section 1: gain=1"
    assert form.field == field


def test_features_keep_the_order_that_was_set(form):
    checks = form.controls["features"].checks
    drag(checks["onset"], True)
    assert form.field.features == ("bass", "rms", "onset")
    drag(checks["onset"], False)
    assert form.field.features == ("rms", "bass")


def test_what_no_control_shows_is_named_and_can_be_dropped(form):
    assert form.hidden_settings == {}
    assert form._hidden_row.layout.display == "none"
    scales = (1.0, 2.0, 3.0, 4.0)
    form.load(LOOK.replace(layer_scales=scales))
    assert form.hidden_settings == {"layer_scales": scales}
    assert form._hidden_row.layout.display == ""
    form.drop_button.click()
    assert form.field == LOOK
    assert form._hidden_row.layout.display == "none"


def test_scales_of_another_depth_are_given_up(form):
    form.load(LOOK.replace(layer_scales=(1.0, 2.0, 3.0, 4.0)))
    drag(form.controls["layers"].box, 5)
    assert form.field.layer_scales is None
    assert form._hidden_row.layout.display == "none"


def test_layouts_and_styles_that_rows_share_are_never_changed(form):
    keyframes = form.controls["keyframes"]
    keyframes.text_button.value = True
    form.load(LOOK.replace(gain=3.0, keyframes="1: gain=2"))
    assert form.controls["gain"].slider.layout is form.controls["seed"].slider.layout
    keyframes.text_button.value = False
    for (kind, *values), widget in boxes._shared.items():
        expected = kind(**dict(values)).get_state()
        assert widget.get_state() == expected


def ignore_arguments(action):
    return lambda *_: action()


@pytest.fixture
def two_kinds(monkeypatch):
    only_kinds(monkeypatch, cppn=CPPN, other=Other)


def test_each_field_keeps_its_settings_while_another_is_shown(two_kinds):
    kinds = []
    forms = FieldForms(CPPN(gain=2.0), lambda: kinds.append(forms.field.kind), ignore_arguments)
    drag(forms.current.controls["gain"].box, 3.0)
    forms.switch("other")
    assert forms.field == Other()
    assert "sparkle" in forms.current.controls
    drag(forms.current.controls["sparkle"].box, 0.9)
    forms.switch("cppn")
    assert forms.field == CPPN(gain=3.0)
    forms.switch("other")
    assert forms.field == Other(sparkle=0.9)
    assert kinds == ["cppn", "other", "other", "cppn", "other"]


def test_only_the_form_of_the_shown_field_is_visible(two_kinds):
    forms = FieldForms(CPPN(), lambda: None, ignore_arguments)
    forms.load(Other())
    assert [form.layout.display for form in forms.widget.children] == ["none", ""]
    assert forms.current.widget in set(cells.widget_tree(forms.widget))
