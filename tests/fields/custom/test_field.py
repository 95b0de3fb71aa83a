"""Fields of the user: drawn as the shipped ones are, in both engines, lit, with keyframes."""

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.errors import ExplorerError, ExplorerWarning, SettingsError
from explorer.fields import Controls, Grid, registry
from explorer.fields.calm import calm_columns
from explorer.fields.custom.drawing import BLOCK_POINTS, PreparedCustomField
from explorer.fields.custom.versions import carry_over
from explorer.rendering import Renderer
from tests.fields.custom.ripples import Dunes, Ripples, TorchRipples
from tests.tracks import made_up_track

TRACK, SIZE = made_up_track(), (64, 36)


def draw(field, t=1.0, size=SIZE, **options):
    with Renderer(field, TRACK, size, device="cpu", **options) as renderer:
        return renderer.frame(t)


def test_a_frame_is_its_formula_at_every_pixel():
    t, field = 0.7, Ripples(rings=9.0)
    x, y = Grid(*SIZE).xy().astype(np.float64).T
    bass, onset = TRACK.at(t, ("bass", "onset"))[0].astype(np.float64)
    radius = np.hypot(x, y)
    wave = np.sin(9 * radius - 3 * 2 * t - 3 * bass)
    rgb = np.stack((wave / 2 + 0.5, radius / 2, np.full_like(x, 0.3 + 0.2 * onset)), -1).clip(0, 1)
    assert np.abs(draw(field, t).reshape(-1, 3) - 255 * rgb).max() <= 1.01  # dither, and float32


def test_both_engines_draw_the_same_and_know_which_they_are():
    numpy_field, torch_field = Ripples(), TorchRipples()
    assert np.abs(draw(numpy_field).astype(int) - draw(torch_field)).max() <= 1
    names = [
        f.prepare(f.controls(TRACK, np.zeros(1))).kernel(torch.float32) for f in (numpy_field, torch_field)
    ]
    assert names == ["custom-numpy", "custom-torch"]


def test_a_frame_has_the_same_bits_for_any_number_of_threads():
    size = (200, 120)  # more points than a block
    assert size[0] * size[1] > BLOCK_POINTS
    for field in (Ripples(), Ripples(light=True, finish=True)):
        np.testing.assert_array_equal(draw(field, size=size, threads=1), draw(field, size=size, threads=3))


def test_knobs_have_types_sliders_and_bounds_and_those_with_fractions_move():
    knobs = Ripples.knobs()
    assert (knobs["rings"].slider, knobs["rings"].types, knobs["rings"].group) == ((1, 40), (float,), "look")
    assert (knobs["turns"].slider, knobs["turns"].is_integer) == ((1, 9), True)
    assert Ripples.movable == ("rings",)
    with pytest.raises(SettingsError, match=r"rings: got 99.0; allowed: 1 to 40"):
        Ripples(rings=99.0)
    with pytest.raises(SettingsError, match="no setting 'ring'; did you mean 'rings'"):
        Ripples(ring=2)
    assert Ripples.preset("wide").rings == 3


def test_keyframes_move_a_knob():
    moving = Ripples(rings=4.0, keyframes="0: rings=4; 2: rings=8")
    np.testing.assert_array_equal(draw(moving, 1.0), draw(Ripples(rings=6.0), 1.0))


def test_what_is_bright_stands_out_where_a_class_has_no_height():
    lit = draw(Ripples(light=ex.Light(dynamics=0)))
    assert np.abs(lit.astype(int) - draw(Ripples())).mean() > 5
    field = Dunes(light=ex.Light(direction=180, dynamics=0, rings=0))
    slope_to_the_light = draw(field.replace(**{"light.direction": 180}))
    slope_away = draw(field.replace(**{"light.direction": 0}))
    assert slope_to_the_light.mean() > slope_away.mean() + 5  # higher to the right: it faces the left


def test_colors_of_numbers_are_their_light():
    assert abs(draw(Dunes()).astype(int) - 124).max() <= 1  # sRGB of 0.2


def test_the_flash_limiter_calms_all_columns_but_time_and_what_moves():
    field = Ripples(keyframes="0: rings=4; 2: rings=8", light=True)
    names = field.controls(TRACK, np.zeros(1)).names
    calm = {names[n] for n in calm_columns(field, names)}
    assert {"bass", "onset", "twice", "hit"} <= calm
    assert not {"time", "rings"} & calm


def test_the_newest_class_of_a_name_is_the_one_of_its_kind():
    def define(value):
        class Plain(ex.Field):
            features = ()

            def colors(self, controls, xy, pixel):
                return value, value, value

        return Plain

    first, second = define(0.25), define(0.75)
    kind = first().kind
    assert registry.field_class(kind) is second
    assert registry.field_class(kind.partition(":")[2]) is second  # the plain name is enough
    assert draw(first()).max() <= 65 < draw(registry.field_class(kind)()).min()


