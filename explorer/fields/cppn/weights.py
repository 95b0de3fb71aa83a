"""The weights of a CPPN, drawn from its seed or its mixture of seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float32

from explorer.fields.cppn.settings import CPPNSettings

ACTIVATIONS = ("sin", "cos", "gaussian", "tanh")  # the cycle over hidden layers; gaussian is exp(-z^2)
OUTPUT_STREAM = 1000  # the output layer's random stream, whatever the depth


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
        return tuple(ACTIVATIONS[i % len(ACTIVATIONS)] for i in range(len(self.weights) - 1))

    @lru_cache(maxsize=2)  # noqa: B019 (networks are few and long-lived: `random_network` keeps 16)
    def on(self, device: torch.device) -> tuple[torch.Tensor, ...]:
        """The weights as tensors on a device, copied there once."""
        return tuple(torch.from_numpy(weight).to(device) for weight in self.weights)


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
        for seed, share in settings.terms:
            stream = np.random.RandomState([seed, OUTPUT_STREAM if last else layer])
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
