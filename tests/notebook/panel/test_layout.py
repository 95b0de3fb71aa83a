"""The top row of the panel: kinds of fields and presets to choose from."""

from explorer.experiments.library.looks import save_look
from explorer.fields import CPPN
from explorer.notebook.panel.layout import PanelHeader, preset_fields
from tests.notebook.fake_context import FakeContext
from tests.notebook.widgets.other_field import Other, only_kinds


def test_the_switch_is_shown_where_there_is_a_choice(tmp_path, monkeypatch):
    track, choices = FakeContext(tmp_path).track, []
    only_kinds(monkeypatch, cppn=CPPN, other=Other)
    header = PanelHeader(track, CPPN.preset("magma"))
    header.on_choice(kind=choices.append, preset=choices.append)
    assert header.kind.layout.display == ""
    header.kind.value = "other"
    header.preset.value = "rosette"
    header.show(Other())  # updates the choices, and calls nobody
    assert choices == ["other", "rosette"]
    assert (header.kind.value, header.preset.value, len(header.preset.options)) == ("other", "", 1)
    only_kinds(monkeypatch, cppn=CPPN)
    assert PanelHeader(track, CPPN()).kind.layout.display == "none"


def test_looks_of_ones_own_are_in_the_list_as_soon_as_they_are_saved(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_LOOKS", str(tmp_path / "looks"))
    track, choices = FakeContext(tmp_path).track, []
    header = PanelHeader(track, CPPN())
    header.on_choice(kind=choices.append, preset=choices.append)
    own = CPPN(gain=2.5, seed=77)
    save_look(own, "my own")
    header.show(CPPN())
    header.preset.value = "my own"
    assert (choices, preset_fields(CPPN())["my own"]) == (["my own"], own)
