"""`--sketch`: a file that is read as text, whose sliders are flags of the commands that draw."""

import inspect

import pytest

from explorer.cli import main, options
from explorer.cli.app import build_command
from explorer.cli.render import render
from explorer.experiments.library.looks import resolve_look
from explorer.fields import registry

TEXT = """
import explorer as ex
from explorer.fields.sketch import sin

@ex.sketch(palette="lagoon")
def waves(x, y, t, *, folds_of_waves: float = ex.slider(3, 1, 9, help="folds across")):
    return sin(folds_of_waves * x + t)
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_CUSTOM", {})
    path = tmp_path / "waves.py"
    path.write_text(TEXT)
    yield path
    registry._CUSTOM.clear()
    for derive in options._derivations:
        derive()
    build_command.cache_clear()


@pytest.mark.parametrize("form", ["{0} {1}", "{0}={1}"])
def test_sliders_become_flags(file, form):
    assert "field__folds_of_waves" not in inspect.signature(render).parameters
    options.import_typed(["render", *form.format("--sketch", file).split()])
    assert "field__folds_of_waves" in inspect.signature(render).parameters


def test_the_sketch_of_a_file_is_the_field(file):
    flags = options._field_flags({"sketch": [f"{file}:waves"], "folds_of_waves": "5"})
    field = flags.build_field()
    assert field.kind == "sketch:waves"
    assert field.folds_of_waves == 5.0
    assert field.source == TEXT


def test_the_file_of_a_sketch_is_a_look(file):
    look = resolve_look(str(file))
    assert (look.name, look.field.source) == ("waves", TEXT)


def test_what_is_no_sketch_is_one_line(file, capsys):
    file.write_text(TEXT.replace("sin(folds", "math.sin(folds"))
    assert main(["render", "song.ogg", "--sketch", str(file)]) == 2
    assert "line 7 of waves.py, column 12: math.sin: write sin(...)" in capsys.readouterr().err
    assert main(["render", "song.ogg", "--sketch", str(file.with_name("none.py"))]) == 2
    assert "give a file with @ex.sketch in it" in capsys.readouterr().err
    assert main(["render", "song.ogg", "--field", "waves"]) == 2
    assert "or --sketch FILE.py" in capsys.readouterr().err


def test_sketches_that_ship_have_names_and_flags(file):
    options.import_typed(["render", "song.ogg", "--preset", "weave", "--threads-of-cloth", "1"])
    assert "field__turn" in inspect.signature(render).parameters
    field = options._field_flags({"preset": "weave", "turn": "1.5"}).build_field()
    assert (field.kind, field.turn) == ("sketch:weave", 1.5)
