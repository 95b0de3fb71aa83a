"""The CPPN: published sizes, reproducible weights, inputs where they belong."""

import math

import numpy as np
import pytest
import torch

from explorer.errors import SettingsError
from explorer.fields import CPPN, Grid
from explorer.fields.cppn.activations import activate
from explorer.fields.cppn.weights import random_network
from tests.tracks import made_up_track


def colors(field, times=(0.5,), size=(32, 18), track=None):
    grid = Grid(*size)
    prepared = field.prepare(field.controls(track or made_up_track(), np.array(times)))
    return (
        prepared.colors(torch.from_numpy(grid.xy()), grid.pixel)
        .numpy()
        .reshape(len(times), size[1], size[0], 3)
    )


@pytest.mark.parametrize(("layers", "parameters"), [(4, 200_963), (8, 464_131)])
def test_networks_have_the_published_sizes(layers, parameters):
    field = CPPN(hidden=256, layers=layers)
    assert field.parameters == parameters
    biases = 256 * layers + 3
    assert sum(weight.size for weight in random_network(field).weights) + biases == parameters


def test_published_presets():
    assert CPPN.preset("tuned-256x4") == CPPN(
        hidden=256, layers=4, gain=5, coord_scale=0.5, audio_gain=3, seed=0
    )
    assert CPPN.preset("compact-4x3") == CPPN(hidden=4, layers=3)
    assert CPPN.preset("classic-256x8") == CPPN(hidden=256, layers=8)


def test_there_are_six_looks_and_newcomers_see_one_first():
    looks = [field for name, field in CPPN.presets().items() if field.palette != "rgb"]
    assert len(looks) >= 6
    assert CPPN.default_look() in looks


def test_an_unknown_preset_names_the_nearest():
    with pytest.raises(SettingsError, match="did you mean 'compact-4x3'"):
        CPPN.preset("compact-4x4")


def test_activations_cycle():
    assert random_network(CPPN(hidden=4, layers=6)).activations == (
        "sin",
        "cos",
        "gaussian",
        "tanh",
        "sin",
        "cos",
    )
    z = torch.tensor([0.7])
    assert activate("gaussian", z).item() == pytest.approx(math.exp(-0.49), abs=1e-6)


def test_weights_are_xavier_uniform():
    weights = random_network(CPPN(hidden=128, layers=3, gain=2.0)).weights
    for weight in weights:
        bound = 2.0 * math.sqrt(6 / sum(weight.shape))
        assert np.abs(weight).max() <= bound
        assert weight.std() == pytest.approx(bound / math.sqrt(3), rel=0.1)


def test_weights_are_the_same_for_ever():
    first = random_network(CPPN(hidden=8, layers=2, seed=7)).weights[0]
    expected = np.random.RandomState([7, 0]).uniform(-1, 1, (8, 10)) * 5 * math.sqrt(6 / 18)
    np.testing.assert_allclose(first, expected, rtol=1e-6)


def test_one_more_layer_or_another_gain_keeps_the_draws():
    two, three = random_network(CPPN(hidden=8, layers=2)), random_network(CPPN(hidden=8, layers=3, gain=2.5))
    np.testing.assert_allclose(two.weights[1], 2 * three.weights[1], rtol=1e-6)
    np.testing.assert_allclose(two.weights[-1], 2 * three.weights[-1], rtol=1e-6)


def test_output_gain_scales_the_output_layer_alone():
    plain, own = (
        random_network(CPPN(hidden=8, layers=2)),
        random_network(CPPN(hidden=8, layers=2, output_gain=1)),
    )
    np.testing.assert_allclose(plain.weights[-1], 5 * own.weights[-1], rtol=1e-6)
    np.testing.assert_array_equal(plain.weights[0], own.weights[0])


def test_seeds_differ_and_repeat():
    field = CPPN(hidden=8, layers=3)
    assert (colors(field) == colors(field)).all()
    assert (colors(field) != colors(field.replace(seed=1))).any()