class Broken(ex.Field):
    """Gives what its test says."""

    features = ()
    case: str = "raises"

    def colors(self, controls, xy, pixel):
        if self.case == "state":
            self.count = 1
        if self.case == "raises":
            return 1 / (len(xy) - len(xy))
        return {
            "shape": np.zeros((len(xy), 3), np.float32),
            "tuple": (np.zeros(7, np.float32), 0.0, 0.0),
            "bytes": np.zeros((1, len(xy), 3), np.uint8),
            "none": None,
            "nan": (np.nan, 0.5, 1.0),
            "column": None if self.case != "column" else controls.bas,
        }[self.case]

    def controls(self, track, times):
        return {"many": np.zeros(3)} if self.case == "controls" else {"bass": times}


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (
            "raises",
            r"Broken.colors, line \d+ of test_field.py \(return 1 / .*\): ZeroDivisionError: division",
        ),
        ("state", r"Broken.colors, line .*: the settings of a field do not change while it draws"),
        ("shape", r"Broken.colors gave float32 of shape \(2304, 3\); expected \(1, 2304, 3\)"),
        ("tuple", r"Broken.colors gave float32 of shape \(7,\); expected \(moments, points\) = \(1, 2304\)"),
        ("bytes", r"Broken.colors gave uint8 of shape .*; expected float32, in \[0, 1\]"),
        ("none", r"Broken.colors gave NoneType; expected an array"),
        ("column", r"AttributeError: the controls have no column 'bas'; did you mean 'bass'"),
        ("controls", r"Broken.controls: 'many' has shape \(3,\); expected one number for each of 1 times"),
    ],
)
def test_what_goes_wrong_in_a_class_is_one_line(case, message):
    with pytest.raises(ExplorerError, match=message) as error:
        draw(Broken(case=case))
    assert "\n" not in str(error.value)
    assert case != "raises" or isinstance(error.value.__cause__, ZeroDivisionError)


def test_what_is_not_a_number_is_black_and_reported_once():
    with pytest.warns(ExplorerWarning, match="Broken.colors gives what is not a number") as warnings:
        frames = [draw(Broken(case="nan")) for _ in range(2)]
    assert len(warnings) == 1
    assert frames[0][..., 0].max() == 0 < frames[0][..., 1].min()


def test_classes_that_cannot_be_fields_are_refused_at_once():
    with pytest.raises(SettingsError, match="the name 'colors' is taken"):

        class Taken(ex.Field):
            colors = ex.knob(3)

    for body, words in (
        ({"rings": 14.0}, r"Plain: write rings = knob\(...\) for a setting, or RINGS for a constant"),
        ({"rings": ex.knob(50, low=1, high=4)}, "the default of rings is 50; allowed: whole numbers 1 to 4"),
        ({"features": 5}, "features: got 5"),
    ):
        with pytest.raises(SettingsError, match=words):
            type(ex.Field)("Plain", (ex.Field,), {"__module__": __name__, "__qualname__": "Plain", **body})

    with pytest.raises(SettingsError, match="Field is a base"):
        ex.Field()

    class Empty(ex.Field):
        features = ()

    with pytest.raises(SettingsError, match="Empty draws nothing"):
        draw(Empty())


def test_a_class_says_its_defaults_as_its_settings_are_typed():
    class Named(ex.Field):
        features = "bass, onset"
        light = True
        finish = {"bloom": 0.9}  # noqa: RUF012
        LEVELS = (0.25, 0.5, 0.75)

        def colors(self, controls, xy, pixel):
            return self.LEVELS

    field = Named(features=["bass", "onset"])
    assert field == Named()
    assert hash(field) == hash(Named())
    assert (field.light, field.finish.bloom, "LEVELS" in Named.model_fields) == (ex.Light(), 0.9, False)
    assert draw(field.replace(light=False, finish=False)).mean((0, 1)) == pytest.approx([64, 128, 191], abs=1)


def test_a_feature_that_no_sound_has_says_where_own_columns_come_from():
    with pytest.raises(SettingsError, match=r"valid: bass.*columns of your own come with"):
        Ripples(features=("drums_rms",)).check_columns()
    with pytest.raises(SettingsError, match=r"did you mean 'drums_rms'\?$"):
        Ripples(features=("drums_rm",)).check_columns(["drums_rms"])
    with pytest.raises(SettingsError, match=r"load_look\(NAME\) knows those of all fields"):
        ex.CPPN.preset("obsidian")


def test_a_setting_of_another_type_in_the_next_version_is_at_its_default():
    class Before(ex.Field):
        features = ()
        form = ex.knob(2.0, low=0, high=3)

    class After(ex.Field):
        features = ()
        form: str = "round"

    assert carry_over(Before(form=1.0), After) == (
        After(),
        ["form: got 1.0; allowed: a valid string; it is at its default"],
    )


def test_a_block_is_never_larger_than_said():
    sizes = []

    class Counting(ex.Field):
        features = ()

        def colors(self, controls, xy, pixel):
            sizes.append(len(controls) * len(xy))
            return 0.0, 0.0, 0.0

    times = np.linspace(0, 1, 25)
    field = Counting()
    prepared = field.prepare(field.controls(TRACK, times))
    assert isinstance(prepared, PreparedCustomField)
    assert prepared.colors(torch.zeros(20_000, 2), 0.01).shape == (25, 20_000, 3)
    assert max(sizes) <= BLOCK_POINTS
    assert isinstance(prepared.controls, Controls)
