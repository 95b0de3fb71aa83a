"""The kinds of fields follow from their union."""

from explorer import fields
from explorer.fields import CPPN
from explorer.notebook.widgets.field_kinds import field_kinds
from tests.notebook.widgets.other_field import UNION_OF_TWO, Other


def test_the_kinds_are_those_of_the_union(monkeypatch):
    monkeypatch.setattr(fields, "AnyField", UNION_OF_TWO)
    assert field_kinds() == {"cppn": CPPN, "other": Other}


def test_one_field_is_a_union_of_one(monkeypatch):
    monkeypatch.setattr(fields, "AnyField", CPPN)
    assert field_kinds() == {"cppn": CPPN}


def test_presets_and_default_look_stand_beside_the_field():
    assert CPPN.presets()["magma"] == CPPN.preset("magma") == CPPN.default_look()
    assert "molten" in CPPN.presets()
    assert "molten" not in CPPN.offered_presets()
    assert Other.presets() == {}
    assert Other.default_look() == Other()
