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
from explorer.diagnostics.sampling import pixel_centers, random_times
from explorer.diagnostics.theory import Prediction, predict
from explorer.fields import FieldSettings, Grid
from explorer.fields.cppn.activations import activate
from explorer.fields.cppn.weights import Network
from explorer.rendering import FrameSettings

SATURATION_SLOPE = 0.1  # of an activation's steepest slope: below, a unit is saturated
INPUT_PAIRS = 64  # that a prediction is a mean over
MAX_SLOPES = {"sin": 1.0, "cos": 1.0, "gaussian": (2 / math.e) ** 0.5, "tanh": 1.0}

LayerValues = Float[torch.Tensor, "moments points _"]


@runtime_checkable
class Layered(Protocol):
    """A prepared field that has layers, such as `PreparedCPPN`."""

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
    rng, field = np.random.default_rng(seed), field.without_animation
    prepared = field.prepare(field.controls(track, random_times(track, frames, times, rng)))
    if not isinstance(prepared, Layered):
        return ()
    grid = Grid(*frames.size)
    xy = pixel_centers(grid, *(rng.integers(side, size=points) for side in frames.size))
    inputs = prepared.inputs(xy).astype(np.float64)
    with torch.inference_mode():
        *values, last = (z.double() for z in prepared.layers(torch.from_numpy(xy)))
        steps = prepared.inputs(xy + np.float32(grid.pixel)).astype(np.float64) - inputs
        lengths = [_mean_square(dz) for dz in _tangents(prepared.network, values, steps)]
        *predicted, end = _predict(prepared.network, inputs, steps, rng)
        hidden = [
            _hidden_signal(
                number, name, z, lengths[number] / max(lengths[number - 1], 1e-300), predicted[number - 1]
            )
            for number, (name, z) in enumerate(zip(prepared.network.activations, values, strict=True), 1)
        ]
        return (
            *hidden,
            LayerSignal(len(hidden) + 1, "sigmoid", _spread(last), _signal_spread(last), predicted=end),
        )


def _hidden_signal(number: int, name: str, z: LayerValues, chi: float, predicted: Prediction) -> LayerSignal:
    phi = activate(name, z)
    return LayerSignal(
        number,
        name,
        spread=_spread(z),
        signal=_signal_spread(z),
        mean=float(phi.mean()),
        activation_spread=_signal_spread(phi),
        saturated=float((_slope(name, z).abs() < SATURATION_SLOPE * MAX_SLOPES[name]).double().mean()),
        growth=chi,
        predicted=predicted,
    )


def _tangents(network: Network, values: list[LayerValues], steps: np.ndarray) -> list[LayerValues]:
    """The differences `steps` of inputs carried through every layer to first order, dz' = W phi'(z) dz."""
    first, *others = (torch.from_numpy(weight).double() for weight in network.weights)
    tangents = [torch.from_numpy(steps) @ first.T]
    for name, z, weight in zip(network.activations, values, others, strict=False):
        tangents.append((_slope(name, z) * tangents[-1]) @ weight.T)
    return tangents


def _predict(
    network: Network, inputs: np.ndarray, steps: np.ndarray, rng: np.random.Generator
) -> list[Prediction]:
    """Theory from the same inputs, paired at random, and the same small differences."""
    inputs, steps = (values.reshape(-1, values.shape[-1]) for values in (inputs, steps))
    first, second = rng.integers(len(inputs), size=(2, INPUT_PAIRS))
    one, other, step = inputs[first], inputs[second], steps[first]
    return predict(
        network.activations,
        [weight.shape[1] for weight in network.weights],
        network.deviations,
        np.stack([(one**2).sum(1), (other**2).sum(1)]),
        (one * other).sum(1),
        np.stack([(step**2).sum(1), (one * step).sum(1)]),
    )


def _slope(name: str, z: LayerValues) -> LayerValues:
    if name == "sin":
        return torch.cos(z)
    if name == "cos":
        return torch.sin(z)
    return 2 * z * torch.exp(-z * z) if name == "gaussian" else 1 - torch.tanh(z) ** 2


def _mean_square(z: LayerValues) -> float:
    return float((z**2).mean())


def _spread(z: LayerValues) -> float:
    return math.sqrt(_mean_square(z))


def _signal_spread(z: LayerValues) -> float:
    """sqrt of the mean over units of the variance over points and moments."""
    return math.sqrt(float(z.flatten(0, 1).var(dim=0).mean()))
