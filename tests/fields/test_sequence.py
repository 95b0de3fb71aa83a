"""Looks one after the other: shares, moments, light, kernels, recipes, paths of settings."""

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.errors import ExplorerWarning, SettingsError
from explorer.experiments import Recipe
from explorer.experiments.runs.options import RenderOptions
from explorer.experiments.sweeps.parameter_paths import all_paths, with_parameters
from explorer.fields import Grid
from explorer.fields.custom.transport import custom_classes
from explorer.fields.sequence.lit_moments import lit_moments
from explorer.fields.srgb import linear_to_srgb, srgb_to_linear
from explorer.notebook.widgets.code_view import python_code
from explorer.rendering import Renderer
from explorer.rendering.flash_limiter import Exposure, FlashLimit
from tests.fields.custom.ripples import Ripples
from tests.tracks import track_with_beats

TRACK, SIZE = track_with_beats(8.0), (64, 36)  # beats at 0.25, 0.75, ...; a section begins at 4 s
A = ex.CPPN(hidden=4, layers=2, gain=3.0, seed=2)
B = ex.Patterns(family="flowing", light=True, finish=True)
PLAIN = ex.Sequence([(0, A), (2.0, B), ("section 1", Ripples())], fade=1.0)


def draw(field, t, swing=1.0):
    with Renderer(field, TRACK, SIZE, device="cpu", threads=1) as renderer:
        return renderer.frame(t, limit=FlashLimit(swing, 1.0))


@pytest.mark.parametrize(
    ("t", "look"), [(0.0, A), (1.4, A), (2.6, B), (3.4, B), (4.6, Ripples()), (7.9, Ripples())]
)
def test_outside_of_a_fade_a_frame_is_that_of_its_look_with_its_own_light(t, look):
    for swing in (1.0, 0.3):
        np.testing.assert_array_equal(draw(PLAIN, t, swing), draw(look, t, swing))


def test_looks_fade_in_linear_light_around_their_moment():
    for t, weight in ((1.75, 0.15625), (2.0, 0.5), (2.25, 0.84375)):
        a, b = (srgb_to_linear(draw(field, t) / 255) for field in (A, B))
        expected = 255 * linear_to_srgb(a + weight * (b - a))
        assert np.abs(draw(PLAIN, t) - expected).max() <= 0.6


def test_shares_add_up_and_fades_of_near_moments_never_meet():
    field = ex.Sequence([(0, A), (1, B), (1.2, A), ("beat 5", B), (6, A)], fade=3.0)
    times = np.linspace(0, 8, 801)
    shares = field.shares(TRACK, times)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-9)
    assert ((shares > 0).sum(axis=1) <= 2).all()
    np.testing.assert_allclose(np.diag(shares[[0, 110, 150, 400, 800]]), 1)
    cut = PLAIN.replace(fade=0.0).shares(TRACK, np.array([1.999, 2.0, 4.0]))
    np.testing.assert_array_equal(cut, np.eye(3))


def test_moments_are_beats_and_sections():
    np.testing.assert_allclose(PLAIN.starts(TRACK), [0, 2, 4])
    np.testing.assert_allclose(
        ex.Sequence([("beat 1", A), ("beat 4", B)]).starts(TRACK), [0.25, 1.75], atol=1e-3
    )
    assert ex.Sequence([(0, A), (" Section  1", B), ("beat 12", A)]).extras == ("beats", "sections")


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(2, A), (1, B)], r"the look of 1 \(1.00 s\) follows that of 2 \(2.00 s\); put them in order"),
        ([(5, A), ("section 1", B)], r"the look of section 1 \(4.00 s\) follows that of 5"),
        ([(0, A), ("section 7", B)], "there is no section 7; made-up.wav has 2"),
        ([(0, A), ("beat 400", B)], "there is no beat 400; made-up.wav has 16"),
        ([(0, A), ("chorus", B)], "sequence: got 'chorus' for the moment; give seconds"),
        ([(0, A), ("beat 0", B)], "sequence: got 'beat 0'"),
        ([], "got 0 looks; allowed: 1 to 64"),
        ([A], "give pairs of a moment and a look"),
        ([(0, "molten")], "got 'molten'; give a field"),
        ([(0, PLAIN)], "a sequence cannot be inside of another field"),
    ],
)
def test_what_is_no_sequence_is_refused(pairs, words):
    with pytest.raises(SettingsError, match=words):
        ex.Sequence(pairs).controls(TRACK, np.zeros(1))


