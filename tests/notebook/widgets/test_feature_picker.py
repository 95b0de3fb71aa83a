"""The checkboxes of the features: the everyday ones open, the others in groups that open."""

from explorer.audio.features import EXTRAS, EXTRAS_HELP, FEATURES, UNITS
from explorer.fields import GraphCPPN
from explorer.notebook.widgets.feature_picker import FeaturePicker
from tests.notebook.browser_messages import drag


def open_groups(picker):
    return [name for name, group in picker.groups.items() if group.button.value]


def test_every_feature_has_a_checkbox_in_its_own_group():
    picker = FeaturePicker(("bass",), lambda: None)
    everyday, *groups = picker.widget.children
    assert [check.description for check in everyday.children] == list(FEATURES)
    checks = {}
    for group in groups:
        button, box = group.children
        checks[button.description] = [check.description for check in box.children]
    assert checks == {f"{name}: {EXTRAS_HELP[name]}": list(names) for name, names in EXTRAS.items()}
    assert set(picker.checks) == set(UNITS)


def test_groups_are_closed_but_those_that_move_the_picture():
    assert open_groups(FeaturePicker(("bass",), lambda: None)) == []
    picker = FeaturePicker(("tempo", "bass", "chroma_c"), lambda: None)
    assert open_groups(picker) == ["chroma", "beats"]
    assert picker.value == ("tempo", "bass", "chroma_c")
    assert picker.groups["beats"].button.description.endswith("(1 chosen)")


def test_a_look_opens_the_groups_it_needs_and_closes_none():
    values = []
    picker = FeaturePicker(("bass",), lambda: values.append(picker.value))
    picker.set(("percussive", "harmonic"))
    assert values == [("percussive", "harmonic")]
    assert open_groups(picker) == ["separation"]
    picker.groups["separation"].button.value = False
    picker.set(("percussive", "harmonic"))
    assert open_groups(picker) == []  # as it was left
    picker.groups["chroma"].button.value = True
    picker.set(("bass",))
    assert open_groups(picker) == ["chroma"]
    assert "chosen" not in picker.groups["separation"].button.description


def test_opening_a_group_changes_no_setting_and_checking_one_does():
    values = []
    picker = FeaturePicker((), lambda: values.append(picker.value))
    drag(picker.groups["sections"].button, True)
    assert values == []
    drag(picker.checks["boundary"], True)
    assert values == [("boundary",)]
    assert picker.groups["sections"].button.description.endswith("(1 chosen)")


def test_a_field_with_features_of_its_own_offers_those_alone():
    picker = FeaturePicker(("bass",), lambda: None, ("drums_rms",), GraphCPPN.usable_features)
    assert {*picker.checks} == {*GraphCPPN.usable_features}
    assert not picker.groups
