"""Sketches as fields: drawn alike by torch and kernels, kept as text, with a knob for each slider."""

import json
import pickle

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.errors import SettingsError
from explorer.fields import registry
from explorer.fields.grid import Grid
from explorer.fields.light.lit import LitField
from explorer.fields.registry import field_from
from explorer.fields.sketch.field import sketch_of
from explorer.fields.sketch.files import load_sketch
from explorer.fields.sketch.language import SketchError
from explorer.fields.sketch.presets import sketch_names
from explorer.rendering import render_frame
from tests.fields.sketch.texts import outputs_of, ripples, text_of
from tests.tracks import made_up_track

SIZE = (48, 27)
COLOR = text_of("return oklch(0.6 + 0.3 * sin(3 * x), 0.1 + 0.1 * bass, y + t)")


@pytest.fixture(scope="module")
def track():
    return made_up_track()


@pytest.fixture(autouse=True)
def _no_others(monkeypatch):
    monkeypatch.setattr(registry, "_CUSTOM", {})


def reference(field, track, times):
    grid = Grid(*SIZE)
    lit = LitField(field, field.controls(track, np.asarray(times)))
    return (
        lit.colors(torch.from_numpy(grid.xy()), grid.pixel).reshape(len(times), SIZE[1], SIZE[0], 3).numpy()
    )


@pytest.mark.parametrize("field", [ripples, sketch_of(COLOR)], ids=["value", "color"])
@pytest.mark.parametrize("light", [False, True])
def test_the_kernel_draws_what_torch_draws(field, light, track):
    field = field.replace(light=light)
    for t, expected in zip((0.5, 3.0), reference(field, track, (0.5, 3.0)), strict=True):
        image = render_frame(field, track, t=t, size=SIZE, flash_limit="off")
        difference = np.abs(image[1:-1, 1:-1] - 255 * expected[1:-1, 1:-1])
        assert np.percentile(difference, 99) < 2.0
        assert image.std() > 10


def test_a_formula_is_what_it_says(track):
    grid = Grid(*SIZE)
    x, y = grid.xy().T
    t, levels = 1.0, (track.at(np.array([1.0]), ("bass", "onset"))[0] + 1) / 2
    r = np.hypot(x, y)
    value = np.sin(9 * r - 4 * t) * (0.6 + levels[0]) + levels[1] * np.exp(-8 * r)
    value += (np.sin(2 * x) * 0.5 + 0.25) * 3
    field = ripples(rings=9, count=3)
    prepared = field.prepare(field.controls(track, np.array([t])))
    planes = prepared.numbers(torch.from_numpy(grid.xy()), grid.pixel)
    np.testing.assert_allclose(planes[0, 0], value, atol=1e-4)
    silent = field.replace(features=(), audio_gain=5)
    numbers = silent.prepare(silent.controls(track, np.array([t]))).numbers(torch.from_numpy(grid.xy()), 0.1)
    np.testing.assert_allclose(
        numbers[0, 0], np.sin(9 * r - 4) * 0.6 + (np.sin(2 * x) * 0.5 + 0.25) * 3, atol=1e-4
    )


def test_sliders_are_knobs_that_keyframes_move(track):
    rings, count = (type(ripples).knobs()[name] for name in ("rings", "count"))
    assert (rings.default, rings.low, rings.high, rings.step, rings.is_integer) == (
        6.0,
        1.0,
        20.0,
        0.1,
        False,
    )
    assert count.is_integer
    assert type(ripples).movable == ("audio_gain", "rings")
    moving = ripples(keyframes=((2, {"rings": 12}),))
    still = reference(ripples(rings=9), track, (1.0,))
    np.testing.assert_allclose(reference(moving, track, (1.0,)), still, atol=1e-4)
    with pytest.raises(SettingsError, match=r"rings: got 99.*allowed: 1 to 20"):
        ripples(rings=99)
    with pytest.raises(SettingsError, match="no setting 'ring'; did you mean 'rings'"):
        ripples(ring=2)


def test_a_recipe_keeps_the_text_and_makes_the_same_class_of_it():
    field = ripples(rings=9, light=True)
    values = json.loads(field.model_dump_json())
    assert values["kind"] == "sketch:ripples"
    assert "wave(x) * count" in values["source"]
    assert "SHIFT = 0.25" in values["source"]
    assert "def wave(a, rate=2.0):" in values["source"]
    again = field_from(values)
    assert again == field
    assert type(again) is type(field)
    assert pickle.loads(pickle.dumps(field)) == field
    assert repr(field).startswith("ripples(light=Light(), rings=9.0)") or "rings=9.0" in repr(field)
    assert ripples.notes(made_up_track(0.1)) == {"source": ripples.source}
    assert ripples.__doc__ == "Rings from the center."