def test_a_linear_looking_network_by_hand():
    field = CPPN(hidden=1, layers=1, gain=0.3, features=("bass",), time_span=2.0, audio_gain=4.0)
    track = made_up_track()
    first, last = (weight.astype(np.float64) for weight in random_network(field).weights)
    bass = track.at([0.5], ("bass",))[0, 0]
    time = 2 * 0.5 / 2.0 - 1
    x, y = 0.5 * Grid(32, 18).xy()[5].astype(np.float64)
    z = np.sin(first @ [x, y, time, 0.05 * 4.0 * bass])
    expected = 1 / (1 + np.exp(-(last @ z)))
    np.testing.assert_allclose(colors(field)[0].reshape(-1, 3)[5], expected, atol=1e-6)


def test_time_runs_across_the_track_or_over_seconds():
    track = made_up_track(duration=4.0)
    published = CPPN().controls(track, np.array([0.0, 2.0, 4.0]))
    assert published.names[0] == "time"
    assert published.values[:, 0].tolist() == [-1, 0, 1]
    assert CPPN(time_span=2.0).controls(track, np.array([0.0, 2.0, 4.0])).values[:, 0].tolist() == [-1, 1, 3]


def test_audio_gain_zero_is_deaf():
    field = CPPN(hidden=8, layers=3, audio_gain=0)
    one, other = colors(field, track=made_up_track(seed=1)), colors(field, track=made_up_track(seed=2))
    np.testing.assert_array_equal(one, other)
    louder = field.replace(audio_gain=20)
    assert (colors(louder, track=made_up_track(seed=1)) != colors(louder, track=made_up_track(seed=2))).any()


def test_aspect_is_kept():
    square, wide = Grid(90, 90), Grid(160, 90)
    assert square.pixel == wide.pixel
    assert np.abs(wide.xy()[:, 1]).max() < 1 < np.abs(wide.xy()[:, 0]).max()
    assert np.diff(wide.xy()[:2, 0])[0] == pytest.approx(wide.pixel, rel=1e-5)


def test_left_right_mirror():
    image = colors(CPPN(hidden=8, layers=3, symmetry=1))[0]
    np.testing.assert_array_equal(image, image[:, ::-1])


@pytest.mark.parametrize("n", [2, 3, 6])
def test_n_fold_symmetry_repeats_after_a_turn(n):
    field = CPPN(hidden=8, layers=3, symmetry=n, radius=True)
    angles = np.linspace(0, 2 * np.pi, 50, endpoint=False)
    ring = 0.6 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    turn = 2 * np.pi / n
    turned = ring @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    a, b = (field.pixel_inputs(points.astype(np.float32)) for points in (ring, turned))
    np.testing.assert_allclose(a, b, atol=1e-6)
    mirrored = field.pixel_inputs((ring * [1, -1]).astype(np.float32))
    np.testing.assert_allclose(a, mirrored, atol=1e-6)


def test_radius_is_the_third_input():
    inputs = CPPN(radius=True, coord_scale=2).pixel_inputs(np.array([[0.3, 0.4]], np.float32))
    np.testing.assert_allclose(inputs[:, 0], [0.6, 0.8, 1.0], rtol=1e-6)
    assert CPPN(radius=True).parameters == CPPN().parameters + 256


def test_moments_do_not_depend_on_their_company():
    field, times = CPPN(hidden=32, layers=3), np.linspace(0, 3.9, 40)
    together = field.prepare(field.controls(made_up_track(), times)).bias
    alone = [field.prepare(field.controls(made_up_track(), times[i : i + 1])).bias[0] for i in range(40)]
    np.testing.assert_array_equal(together, alone)


def test_half_precision_stays_close_for_a_calm_network():
    field = CPPN(hidden=64, layers=3, gain=2)
    grid = Grid(64, 36)
    prepared = field.prepare(field.controls(made_up_track(), np.array([1.0])))
    xy = torch.from_numpy(grid.xy())
    exact, draft = prepared.colors(xy, grid.pixel), prepared.colors(xy, grid.pixel, torch.bfloat16)
    assert 0 < (exact - draft).abs().mean().item() < 0.02
