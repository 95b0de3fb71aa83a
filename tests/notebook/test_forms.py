"""The switch between fields follows from their union."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from explorer import fields
from explorer.fields import CPPN
from explorer.notebook.widgets import cells
from explorer.notebook.widgets.field_kinds import field_kinds
from explorer.notebook.widgets.forms import Forms
from explorer.notebook.widgets.layout import Head
from explorer.settings import knob
from tests.notebook.desks import Desk
from tests.notebook.test_controls import drag, nothing


class Other(CPPN):
    kind: Literal["other"] = "other"
    sparkle: float = knob(0.5, low=0, high=1, slider=(0, 1), step=0.1, group="look", help="more of it")


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(fields, "AnyField", Annotated[CPPN | Other, Field(discriminator="kind")])


def plain(action):
    return lambda *_: action()


def test_the_kinds_are_those_of_the_union(two):
    assert field_kinds() == {"cppn": CPPN, "other": Other}


def test_one_field_is_a_union_of_one(monkeypatch):
    monkeypatch.setattr(fields, "AnyField", CPPN)
    assert field_kinds() == {"cppn": CPPN}


def test_presets_and_first_look_stand_beside_the_field(two):
    assert CPPN.presets()["molten"] == CPPN.preset("molten") == CPPN.default_look()
    assert Other.presets() == {}
    assert Other.default_look() == Other()


def test_each_field_keeps_its_settings_while_another_is_shown(two):
    told = []
    forms = Forms(CPPN(gain=2.0), lambda: told.append(forms.field.kind), plain)
    drag(forms.current.controls["gain"].box, 3.0)
    forms.switch("other")
    assert forms.field == Other()
    assert "sparkle" in forms.current.controls
    drag(forms.current.controls["sparkle"].box, 0.9)
    forms.switch("cppn")
    assert forms.field == CPPN(gain=3.0)
    forms.switch("other")
    assert forms.field == Other(sparkle=0.9)
    assert told == ["cppn", "other", "other", "cppn", "other"]


def test_only_the_form_of_the_shown_field_is_seen(two):
    forms = Forms(CPPN(), nothing, plain)
    forms.load(Other())
    assert [form.layout.display for form in forms.widget.children] == ["none", ""]
    assert forms.current.widget in set(cells.tree(forms.widget))


def test_the_switch_is_shown_where_there_is_a_choice(two, tmp_path, monkeypatch):
    track, chosen = Desk(tmp_path).track, []
    head = Head(track, CPPN.preset("molten"))
    head.listen(kind=chosen.append, preset=chosen.append)
    assert head.kind.layout.display == ""
    head.kind.value = "other"
    head.preset.value = "marble"
    head.show(Other())  # says what is shown, and asks for nothing
    assert chosen == ["other", "marble"]
    assert (head.kind.value, head.preset.value, len(head.preset.options)) == ("other", "", 1)
    monkeypatch.setattr(fields, "AnyField", CPPN)
    assert Head(track, CPPN()).kind.layout.display == "none"