def test_a_sequence_has_no_light_of_its_own_and_is_in_no_mixture():
    with pytest.raises(SettingsError, match="set those of each look"):
        PLAIN.replace(light=True)
    with pytest.raises(SettingsError, match="a sequence cannot be inside of another field"):
        ex.Mix(A, PLAIN, 0.5)
    with pytest.raises(SettingsError, match=r"a sequence has looks at moments, as in Sequence\(\["):
        ex.Sequence()


def test_the_kernels_draw_what_the_reference_says():
    plain, grid = ex.Sequence([(0, A), (2, Ripples())]), Grid(*SIZE)
    times = np.array([0.5, 1.8, 3.5])
    lit = lit_moments(plain, plain.controls(TRACK, times))
    colors = lit.colors(torch.from_numpy(grid.xy()), grid.pixel).numpy() * 255
    for t, expected in zip(times, colors, strict=True):
        assert np.abs(draw(plain, float(t)).reshape(-1, 3) - expected).max() <= 1.6


def test_a_recipe_holds_the_looks_and_settings_inside_have_paths(tmp_path):
    (tmp_path / "song.wav").write_bytes(b"sound")
    recipe = RenderOptions(size=SIZE).recipe(PLAIN, tmp_path / "song.wav")
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert recipe.analysis.extras == ("sections",)
    paths = all_paths(recipe)
    assert paths["look1.gain"].knob.high == A.knobs()["gain"].high
    assert not {"looks", "look1.kind", "look3.source"} & paths.keys()
    changed = with_parameters(recipe, {"look1.gain": 1.5, "look2.light.relief": 0.7, "fade": 3.0}).field
    assert (changed.looks[0].gain, changed.looks[1].light.relief, changed.fade) == (1.5, 0.7, 3.0)
    assert list(custom_classes(recipe)) == [Ripples]
    assert eval(
        repr(PLAIN.replace(looks=(A, A, A))), vars(ex) | {"Sequence": ex.Sequence, "CPPN": ex.CPPN}
    ) == (PLAIN.replace(looks=(A, A, A)))


def test_looks_at_moments_that_a_song_lacks_are_left_out_in_one_warning():
    field = ex.Sequence([(0, A), ("section 1", B), ("section 9", A)], fade=1.5)
    with pytest.warns(ExplorerWarning, match="left out: the looks of section 9 .there is no section 9"):
        assert field.with_moments_of(TRACK) == ex.Sequence([(0, A), ("section 1", B)], fade=1.5)


def test_the_flash_limiter_judges_the_looks_with_their_light():
    calm, flicker = (ex.CPPN(hidden=4, layers=2, gain=g, audio_gain=4 * g, seed=3) for g in (1.0, 9.0))
    track = track_with_beats(2.0)
    swings = [
        Exposure(ex.Sequence([(0, calm), (0.5, look)], fade=0.2), track, (32, 18), threads=1).at(1.5).swing
        for look in (calm, flicker)
    ]
    assert swings[1] < swings[0] == 1
    assert Exposure(PLAIN, TRACK, SIZE, threads=1).shape == Exposure(B, TRACK, SIZE, threads=1).shape


def test_a_diagnosis_is_of_all_looks():
    diagnosis = ex.diagnose(ex.Sequence([(0, A), (4, B)]), TRACK, budget="draft")
    assert diagnosis.frame_variance > 0


def test_its_code_makes_it_again():
    field = ex.Sequence([(0, A), ("beat 3", ex.Mix(A, B, 0.5))], fade=1.5)
    code = python_code("song.ogg", TRACK, field, 1.0, SIZE).partition("field = ")[2].partition("image =")[0]
    assert eval(code, {"ex": ex}) == field
    names = {"CPPN": ex.CPPN, "Sequence": ex.Sequence}
    field = ex.Sequence([(0, A), ("beat 3", A)])
    assert eval(repr(field), names) == field
