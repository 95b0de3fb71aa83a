"""The signal inside a layered field, layer by layer, beside what theory predicts for it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float

from explorer.audio import FeatureTrack
from explorer.diagnostics.sampling import centres, moments
from explorer.diagnostics.theory import Prediction, predict
from explorer.fields import FieldSettings, Grid
from explorer.fields.cppn.network import activate
from explorer.fields.cppn.weights import Network
from explorer.rendering import FrameSettings

FLAT = 0.1  # of an activation's steepest slope: below, a unit is saturated
PAIRS = 64  # of inputs that a prediction is a mean over
STEEPEST = {"sin": 1.0, "cos": 1.0, "gaussian": (2 / np.e) ** 0.5, "tanh": 1.0}

Batch = Float[torch.Tensor, "moments points _"]


@runtime_checkable
class Layered(Protocol):
    """What a prepared field offers when it has layers: `PreparedCPPN` does."""

    network: Network

    def inputs(self, xy: Any) -> Any: ...
    def layers(self, xy: Any) -> Iterator[Any]: ...


@dataclass(frozen=True)
class LayerSignal:
    """One layer: z are its pre-activations over units, points and moments, phi its activation.

        spread             sqrt E[z^2]
        signal             sqrt E[Var z], the variance of a unit over points and moments: what is left to see
        mean               E[phi(z)]
        activation_spread  sqrt E[Var phi(z)], again over points and moments
        saturated          share of phi(z) whose slope is below a tenth of the steepest
        growth             chi, by which the squared length of an infinitesimal difference between pixels
                           grows from this layer's z to the next layer's: below 1 it dies

    The output layer has `spread` and `signal` alone: the sigmoid and the palette follow it.
    """

    number: int
    activation: str
    spread: float
    signal: float
    mean: float | None = None
    activation_spread: float | None = None
    saturated: float | None = None
    growth: float | None = None
    predicted: Prediction | None = None

    @property
    def name(self) -> str:
        """'layer 2 (cos)', or 'output layer'."""
        return f"layer {self.number} ({self.activation})" if self.growth is not None else "output layer"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def layer_signals(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    seed: int,
    times: int,
    points: int,
) -> tuple[LayerSignal, ...]:
    """Every layer of a field at `times` moments of the recipe and `points` pixels; empty without layers."""
    draws, field = np.random.default_rng(seed), field.without_animation
    prepared = field.prepare(field.controls(track, moments(track, frames, times, draws)))
    if not isinstance(prepared, Layered):
        return ()
    grid = Grid(*frames.size)
    xy = centres(grid, *(draws.integers(side, size=points) for side in frames.size))
    inputs = prepared.inputs(xy).astype(np.float64)
    with torch.inference_mode():
        *values, last = (z.double() for z in prepared.layers(torch.from_numpy(xy)))
        beside = prepared.inputs(xy + np.float32(grid.pixel)).astype(np.float64) - inputs
        lengths = [_square(dz) for dz in _tangents(prepared.network, values, beside)]
        *expected, end = _predicted(prepared.network, inputs, beside, draws)
        hidden = [
            _signal(number, name, z, lengths[number] / max(lengths[number - 1], 1e-300), expected[number - 1])
            for number, (name, z) in enumerate(zip(prepared.network.activations, values, strict=True), 1)
        ]
        return (*hidden, LayerSignal(len(hidden) + 1, "sigmoid", _root(last), _varied(last), predicted=end))


def _signal(number: int, name: str, z: Batch, chi: float, predicted: Prediction) -> LayerSignal:
    phi = activate(name, z)
    return LayerSignal(
        number,
        name,
        spread=_root(z),
        signal=_varied(z),
        mean=float(phi.mean()),
        activation_spread=_varied(phi),
        saturated=float((_slope(name, z).abs() < FLAT * STEEPEST[name]).double().mean()),
        growth=chi,
        predicted=predicted,
    )


def _tangents(network: Network, values: list[Batch], beside: np.ndarray) -> list[Batch]:
    """The differences `beside` of inputs carried through every layer to first order, dz' = W phi'(z) dz."""
    first, *others = (torch.from_numpy(weight).double() for weight in network.weights)
    carried = [torch.from_numpy(beside) @ first.T]
    for name, z, weight in zip(network.activations, values, others, strict=False):
        carried.append((_slope(name, z) * carried[-1]) @ weight.T)
    return carried


def _predicted(
    network: Network, inputs: np.ndarray, beside: np.ndarray, draws: np.random.Generator
) -> list[Prediction]:
    """Theory from the same inputs, paired at random, and the same small differences."""
    every, steps = (values.reshape(-1, values.shape[-1]) for values in (inputs, beside))
    chosen, others = draws.integers(len(every), size=(2, PAIRS))
    one, other, step = every[chosen], every[others], steps[chosen]
    return predict(
        network.activations,
        [weight.shape[1] for weight in network.weights],
        network.deviations,
        np.stack([(one**2).sum(1), (other**2).sum(1)]),
        (one * other).sum(1),
        np.stack([(step**2).sum(1), (one * step).sum(1)]),
    )


def _slope(name: str, z: Batch) -> Batch:
    if name == "sin":
        return torch.cos(z)
    if name == "cos":
        return torch.sin(z)
    return 2 * z * torch.exp(-z * z) if name == "gaussian" else 1 - torch.tanh(z) ** 2


def _square(z: Batch) -> float:
    return float((z**2).mean())


def _root(z: Batch) -> float:
    return math.sqrt(_square(z))


def _varied(z: Batch) -> float:
    """sqrt of the mean over units of the variance over points and moments."""
    return math.sqrt(float(z.flatten(0, 1).var(dim=0).mean()))
