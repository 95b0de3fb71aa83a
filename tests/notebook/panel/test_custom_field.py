"""A field of the user in the panel: a cell that defines a new version of its class updates what is open."""

import runpy

import numpy as np
import pytest

import explorer as ex
from explorer.fields import CPPN, registry
from explorer.fields.sketch.field import sketch_of
from explorer.notebook import explore
from explorer.notebook.widgets import cells
from tests.notebook.browser_messages import drag
from tests.notebook.small_panel import PATIENCE, SIZE, expected_frame


@pytest.fixture(autouse=True)
def _no_other_classes(monkeypatch):
    monkeypatch.setattr(registry, "_CUSTOM", {})


def first_version():
    class Spot(ex.Field):
        features = ()
        size = ex.knob(0.5, low=0.1, high=2)
        light_level = ex.knob(0.5, low=0, high=1)
        old = ex.knob(1.0, low=0, high=2)

        def colors(self, controls, xy, pixel):
            return self.light_level, self.size / 2, 0.0

    return Spot


def second_version():
    class Spot(ex.Field):
        features = ()
        size = ex.knob(0.7, low=0.1, high=1)
        light_level = ex.knob(0.25, low=0, high=1)
        glow = ex.knob(0.2, low=0, high=1)

        def colors(self, controls, xy, pixel):
            return self.light_level, self.size / 2, self.glow

    return Spot


def define(function):
    """Both versions under one name, as two runs of a cell give it."""
    cls = function()
    kind = cls.__qualname__.replace("second_version", "first_version")
    cls.__qualname__ = kind
    registry.register(cls().kind, cls)
    return cls


def test_a_new_version_of_a_class_keeps_the_sliders_where_they_were(sound):
    with explore(sound, define(first_version)(), size=SIZE, flash_limit="off") as panel:
        cells.register(panel)
        assert panel.header.kind.label == "first_version.<locals>.Spot"
        controls = panel.form.controls
        drag(controls["size"].box, 1.5)
        drag(controls["old"].box, 0.3)
        new = define(second_version)
        cells.update_classes()
        assert isinstance(panel.field, new)
        assert panel.form.hidden_settings == {}
        assert panel.field == new(size=1.0)  # within the new bounds; light_level follows its new default
        assert "size was 1.5 and is 1" in panel.error
        assert "old is gone" in panel.error
        assert "glow" in panel.form.controls
        assert "old" not in panel.form.controls
        assert panel.wait(PATIENCE)
        assert (panel.frame == expected_frame(panel)).all()
        cells.update_classes()  # nothing new
        assert panel.field == new(size=1.0)


def test_a_new_version_reaches_into_a_mixture(sound):
    plain = CPPN(hidden=4, layers=2)
    field = ex.Mix(plain, define(first_version)(size=1.5), 0.25)
    with explore(sound, field, size=SIZE, flash_limit="off") as panel:
        cells.register(panel)
        drag(panel.form.controls["a.gain"].box, 3.0)
        new = define(second_version)
        cells.update_classes()
        assert panel.field == ex.Mix(plain.replace(gain=3.0), new(size=1.0), 0.25)
        assert "b.glow" in panel.form.controls
        assert "size was 1.5 and is 1" in panel.error


def test_what_was_wrong_with_the_version_before_is_no_news(sound):
    with explore(sound, define(first_version)(), size=SIZE, flash_limit="off") as panel:
        cells.register(panel)
        panel.fail(ex.ExplorerError("Spot.colors gave nothing"))
        cells.update_classes()
        assert "Spot.colors" in panel.error
        define(second_version)
        cells.update_classes()
        assert panel.error == ""


def test_a_class_that_was_defined_later_is_in_the_list(sound):
    with explore(sound, CPPN(hidden=4, layers=2), size=SIZE, flash_limit="off") as panel:
        cells.register(panel)
        cls = first_version()
        kind = cls().kind
        cells.update_classes()
        panel.header.kind.value = kind
        assert panel.field == cls()
        drag(panel.form.controls["size"].box, 0.9)
        assert panel.field.size == 0.9
        assert f"from {cls.__module__} import" in panel.code
        assert "size=0.9" in panel.code


def test_a_mixture_has_the_sliders_of_both_fields(sound):
    field = ex.Mix(CPPN(hidden=4, layers=2, gain=2.0), define(first_version)(), by=0.25)
    with explore(sound, field, size=SIZE, flash_limit="off") as panel:
        assert (panel.field, panel.header.kind.value) == (field, "mix")
        drag(panel.form.controls["a.gain"].box, 3.0)
        drag(panel.form.controls["b.size"].box, 0.9)
        drag(panel.form.controls["amount"].box, 0.5)
        assert (panel.field.a.gain, panel.field.b.size, panel.field.amount) == (3.0, 0.9, 0.5)
        assert "field = ex.Mix(" in panel.code
        assert "a=ex.CPPN(" in panel.code
        assert panel.form.hidden_settings == {}
        panel.load(ex.Mix(field.b, field.b))
        assert "a.size" in panel.form.controls


def test_columns_of_ones_own_have_checkboxes_and_move_the_picture(sound):
    track = ex.analyze(sound).with_columns({"energy": (np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]))})
    with explore(track, CPPN(hidden=4, layers=2), size=SIZE, flash_limit="off") as panel:
        assert panel.wait(PATIENCE)
        before = panel.frame
        drag(panel.form.controls["features"].checks["energy"], True)
        assert panel.wait(PATIENCE)
        assert panel.field.features[-1] == "energy"
        assert panel.error == ""
        assert not np.array_equal(panel.frame, before)


def spot_text(size, more=""):
    """A sketch of one's own, in one version or another."""
    return f"@sketch\ndef spot(x, y, *, size=slider({size}, 0.1, 2){more}):\n    return circle(x, y, size)\n"


def define_sketch(text):
    field = sketch_of(text)
    registry.register(field.kind, type(field))
    return field


def test_a_new_version_of_a_sketch_keeps_the_sliders_where_they_were(sound, tmp_path):
    with explore(sound, define_sketch(spot_text(0.5)), size=SIZE, flash_limit="off") as panel:
        cells.register(panel)
        assert panel.header.kind.label == "spot"
        drag(panel.form.controls["size"].box, 1.5)
        new = define_sketch(spot_text(0.7, ", glow=slider(1, 0, 2)"))
        cells.update_classes()
        assert panel.field == new(size=1.5)
        assert panel.form.hidden_settings == {}
        assert "glow" in panel.form.controls
        assert panel.wait(PATIENCE)
        assert (panel.frame == expected_frame(panel)).all()
        (file := tmp_path / "code.py").write_text(panel.code)
        names = runpy.run_path(str(file))  # the code that the panel shows draws this very frame
        assert names["field"] == panel.field
        assert (names["image"] == panel.frame).all()
