"""Two fields in one picture: shares, both engines, light, recipes, paths of settings."""

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.errors import SettingsError
from explorer.experiments import Recipe
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.sweeps.parameter_paths import all_paths, with_parameters
from explorer.fields import Grid
from explorer.fields.light.lit import LitField
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear
from explorer.rendering import Renderer
from tests.fields.custom.ripples import Ripples
from tests.tracks import made_up_track

TRACK, SIZE, T = made_up_track(), (64, 36), 1.0
A = ex.CPPN(hidden=4, layers=2, gain=3.0, seed=2)
B = ex.Patterns(family="flowing")


def draw(field, device="cpu"):
    with Renderer(field, TRACK, SIZE, device=device, threads=1) as renderer:
        return renderer.frame(T)


def mixed(share):
    """The two pictures mixed in linear light, in levels."""
    a, b = (srgb_to_linear(draw(field) / 255) for field in (A, B))
    return 255 * linear_to_srgb(a + np.reshape(share, (*np.shape(share), 1)) * (b - a))


def test_a_share_mixes_in_linear_light_and_its_ends_are_the_fields():
    assert np.abs(draw(ex.Mix(A, B, by=0.3)) - mixed(0.3)).max() <= 0.6
    np.testing.assert_array_equal(draw(ex.Mix(A, B, by=0)), draw(A))
    np.testing.assert_array_equal(draw(ex.Mix(A, B, by=1)), draw(B))


def test_how_the_fields_mix_may_come_third():
    assert ex.Mix(A, B, "bass") == ex.Mix(A, B, by="bass")
    assert repr(ex.Mix(A, B, 0.25)) == f"Mix(a={A!r}, b={B!r}, amount=0.25)"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((), "a mixture has two fields, as in Mix"),
        ((A,), "a mixture has two fields, as in Mix"),
        ((A, B, 0.5, 0.5), "a mixture has two fields, as in Mix"),
        (("molten", B), "got 'molten'; give a field, as in CPPN.preset"),
        ((A, B, [1]), "by: got .1.; allowed: a number from 0 to 1, a feature, or a field"),
        ((A, B, 2), "amount: got 2.0; allowed: 0 to 1"),
    ],
)
def test_what_is_no_mixture_is_refused(fields, words):
    with pytest.raises(SettingsError, match=words):
        ex.Mix(*fields)


def test_a_feature_is_the_share_at_its_level():
    level = (TRACK.at(T, ("bass",))[0, 0] + 1) / 2
    assert np.abs(draw(ex.Mix(A, B, by="bass")) - mixed(level)).max() <= 0.6


def test_the_brightness_of_a_mask_is_the_share_at_its_point():
    share = draw(Ripples()) @ np.array([0.2126, 0.7152, 0.0722]) / 255
    assert np.abs(draw(ex.Mix(A, B, by=Ripples())) - mixed(share)).max() <= 0.6


def test_the_kernel_draws_what_the_reference_says():
    field, grid = ex.Mix(Ripples(), A, by=0.4), Grid(*SIZE)
    lit = LitField(field, field.controls(TRACK, np.array([T])))
    colors = lit.colors(torch.from_numpy(grid.xy()), grid.pixel)[0].numpy() * 255
    assert np.abs(draw(field).reshape(-1, 3) - colors).max() <= 1.6


def test_a_mixture_is_lit_once_with_the_light_of_its_parts():
    lit = A.replace(light=ex.Light(relief=0.9), finish=True)
    field = ex.Mix(lit, B, by=0.0)
    assert field.light == lit.light
    assert not field.a.light.on
    np.testing.assert_array_equal(draw(field), draw(lit))


def test_columns_of_both_stand_side_by_side():
    field = ex.Mix(A, Ripples(features=("onset",)), by="rms")
    assert field.features == (*A.features, *(name for name in ("onset", "rms") if name not in A.features))
    names = field.controls(TRACK, np.zeros(2)).names
    assert {"time", "share", "a.bass", "b.twice"} <= set(names)
    assert {"share", "b.twice"} <= field.columns_of_sound(names)
    assert not {"time", "a.time", "b.time"} & field.columns_of_sound(names)


def test_a_recipe_holds_both_and_settings_inside_have_paths(tmp_path):
    (tmp_path / "song.wav").write_bytes(b"sound")
    recipe = RenderOptions(size=SIZE).recipe(ex.Mix(A, Ripples(), by=0.25), tmp_path / "song.wav")
    assert Recipe.from_json(recipe.to_json()) == recipe
    paths = all_paths(recipe)
    assert paths["a.gain"].knob.high == A.knobs()["gain"].high
    assert not {"a.kind", "b.source"} & paths.keys()
    changed = with_parameters(recipe, {"a.gain": 1.5, "b.rings": 3.0, "amount": 0.5}).field
    assert (changed.a.gain, changed.b.rings, changed.amount) == (1.5, 3.0, 0.5)
    with pytest.raises(SettingsError, match=r"rings: got 99"):
        with_parameters(recipe, {"b.rings": 99.0})


def test_keyframes_move_the_share():
    moving = ex.Mix(A, B, by=0.0, keyframes="0: amount=0; 2: amount=1")
    np.testing.assert_array_equal(draw(moving), draw(ex.Mix(A, B, by=0.5)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"by": 2}, "amount: got 2"),
        ({"by": [1]}, "a number from 0 to 1, a feature, or a field"),
        ({"by": True}, "by: got True"),
        ({"a": 3}, "a"),
    ],
)
def test_what_cannot_be_mixed_is_refused(values, message):
    with pytest.raises(SettingsError, match=message):
        ex.Mix(**{"a": A, "b": B, **values})
