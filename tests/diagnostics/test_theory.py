"""The closed forms against random numbers, and predictions against wide networks."""

import numpy as np
import pytest

from explorer.diagnostics import theory
from explorer.diagnostics.layers import layer_signals
from explorer.diagnostics.sampling import DEFAULT_FRAMES
from explorer.fields import CPPN
from explorer.fields.cppn.activations import ACTIVATIONS
from tests.tracks import made_up_track

PHI = {"sin": np.sin, "cos": np.cos, "gaussian": lambda z: np.exp(-(z**2)), "tanh": np.tanh}
SLOPE = {
    "sin": np.cos,
    "cos": lambda z: -np.sin(z),
    "gaussian": lambda z: -2 * z * np.exp(-(z**2)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
}
TOLERANCE = 0.15  # of a mean over four networks of width 256, from theory
QA, QB, C = np.array([0.3, 2.0, 12.0]), np.array([0.5, 1.0, 9.0]), np.array([0.2, -0.7, 6.0])


def gaussians(qa, qb, c, count=400_000):
    normal = np.random.default_rng(0).standard_normal((2, count))
    one = np.sqrt(qa) * normal[0]
    return one, c / np.sqrt(qa) * normal[0] + np.sqrt(qb - c**2 / qa) * normal[1]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_closed_forms_agree_with_random_numbers(name):
    phi, slope = PHI[name], SLOPE[name]
    for place in range(len(C)):
        one, other = gaussians(QA[place], QB[place], C[place])
        near = {"abs": 4e-3}
        assert theory.mean(name, QA)[place] == pytest.approx(phi(one).mean(), **near)
        assert theory.mean_square(name, QA)[place] == pytest.approx((phi(one) ** 2).mean(), **near)
        assert theory.mean_product(name, QA, QB, C)[place] == pytest.approx(
            (phi(one) * phi(other)).mean(), **near
        )
        assert theory.mean_squared_slope(name, QA)[place] == pytest.approx((slope(one) ** 2).mean(), **near)
        stretched = ((slope(one) * one) ** 2).mean()
        assert theory.mean_stretched_slope(name, QA)[place] == pytest.approx(stretched, rel=0.02)
        steepness = (phi(one) * slope(one) * one).mean() / QA[place]
        assert theory.square_slope(name, QA)[place] == pytest.approx(steepness, **near)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_product_of_equal_inputs_is_the_square(name):
    np.testing.assert_allclose(theory.mean_product(name, QA, QA, QA), theory.mean_square(name, QA), rtol=1e-9)


def test_a_linear_start_is_exact():
    """sin of small numbers is nearly linear: the signal is g times the inputs' spread."""
    squares, products = np.full((2, 1), 1e-4), np.full(1, 0.25e-4)
    first, _ = theory.predict(["sin"], [1, 1], [1.0, 1.0], squares, products)
    assert first.spread == pytest.approx(1e-2)
    assert first.signal == pytest.approx(1e-2 * 0.75**0.5)
    assert first.growth == pytest.approx(1, rel=1e-3)


def disagreement(hidden, seeds, gain=3.0):
    """Mean over networks, layers and quantities of |log(measured / predicted)|."""
    track = made_up_track()
    found = []
    for seed in range(seeds):
        field = CPPN(hidden=hidden, layers=6, gain=gain, seed=seed)
        for layer in layer_signals(field, track, DEFAULT_FRAMES, seed, times=8, points=64)[:-1]:
            for name in ("spread", "signal", "activation_spread", "growth"):
                found.append(abs(np.log(getattr(layer, name) / getattr(layer.predicted, name))))
    return np.mean(found)


@pytest.mark.parametrize("gain", [1.0, 5.0])
def test_wide_networks_do_what_theory_says(gain):
    track = made_up_track()
    of_seeds = [
        layer_signals(CPPN(gain=gain, seed=seed), track, DEFAULT_FRAMES, seed, times=8, points=64)
        for seed in range(4)
    ]
    for place, layers in enumerate(zip(*of_seeds, strict=True)):
        names = ["spread", "signal", "activation_spread", "growth"]
        if place >= 3:  # three outputs are too few for a mean over units
            names = ["spread", "signal", "activation_spread"] if place == 3 else []
        for name in names:
            measured = np.mean([getattr(layer, name) for layer in layers])
            predicted = np.mean([getattr(layer.predicted, name) for layer in layers])
            assert measured == pytest.approx(predicted, rel=TOLERANCE), (layers[0].name, name)


def test_the_disagreement_grows_as_width_shrinks():
    off = [disagreement(hidden, seeds) for hidden, seeds in ((256, 1), (16, 4), (4, 8))]
    assert off[0] < 0.07
    assert off[0] < 0.8 * off[1]
    assert off[1] < 0.6 * off[2]
