"""The gains and numbers of layers at which mean-field theory expects a CPPN to turn static or noisy.

The theory of `explorer.diagnostics.theory` gives the Gaussian pre-activations of the output layer, variance q
and covariance c, for pairs of inputs. Through the sigmoid s(z) = (1 + tanh(z / 2)) / 2 the mean squared
difference of the colors of a pair becomes

    D = (T(q) - T(c)) / 2,  T(c) = E[tanh(u / 2) tanh(v / 2)]

and from D of two moments at one point, of neighboring pixels, of consecutive frames and of any two points
and moments follow the measures that decide a verdict. It holds for wide networks; narrow ones scatter about
it. The effect of a palette on the colors is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio import FeatureTrack
from explorer.diagnostics.sampling import combine_controls, pixel_centers, random_times
from explorer.diagnostics.theory import mean_product, predict
from explorer.diagnostics.verdict import (
    NOISY_FRAME_CORRELATION,
    NOISY_NEIGHBOR_CORRELATION,
    STATIC_SPEED,
    STATIC_VARIANCE,
    Facts,
)
from explorer.fields import CPPN, Controls, FieldSettings, Grid
from explorer.fields.cppn.activations import ACTIVATIONS
from explorer.fields.cppn.drawing import PreparedCPPN
from explorer.rendering import FrameSettings

GAIN_STEPS = 21  # gains from the first to the last
INPUT_PAIRS = 4000
FRAME_BINS = 4  # of consecutive frames by their distance: music makes most alike and a few very different

Inputs = Float64[np.ndarray, "pairs inputs"]
PairMoments = tuple[
    Float64[np.ndarray, "2 1"], Float64[np.ndarray, " 1"]
]  # squares and products, see `predict`
PairStatistics = dict[str, list[PairMoments]]


@dataclass(frozen=True, eq=False)
class Boundary:
    """Theory over gains and numbers of layers; both are 0 where a verdict changes.

    `life` is the decimal logarithm by which the variance over time or with the music, or the speed, exceeds
    what is static; `order` by how much the correlation of neighboring pixels or of consecutive frames
    exceeds what is noisy; whichever is less.
    """

    gains: tuple[float, ...]
    layers: tuple[int, ...]
    life: Float64[np.ndarray, "layers gains"]
    order: Float64[np.ndarray, "layers gains"]


def theoretical_boundary(
    field: FieldSettings,
    track: FeatureTrack,
    frames: FrameSettings,
    axes: Sequence[tuple[str, Sequence[Any]]],
    seed: int = 0,
) -> Boundary | None:
    """Theory for the field's other settings over a finer grid of gains; None for other fields or axes."""
    values = dict(axes)
    if not isinstance(field, CPPN) or set(values) != {"gain", "layers"}:
        return None
    gains = np.geomspace(min(values["gain"]), max(values["gain"]), GAIN_STEPS)
    layers = sorted(set(values["layers"]))
    pairs = typical_pairs(field, track, frames, np.random.default_rng(seed))
    facts = [[expected_facts(field.replace(gain=g, layers=n), pairs, frames) for g in gains] for n in layers]
    return Boundary(
        tuple(gains.tolist()),
        tuple(layers),
        life=np.array([[_life(cell) for cell in row] for row in facts]),
        order=np.array([[_order(cell) for cell in row] for row in facts]),
    )


def expected_facts(field: CPPN, pairs: PairStatistics, frames: FrameSettings) -> Facts:
    """The measures that decide a verdict, by theory; saturation is left at 0."""
    difference = {kind: _difference(field, moments) for kind, moments in pairs.items()}

    def correlation(near: str, far: str) -> float:
        return 1 - difference[near] / difference[far] if difference[far] > 0 else 1.0

    return Facts(
        space=difference["place"] / 2,
        time=difference["time"] / 2,
        audio=difference["audio"] / 2,
        neighbor=correlation("pixel", "place"),
        frame=correlation("frame", "all"),
        saturated=0.0,
        speed=float(255 * np.sqrt(difference["frame"]) * frames.fps),
    )


def typical_pairs(
    field: CPPN, track: FeatureTrack, frames: FrameSettings, rng: np.random.Generator
) -> PairStatistics:
    """Pairs of inputs that differ in one respect; they depend on neither gain nor layers."""
    field = field.without_animation
    grid = Grid(*frames.size)
    columns, rows = (rng.integers(side - 1, size=INPUT_PAIRS) for side in frames.size)
    here, right = pixel_centers(grid, columns, rows), pixel_centers(grid, columns + 1, rows)
    away = here[rng.permutation(INPUT_PAIRS)]
    times, others = (random_times(track, frames, INPUT_PAIRS, rng) for _ in range(2))
    now, other = field.controls(track, times), field.controls(track, others)
    after = field.controls(track, times + float(1 / frames.fps))
    one = _inputs(field, now, here)
    different = {
        "pixel": (now, right),
        "place": (now, away),
        "time": (combine_controls(other, now), here),
        "audio": (combine_controls(now, other), here),
        "frame": (after, here),
        "all": (other, away),
    }
    return {
        kind: _pair_moments(one, _inputs(field, *second), FRAME_BINS if kind == "frame" else 1)
        for kind, second in different.items()
    }


def _inputs(field: CPPN, controls: Controls, xy: Float32[np.ndarray, "pairs 2"]) -> Inputs:
    """The inputs of the network, one point for each moment."""
    prepared = PreparedCPPN(field.replace(hidden=1, layers=1), controls)
    return np.hstack((field.pixel_inputs(xy).T, prepared.controls)).astype(np.float64)


def _pair_moments(one: Inputs, other: Inputs, bins: int = 1) -> list[PairMoments]:
    """Pairs in equal parts by their distance, and the mean of each part."""
    distances = ((one - other) ** 2).sum(1)
    parts = np.array_split(np.argsort(distances, kind="stable"), bins)
    squares = np.stack([(one**2).sum(1), (other**2).sum(1)])
    means = [squares[:, part].mean(axis=1, keepdims=True) for part in parts]
    return [
        (square, square.mean(axis=0) - distances[part].mean() / 2)
        for square, part in zip(means, parts, strict=True)
    ]


def _difference(field: CPPN, moments: list[PairMoments]) -> float:
    """D, the mean over the bins."""
    shapes = zip(field.gains, field.fans, strict=True)
    deviations = [gain * (2 / (fan_in + fan_out)) ** 0.5 for gain, (fan_in, fan_out) in shapes]
    fans_in = [fan_in for fan_in, _ in field.fans]
    names = [ACTIVATIONS[n % len(ACTIVATIONS)] for n in range(field.layers)]
    differences = []
    for squares, products in moments:
        end = predict(names, fans_in, deviations, squares, products)[-1]
        q, c = np.array([end.spread**2]), np.array([end.spread**2 - end.signal**2])
        differences.append(
            mean_product("tanh", q / 4, q / 4, q / 4) - mean_product("tanh", q / 4, q / 4, c / 4)
        )
    return float(np.mean(differences) / 2)


def _life(facts: Facts) -> float:
    return float(np.log10(max(1e-12, min(facts.motion / STATIC_VARIANCE, facts.speed / STATIC_SPEED))))


def _order(facts: Facts) -> float:
    return min(facts.neighbor - NOISY_NEIGHBOR_CORRELATION, facts.frame - NOISY_FRAME_CORRELATION)
