"""What is measured inside a network."""

import numpy as np
import pytest
import torch

from explorer.diagnostics.layers import layer_signals
from explorer.diagnostics.sampling import DEFAULT_FRAMES
from explorer.fields import CPPN
from tests.diagnostics.linear import Linear, half_and_half
from tests.tracks import made_up_track


def signals(field, track=None, times=4, points=64):
    return layer_signals(field, track or made_up_track(), DEFAULT_FRAMES, 0, times, points)


def test_every_layer_is_named_and_the_output_comes_last():
    names = [layer.name for layer in signals(CPPN(hidden=8, layers=5))]
    expected = ["layer 1 (sin)", "layer 2 (cos)", "layer 3 (gaussian)", "layer 4 (tanh)", "layer 5 (sin)"]
    assert names == [*expected, "output layer"]


def test_a_field_without_layers_has_none():
    assert signals(Linear(), half_and_half()) == ()


@pytest.mark.parametrize("radius", [False, True])
def test_the_layers_are_those_that_draw(radius):
    field = CPPN(hidden=12, layers=3, radius=radius, symmetry=5)
    prepared = field.prepare(field.controls(made_up_track(), np.array([0.5, 1.0])))
    xy = torch.rand(7, 2) - 0.5
    *hidden, last = prepared.layers(xy)
    assert [tuple(z.shape) for z in hidden] == [(2, 7, 12)] * 3
    torch.testing.assert_close(torch.sigmoid(last), prepared.colors(xy, 0.01))
    inputs = torch.from_numpy(prepared.inputs(xy.numpy())).float()
    torch.testing.assert_close(inputs @ torch.from_numpy(prepared.network.weights[0]).T, hidden[0])


def test_growth_is_that_of_small_differences():
    """Against finite differences of the layers, in a network gentle enough for them."""
    field = CPPN(hidden=64, layers=4, gain=1.5)
    track = made_up_track()
    layers = signals(field, track, times=6, points=256)
    xy = torch.from_numpy(
        np.random.default_rng(1).uniform((-16 / 9, -1), (16 / 9, 1), (2000, 2)).astype(np.float32)
    )
    prepared = field.prepare(field.controls(track, np.linspace(0, 4, 6)))
    pairs = zip(prepared.layers(xy), prepared.layers(xy + 2e-3), strict=True)
    lengths = [float(((after - here) ** 2).mean()) for here, after in pairs]
    for layer, before, after in zip(layers, lengths, lengths[1:], strict=False):
        assert layer.growth == pytest.approx(after / before, rel=0.25), layer.name


def test_saturation_is_that_of_flat_activations():
    layers = signals(CPPN(hidden=64, layers=4, gain=20.0))
    assert layers[3].saturated > 0.5  # tanh of large numbers
    assert layers[0].saturated == pytest.approx(2 * np.arcsin(0.1) / np.pi, abs=0.03)  # a sine all around