def test_a_text_of_a_stranger_is_checked_like_any_other(track):
    values = ripples.model_dump(mode="json")
    for change, words in (
        ({"source": values["source"].replace("exp(", "exit(")}, "no function 'exit'"),
        ({"source": "import os\n" + values["source"]}, "outside of functions"),
        ({"kind": "sketch:wave"}, "got|decorator"),
        ({"kind": "sketch:../ripples"}, "got"),
        ({"rings": 99}, "allowed: 1 to 20"),
        ({"features": ["rms"]}, "has no feature 'rms'"),
        ({"definition": 1}, "has no setting 'definition'"),
    ):
        with pytest.raises(SettingsError) as error:
            field_from(values | change)
        assert any(word in str(error.value) for word in words.split("|"))
    with pytest.raises(SettingsError, match=r"not imported|no field"):
        field_from({"kind": "sketch:unknown"})


@pytest.mark.parametrize("name", ["time", "palette", "light", "replace", "model_fields", "seed_of"])
def test_names_that_fields_have_are_taken(name):
    if name == "seed_of":
        assert sketch_of(text_of("return x", f"x, *, {name}=slider(1, 0, 2)")).seed_of == 1
        return
    with pytest.raises(SketchError, match=f"the name '{name}' is taken"):
        sketch_of(text_of("return x", f"x, *, {name}=slider(1, 0, 2)"))
    with pytest.raises(SketchError, match="the name 'y' is taken"):
        sketch_of(text_of("return x", "x, *, y=slider(1, 0, 2)"))


def test_a_slider_cannot_hide_a_feature():
    with pytest.raises(SketchError, match=r"'bass' is a feature of the track: write it before the \*"):
        sketch_of(text_of("return x * bass", "x, *, bass=slider(1, 0, 2)"))
    with pytest.raises(SketchError, match="there are two parameters bass"):
        sketch_of(text_of("return x * bass", "x, bass, *, bass=slider(1, 0, 2)"))


def test_errors_point_at_the_line_of_the_file(tmp_path):
    with pytest.raises(
        SketchError, match=r"line \d+ of test_sketch.py, column 20: x.sum|line \d+ of test_sk"
    ):

        @ex.sketch
        def wrong(x, y):
            return x + y.sum()

    with pytest.raises(SketchError, match=r"write @ex.sketch above a function"):
        ex.sketch(3)
    namespace = {}
    exec("def f(x):\n    return x", namespace)
    with pytest.raises(SketchError, match="the text of a sketch is read from its cell or file"):
        ex.sketch(namespace["f"])
    path = tmp_path / "waves.py"
    path.write_text(text_of("return x +\n"))
    with pytest.raises(SketchError, match=r"line 3 of waves.py, column 15: this is no Python"):
        load_sketch(str(path))
    path.write_text(text_of("return x"))
    assert load_sketch(f"{path}:f").kind == "sketch:f"
    assert "sketch:f" in registry.custom_kinds()
    with pytest.raises(SettingsError, match=r"--sketch .*none.py: .*give a file with @ex.sketch"):
        load_sketch(str(tmp_path / "none.py"))


def test_what_is_no_number_is_drawn_as_the_middle_or_black(track):
    value = sketch_of(text_of("a = 1e29 * (x + 2) * 1e29 * (y + 2)\nreturn (a - a) * 1e9"))
    color = sketch_of(text_of("a = 1e29 * (x + 2) * 1e29 * (y + 2)\nreturn (a - a, 0, 1)"))
    quotient = sketch_of(text_of("return 0.3 + 1 / (x - x)"))
    assert np.array_equal(
        reference(quotient, track, (1.0,)), reference(sketch_of(text_of("return 0.3")), track, (1.0,))
    )
    for field in (value, color, value.replace(light=True), color.replace(light=True), quotient):
        assert np.isfinite(reference(field, track, (1.0,))).all()
    render_frame(value, track, t=1.0, size=(16, 16), flash_limit="off")


def test_operations_of_a_moment_are_computed_once():
    from explorer.fields.sketch.program import split

    program = split(outputs_of("return sin(t) * x + sin(t) + bass * bass"))
    assert len(program.numbers) == 2
    assert "sin" not in program.text
    program = split(outputs_of("return 3"))
    assert program.text == "constant 3.0\noutputs 0"


@pytest.mark.parametrize("name", sketch_names())
def test_sketches_that_ship_move_with_the_sound(name, track):
    field = ex.load_look(name)
    assert type(field).definition.name == name
    assert type(field).definition.help.endswith(".")
    assert all(slider.help for slider in type(field).definition.sliders)
    first, second, silent = (
        render_frame(each, track, t=t, size=SIZE, flash_limit="off").astype(float)
        for each, t in ((field, 1.0), (field, 1.5), (field.replace(audio_gain=0), 1.0))
    )
    assert first.std() > 20
    assert np.abs(first - second).mean() > 2
    assert np.abs(first - silent).mean() > 1


def test_sketches_that_ship_are_looks():
    assert {*sketch_names()} <= {*ex.looks()}
    assert ex.looks()["weave"].field == ex.load_look("weave")
    with pytest.raises(SettingsError, match="is a look that ships"):
        ex.save_look(ripples, "Weave")
