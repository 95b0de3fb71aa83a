"""`--import`: a file of the user's fields, whose knobs are flags of the commands that draw."""

import inspect
import sys

import pytest

from explorer.cli import main, options
from explorer.cli.app import build_command
from explorer.cli.looks.seeds import seeds
from explorer.cli.render import render
from explorer.experiments.library.looks import save_look
from explorer.fields import registry
from explorer.fields.custom.importing import import_fields

TEXT = """
import explorer as ex

class Glow(ex.Field):
    features = ()
    warmth_of_glow = ex.knob(0.5, low=0, high=1, help="how warm")

    def colors(self, controls, xy, pixel):
        return self.warmth_of_glow, 0.2, 0.1
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_CUSTOM", {})
    monkeypatch.setattr(sys, "path", [*sys.path])
    path = tmp_path / "glow_of_a_test.py"
    path.write_text(TEXT)
    yield path
    sys.modules.pop("glow_of_a_test", None)
    registry._CUSTOM.clear()
    for derive in options._derivations:
        derive()
    build_command.cache_clear()


@pytest.mark.parametrize("form", ["{0} {1}", "{0}={1}"])
def test_the_knobs_of_a_file_become_flags(file, form):
    assert "field__warmth_of_glow" not in inspect.signature(render).parameters
    options.import_typed(["render", *form.format("--import", file).split()])
    assert "field__warmth_of_glow" in inspect.signature(render).parameters


def test_an_option_of_the_command_stays_where_a_knob_is_named_like_it(file):
    knobs = "    count = ex.knob(1, low=1, high=9)\n    duration = ex.knob(1, low=1, high=9)\n"
    file.write_text(TEXT + knobs)
    options.import_typed(["seeds", "--import", str(file)])
    names = {command: {*inspect.signature(command).parameters} for command in (seeds, render)}
    assert {"count", "field__count"} & names[seeds] == {"count"}
    assert {"field__count", "field__duration"} & names[render] == {"field__count"}


def test_the_only_class_of_a_file_is_the_field(file):
    flags = options._field_flags({"import": [str(file)], "warmth_of_glow": "0.75"})
    assert flags.build_field().model_dump(include={"kind", "warmth_of_glow"}) == {
        "kind": "glow_of_a_test:Glow",
        "warmth_of_glow": 0.75,
    }
    assert options._field_flags({"import": [str(file)], "field": "julia"}).build_field().kind == "julia"


def test_presets_of_a_class_have_names_beside_those_that_ship(file):
    file.write_text(TEXT + '    preset_settings = {"hot": {"warmth_of_glow": 1.0}}\n')
    arguments = {"import": [str(file)], "preset": "hot"}
    assert options._field_flags({**arguments}).build_field().warmth_of_glow == 1.0
    assert options._field_flags({**arguments, "field": "Glow"}).build_field().warmth_of_glow == 1.0
    assert options._field_flags({**arguments, "preset": "iris"}).build_field().kind == "graph"


def test_a_look_of_a_class_needs_its_import(file, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_LOOKS", str(tmp_path / "looks"))
    (cls,) = import_fields(str(file))
    save_look(cls(warmth_of_glow=1.0), "warm")
    assert main(["look", "show", "warm", "--import", str(file)]) == 0
    text = capsys.readouterr().out
    registry._CUSTOM.clear()
    assert main(["render", "song.ogg", "--preset", "warm"]) == 2
    assert "give its file with --import FILE.py" in capsys.readouterr().err
    assert main(["look", "add", text.strip(), "--name", "warm too", "--import", str(file)]) == 2
    assert main(["render", "song.ogg", "--field", "Glow"]) == 2
    assert "one of your own comes with --import FILE.py" in capsys.readouterr().err
    assert main(["render", "song.ogg", "--field", "mix"]) == 2
    assert "a mixture has two fields" in capsys.readouterr().err


def test_what_cannot_be_imported_is_one_line(tmp_path, capsys):
    assert main(["render", "song.ogg", "--import", str(tmp_path / "none.py")]) == 2
    assert "there is no file" in capsys.readouterr().err
