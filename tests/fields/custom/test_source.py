"""The source that recipes hold the hash of, and the one way to make a class known: the user's import."""

import importlib
import pickle
import sys
import textwrap

import numpy as np
import pytest

import explorer as ex
from explorer.errors import SettingsError
from explorer.experiments import Recipe
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.sweeps.workers import LocalProcesses
from explorer.fields import registry
from explorer.fields.custom.importing import import_fields
from explorer.fields.custom.source import normalized, source_text
from explorer.fields.custom.transport import with_custom_classes
from explorer.rendering import Renderer
from tests.fields.custom.ripples import Ripples
from tests.tracks import made_up_track

TEXT = '''
    import numpy as np
    import explorer as ex

    FACTOR = 2.0
    UNUSED = 1

    def wave(x):
        return np.sin(FACTOR * x)

    class Waves(ex.Field):
        """Plain waves."""

        features = ("bass",)
        width: float = ex.knob(3.0, low=1, high=9)

        def colors(self, controls, xy, pixel):
            light = wave(self.width * xy[:, 0] + controls.bass) * 0.5 + 0.5
            return light, light, light
'''


@pytest.fixture
def waves(tmp_path, monkeypatch):
    """Writes the file with something replaced, imports it as a new process would, and returns the class."""
    monkeypatch.setattr(registry, "_CUSTOM", {})
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # it is compared by second and size

    def define(old="", new=""):
        sys.modules.pop("waves_of_a_test", None)
        path = tmp_path / "waves_of_a_test.py"
        path.write_text(textwrap.dedent(TEXT).replace(old, new) if old else textwrap.dedent(TEXT))
        importlib.invalidate_caches()
        (cls,) = import_fields(str(path))
        return cls

    yield define
    sys.modules.pop("waves_of_a_test", None)


def frame(field):
    """A small frame of a field, or of its settings as a file holds them: then from the registry."""
    with Renderer(registry.field_from(field), made_up_track(), (32, 18), device="cpu", threads=1) as renderer:
        return renderer.frame(0.5)


def recipe_of(field, song):
    return RenderOptions(size=(64, 36)).recipe(field, song)


@pytest.fixture
def song(tmp_path):
    (tmp_path / "song.wav").write_bytes(b"any bytes: a recipe holds their hash")
    return tmp_path / "song.wav"


def test_the_source_is_the_class_and_what_it_uses_of_its_module():
    text = source_text(Ripples)
    assert text.startswith("class Ripples(ex.Field):")
    assert "HEIGHT = 0.5" in text
    assert "def distance(xy):" in text
    assert "TorchRipples" not in text


def test_comments_and_layout_are_not_part_of_the_source():
    assert normalized("  def f():  # one\n\n    #two\n      return '#'\n") == "def f():\n    return '#'"


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("# nothing", "", True),
        ("UNUSED = 1", "UNUSED = 2", True),
        ("    light = ", "    # light\n\n        light = ", True),
        ("FACTOR = 2.0", "FACTOR = 2.5", False),
        ("np.sin", "np.cos", False),
        ("high=9", "high=8", False),
        ("light, light, light", "light, light, 0.0", False),
    ],
)
def test_only_what_changes_the_picture_changes_the_source(waves, old, new, same):
    assert (waves()().source == waves(old, new)().source) == same


def test_a_recipe_is_repeated_with_the_very_class_alone(waves, song):
    field = waves()(width=5.0)
    text = recipe_of(field, song).to_json()
    assert '"kind":"waves_of_a_test:Waves"' in text
    assert Recipe.from_json(text).field == field
    waves("FACTOR = 2.0", "FACTOR = 3.0")
    with pytest.raises(SettingsError, match="source of waves_of_a_test:Waves is not the one that was saved"):
        Recipe.from_json(text)
    registry._CUSTOM.clear()  # a process that has imported nothing
    with pytest.raises(SettingsError, match=r"was not imported here: give its file with --import FILE.py"):
        Recipe.from_json(text)


def test_nothing_is_imported_for_a_recipe(waves, song, monkeypatch):
    text = recipe_of(waves()(), song).to_json().replace("waves_of_a_test:Waves", "antigravity:Waves")
    for module in ("antigravity", "os:path", "../waves_of_a_test"):
        with pytest.raises(SettingsError, match="was not imported here"):
            Recipe.from_json(text.replace("antigravity", module))
    assert "antigravity" not in sys.modules


def test_a_worker_draws_with_the_class_that_the_call_brings(waves):
    field = waves()(width=4.0)
    expected = frame(field)
    with LocalProcesses(1) as processes:
        call = with_custom_classes(frame, field)
        drawn = processes.submit(call, field.model_dump(mode="json")).result()
    np.testing.assert_array_equal(drawn, expected)


def test_a_call_leaves_a_class_alone_that_is_known(waves):
    cls = waves()
    call = with_custom_classes(sorted, cls())
    assert pickle.loads(pickle.dumps(call))([2, 1]) == [1, 2]
    assert registry.field_class(cls().kind) is cls
    assert with_custom_classes(sorted, ex.CPPN()) is sorted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import explorer as ex\nx = 1 / 0", r"line 2 of broken.py \(x = 1 / 0\): ZeroDivisionError"),
        ("def f(:", "SyntaxError"),
        ("x = 1", "defines no field"),
    ],
)
def test_a_file_that_cannot_be_imported_is_one_line(tmp_path, text, message):
    (tmp_path / "broken.py").write_text(text)
    with pytest.raises(SettingsError, match=message):
        import_fields(str(tmp_path / "broken.py"))
    sys.modules.pop("broken", None)


def test_names_that_are_no_file_of_fields_are_refused(tmp_path):
    (tmp_path / "json.py").write_text(textwrap.dedent(TEXT))
    (tmp_path / "my-field.py").write_text(textwrap.dedent(TEXT))
    with pytest.raises(SettingsError, match="another module is called 'json'; rename"):
        import_fields(str(tmp_path / "json.py"))
    with pytest.raises(SettingsError, match="one that Python can import"):
        import_fields(str(tmp_path / "my-field.py"))
    with pytest.raises(SettingsError, match="there is no file"):
        import_fields(str(tmp_path / "none.py"))
    with pytest.raises(SettingsError, match="No module named"):
        import_fields("no_such_module_of_fields")
