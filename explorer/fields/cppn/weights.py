"""The weights of a CPPN: drawn from its seed or its mixture of seeds, or painted from a picture.

Painted networks have biases, and all that draws networks knows matrices alone. So the last neuron of each of
their layers is constant 1, and its weights are the biases of the next layer. The time input is constant 1,
too: its weights are the biases of the first layer, since a painted picture does not change by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float32

from explorer.fields.cppn.activations import activations_of
from explorer.fields.cppn.bend import bends
from explorer.fields.cppn.settings import CPPNSettings

FEATURE_SCALE = 0.05  # as published: features enter at 0.05 x audio_gain
OUTPUT_STREAM = 1000  # the output layer's random stream, whatever the depth
CONSTANT_INPUTS = {"sin": math.pi / 2, "cos": 0.0, "gaussian": 0.0, "tanh": 10.0}  # whose activation is 1
DEFAULT_GAIN, DEFAULT_AUDIO_GAIN = (
    float(CPPNSettings.model_fields[name].default) for name in ("gain", "audio_gain")
)


@dataclass(frozen=True, eq=False)
class Network:
    """Weights of every layer, first to last, as (fan_out, fan_in) matrices; all biases are zero.

    Inputs come in the order x, y, [radius], time, features.
    """

    weights: tuple[Float32[np.ndarray, "_ _"], ...]  # (fan_out, fan_in)
    pixel_inputs: int  # how many inputs depend on the pixel; the others are the controls
    deviations: tuple[float, ...]  # standard deviations of the distributions that the weights are drawn from

    @property
    def activations(self) -> tuple[str, ...]:
        """One name per hidden layer."""
        return activations_of(len(self.weights) - 1)

    @lru_cache(maxsize=2)  # noqa: B019 (networks are few and long-lived: `random_network` keeps 16)
    def on(self, device: torch.device) -> tuple[torch.Tensor, ...]:
        """The weights as tensors on a device, copied there once."""
        return tuple(torch.from_numpy(weight).to(device) for weight in self.weights)


def network_of(settings: CPPNSettings) -> Network:
    """The network of a field: painted where it has weights, else random."""
    return painted_network(settings) if settings.weights else random_network(settings)


@lru_cache(maxsize=16)
def random_network(settings: CPPNSettings) -> Network:
    """Xavier-uniform weights: U(-b, b), b = gain sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010).

    Each layer draws from a random stream of its own, so one more layer or another gain leaves the draws of
    the others unchanged. RandomState is used because its streams are frozen for ever (NumPy NEP 19).
    A mixture is summed in double precision, term by term, and rounded once.
    """
    weights, deviations = [], []
    shapes = settings.fans
    for layer, (fan_in, fan_out) in enumerate(shapes):
        last = layer == len(shapes) - 1
        bound = settings.gains[layer] * math.sqrt(6 / (fan_in + fan_out))
        total = np.zeros((fan_out, fan_in))
        for term in settings.terms:
            if share := term.at(layer):
                stream = np.random.RandomState([term.seed, OUTPUT_STREAM if last else layer])
                total += share * stream.uniform(-bound, bound, total.shape)
        weights.append(total.astype(np.float32))
        deviations.append(bound / math.sqrt(3))
    return Network(tuple(weights), 2 + settings.radius, tuple(deviations))


def combined_network(
    parts: list[tuple[Network, float]], layer_scales: list[np.float32], coordinate_scale: np.float32
) -> Network:
    """The weighted sum of networks of one shape, its layers scaled, and its coordinates besides."""
    base = parts[0][0]
    weights = [np.zeros_like(matrix) for matrix in base.weights]
    for layer, scale in enumerate(layer_scales):
        for network, share in parts:
            weights[layer] += scale * np.float32(share) * network.weights[layer]
    weights[0][:, : base.pixel_inputs] *= coordinate_scale
    deviations = tuple(float(scale) * d for scale, d in zip(layer_scales, base.deviations, strict=True))
    return Network(tuple(weights), base.pixel_inputs, deviations)


def painted_network(settings: CPPNSettings) -> Network:
    """The network of stored weights, or of two of their pictures, on the straight line between them.

    `gain` and `output_gain` scale the weights: at their defaults the picture is as it was painted.
    """
    still = settings.replace(picture=0.0)
    parts = [(picture_network(still, n), share) for n, share in picture_shares(settings.picture)]
    (first, _), *others = parts
    return combined_network(parts, [np.float32(1)] * len(first.weights), np.float32(1)) if others else first


def picture_shares(picture: float) -> list[tuple[int, float]]:
    """Which pictures a number is between, and their shares; 1 together."""
    below, share = int(picture), picture % 1
    return [(below, 1 - share), (below + 1, share)] if share else [(below, 1.0)]


@lru_cache(maxsize=16)
def picture_network(settings: CPPNSettings, number: int) -> Network:
    """The network of a painted picture by its number, with features that bend it."""
    assert settings.weights is not None
    layers = settings.weights.painting.pictures[number]
    matrices = []
    for n, ((weight, bias), gain) in enumerate(zip(layers, settings.gains, strict=True)):
        matrix = np.column_stack((weight * (gain / DEFAULT_GAIN), bias)).astype(np.float64)
        if n < settings.layers:
            constant = np.zeros((1, matrix.shape[1]))
            constant[0, -1] = CONSTANT_INPUTS[activations_of(settings.layers)[n]]
            matrix = np.vstack((matrix, constant))
        matrices.append(matrix)
    bent = bends(matrices, settings) / (FEATURE_SCALE * DEFAULT_AUDIO_GAIN)
    matrices[0] = np.column_stack((matrices[0], bent))
    deviations = tuple(float(matrix.std()) for matrix in matrices)
    weights = tuple(matrix.astype(np.float32) for matrix in matrices)
    return Network(weights, 2 + settings.radius, deviations)
