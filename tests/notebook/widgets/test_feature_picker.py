"""The checkboxes of the features: the everyday ones open, the others in groups that open."""

from explorer.audio.features import EXTRAS, EXTRAS_HELP, FEATURES, UNITS
from explorer.notebook.widgets.feature_picker import FeaturePicker
from tests.notebook.browser_messages import drag


def shown(heard):
    return [name for name, group in heard.groups.items() if group.button.value]


def test_every_feature_has_a_checkbox_in_its_own_group():
    heard = FeaturePicker(("bass",), lambda: None)
    everyday, *groups = heard.widget.children
    assert [check.description for check in everyday.children] == list(FEATURES)
    told = {}
    for group in groups:
        button, box = group.children
        told[button.description] = [check.description for check in box.children]
    assert told == {f"{name}: {EXTRAS_HELP[name]}": list(names) for name, names in EXTRAS.items()}
    assert set(heard.checks) == set(UNITS)


def test_groups_are_closed_but_those_that_move_the_picture():
    assert shown(FeaturePicker(("bass",), lambda: None)) == []
    heard = FeaturePicker(("tempo", "bass", "chroma_c"), lambda: None)
    assert shown(heard) == ["chroma", "beats"]
    assert heard.value == ("tempo", "bass", "chroma_c")
    assert heard.groups["beats"].button.description.endswith("(1 chosen)")


def test_a_look_opens_the_groups_it_needs_and_closes_none():
    told = []
    heard = FeaturePicker(("bass",), lambda: told.append(heard.value))
    heard.set(("percussive", "harmonic"))
    assert told == [("percussive", "harmonic")]
    assert shown(heard) == ["separation"]
    heard.groups["separation"].button.value = False
    heard.set(("percussive", "harmonic"))
    assert shown(heard) == []  # as it was left
    heard.groups["chroma"].button.value = True
    heard.set(("bass",))
    assert shown(heard) == ["chroma"]
    assert "chosen" not in heard.groups["separation"].button.description


def test_opening_a_group_changes_no_setting_and_checking_one_does():
    told = []
    heard = FeaturePicker((), lambda: told.append(heard.value))
    drag(heard.groups["sections"].button, True)
    assert told == []
    drag(heard.checks["boundary"], True)
    assert told == [("boundary",)]
    assert heard.groups["sections"].button.description.endswith("(1 chosen)")
