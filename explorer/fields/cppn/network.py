"""The network itself: weights from a seed, and the reference that every kernel is tested against."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.base import Controls
from explorer.fields.cppn.settings import CPPN
from explorer.fields.palette_torch import paint

ACTIVATIONS = ("sin", "cos", "gaussian", "tanh")  # the cycle over hidden layers; gaussian is exp(-z^2)
OUTPUT_STREAM = 1000  # the output layer's random stream, whatever the depth
FEATURE_SCALE = 0.05  # as published: features enter at 0.05 x audio_gain


@dataclass(frozen=True, eq=False)
class Network:
    """Weights of every layer, first to last, as (fan_out, fan_in) matrices; all biases are zero.

    Inputs come in the order x, y, [radius], time, features.
    """

    weights: tuple[Float32[np.ndarray, "_ _"], ...]  # (fan_out, fan_in)
    placed: int  # how many inputs depend on the pixel; the rest are the controls
    deviations: tuple[float, ...]  # of the distributions that each layer's weights were drawn from

    @property
    def activations(self) -> tuple[str, ...]:
        """One name per hidden layer."""
        return tuple(ACTIVATIONS[i % len(ACTIVATIONS)] for i in range(len(self.weights) - 1))

    @lru_cache(maxsize=2)  # noqa: B019 (networks are few and long-lived: `build` keeps 16)
    def on(self, device: torch.device) -> tuple[torch.Tensor, ...]:
        """The weights as tensors on a device, moved there once."""
        return tuple(torch.from_numpy(weight).to(device) for weight in self.weights)


@lru_cache(maxsize=16)
def build(field: CPPN) -> Network:
    """Xavier-uniform weights: U(-b, b), b = gain sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010).

    Each layer draws from a stream of its own, so one more layer or another gain leaves the others' draws
    alone. RandomState is used because its streams are frozen for ever (NumPy NEP 19).
    """
    weights, deviations = [], []
    shapes = field.fans
    for layer, (fan_in, fan_out) in enumerate(shapes):
        last = layer == len(shapes) - 1
        stream = np.random.RandomState([field.seed, OUTPUT_STREAM if last else layer])
        bound = field.gains[layer] * math.sqrt(6 / (fan_in + fan_out))
        weights.append(stream.uniform(-bound, bound, (fan_out, fan_in)).astype(np.float32))
        deviations.append(bound / math.sqrt(3))
    return Network(tuple(weights), 2 + field.radius, tuple(deviations))


def place(field: CPPN, xy: Float[torch.Tensor, "points 2"]) -> Float32[torch.Tensor, "inputs points"]:
    """Rows x, y[, radius] of the network's input: folded by the symmetry, scaled by `coord_scale`.

    n-fold symmetry reflects the angle into one sector of width pi / n, so every sector is a mirror image
    of its neighbours and there is no seam. Computed in double precision, rounded once.
    """
    x, y = xy.double().unbind(1)
    radius = torch.hypot(x, y)
    if field.symmetry == 1:
        x = x.abs()
    elif field.symmetry > 1:
        sector = 2 * math.pi / field.symmetry
        angle = ((torch.atan2(y, x) + sector / 2) % sector - sector / 2).abs()
        x, y = radius * torch.cos(angle), radius * torch.sin(angle)
    rows = (x, y, radius) if field.radius else (x, y)
    return (torch.stack(rows) * field.coord_scale).float()


class PreparedCPPN:
    """A CPPN at some moments: time and features are one bias of the first layer per moment."""

    def __init__(self, field: CPPN, controls: Controls, network: Network | None = None) -> None:
        self.field = field
        self.network = network or build(field)
        scale = np.r_[1.0, np.full(len(field.features), FEATURE_SCALE * field.audio_gain)]
        weights = self.network.weights[0][:, self.network.placed :].astype(np.float64)
        self.controls = controls.values * scale
        # summed over the last axis moment by moment: no matrix product whose order depends on their number
        rows = self.controls[:, None, :] * weights
        self.bias: Float32[np.ndarray, "moments hidden"] = rows.sum(-1).astype(np.float32)

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. The first layer is float32: coordinates in half precision are too coarse."""
        placed = place(self.field, xy)
        return self.evaluate(placed, torch.from_numpy(self.bias).to(xy.device), dtype)

    def evaluate(
        self,
        placed: Float[torch.Tensor, "inputs points"],
        bias: Float[torch.Tensor, "moments hidden"],
        dtype: torch.dtype,
    ) -> Float[torch.Tensor, "moments points 3"]:
        """The network at placed points, on their device."""
        for z in self._pre_activations(placed, bias, dtype):  # one at a time: only the last is kept
            last = z
        return paint(torch.sigmoid(last.float()), self.field.palette)

    def layers(
        self, xy: Float[torch.Tensor, "points 2"]
    ) -> Iterator[Float[torch.Tensor, "moments points _"]]:
        """The pre-activations of every layer at points `xy`, the output layer last; for diagnostics."""
        bias = torch.from_numpy(self.bias).to(xy.device)
        yield from self._pre_activations(place(self.field, xy), bias, torch.float32)

    def inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float[np.ndarray, "moments points inputs"]:
        """What enters the first layer, in the order x, y, [radius], time, features."""
        placed = place(self.field, torch.from_numpy(xy)).numpy().T
        shape = (len(self.controls), len(placed))
        return np.concatenate(
            (
                np.broadcast_to(placed[None], (*shape, placed.shape[1])),
                np.broadcast_to(self.controls[:, None], (*shape, self.controls.shape[1])),
            ),
            axis=-1,
        )

    def _pre_activations(
        self, placed: torch.Tensor, bias: torch.Tensor, dtype: torch.dtype
    ) -> Iterator[torch.Tensor]:
        first, *others = self.network.on(placed.device)
        z = (placed.T @ first[:, : self.network.placed].T)[None] + bias[:, None, :]
        yield z
        for name, weight in zip(self.network.activations, others, strict=True):
            z = activate(name, z).to(dtype) @ weight.T.to(dtype)
            yield z

    def kernel(self, dtype: torch.dtype) -> str:
        """See `Prepared.kernel`: narrow-f32, wide-f32 or, for drafts of wide networks, wide-bf16."""
        from explorer.fields.cppn import engine  # compiled code: loaded when the first pixel is wanted

        return engine.kernel_name(self.field.hidden, dtype)

    def draw(
        self,
        moment: int,
        placed: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`. `pixel` plays no part: a CPPN is drawn at the centres of pixels."""
        from explorer.fields.cppn import engine

        engine.draw(self.network, self.field.palette, self.bias[moment], placed, out, dtype)


def activate(name: str, z: torch.Tensor) -> torch.Tensor:
    """One of `ACTIVATIONS` on a tensor of pre-activations."""
    if name == "sin":
        return torch.sin(z)
    if name == "cos":
        return torch.cos(z)
    return torch.exp(-z * z) if name == "gaussian" else torch.tanh(z)
