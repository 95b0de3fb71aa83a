"""Which pairs a field can express at all, before anything is trained.

Each parameter is moved through its range while the others rest, at some moments. The spread of a metric along
the range, divided by the spread that a pair should have (its `metric_floor`), is the effect of the parameter.
Of `change` it is what a step of a fifth of the range does. A pair that no parameter moves by `MIN_EFFECT`
cannot be learned.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import torch

from explorer.errors import SettingsError
from explorer.fields.julia.parameters import Parameter
from explorer.learn.losses import FeatureMetricPair
from explorer.learn.teaching.pictures import FieldPictures, picture_metrics

STEPS = 6  # values along a range
MOMENTS = np.array([1.0, 9.0, 23.0, 41.0, 67.0])  # seconds
MIN_EFFECT = 0.5
MAX_PARAMETERS = 6  # that are taught: those with the largest effects

Effects = dict[str, dict[str, float]]  # of a pair, of each parameter


class Sensitivity(NamedTuple):
    """The effects of parameters on pairs, 1 being enough."""

    effects: Effects

    @property
    def expressible(self) -> tuple[str, ...]:
        """The pairs that some parameter can move."""
        return tuple(name for name, row in self.effects.items() if max(row.values()) >= MIN_EFFECT)

    def strongest(self, pair: str) -> tuple[str, float]:
        """The parameter with the largest effect on a pair, and the effect."""
        return max(self.effects[pair].items(), key=lambda item: item[1])

    def lines(self) -> list[str]:
        """What is said before training: a line for each pair."""
        lines = []
        for pair in self.effects:
            name, effect = self.strongest(pair)
            words = "" if pair in self.expressible else ": this field cannot express it, so it is left out"
            lines.append(f"{pair:<20}{effect:>7.2f} by {name}{words}")
        return lines


def measure_sensitivity(pictures: FieldPictures, pairs: Iterable[FeatureMetricPair]) -> Sensitivity:
    """Draw each parameter along its range, and measure what it does to each pair."""
    parameters = pictures.parameters
    rest = np.array([rest_position(p) for p in parameters], np.float32)
    shares = np.linspace(0, 1, STEPS, dtype=np.float32)
    rows = np.tile(rest, (len(parameters), len(MOMENTS), STEPS, 1))
    for place in range(len(parameters)):
        rows[place, :, :, place] = shares
    times = np.broadcast_to(MOMENTS[:, None], rows.shape[:3])
    images = torch.from_numpy(pictures.draw(rows.reshape(-1, len(parameters)), times.ravel()))
    metrics = picture_metrics(images.view(-1, STEPS, *images.shape[1:]))  # (parameters x moments, steps)
    effects: Effects = {}
    for pair in pairs:
        values = metrics[pair.metric]
        spread = values.mean(dim=1) if pair.metric == "change" else values.std(dim=1)
        by_parameter = spread.view(len(parameters), len(MOMENTS)).mean(dim=1) / pair.metric_floor
        effects[pair.name] = {
            p.name: round(float(effect), 3) for p, effect in zip(parameters, by_parameter, strict=True)
        }
    return Sensitivity(effects)


def rest_position(parameter: Parameter) -> float:
    """Where a parameter rests in its range, from 0 to 1."""
    return (parameter.rest - parameter.low) / (parameter.high - parameter.low)


def strongest_parameters(
    parameters: tuple[Parameter, ...], sensitivity: Sensitivity, count: int = MAX_PARAMETERS
) -> tuple[Parameter, ...]:
    """At most `count` parameters, of each pair in turn the one with the next largest effect."""
    ranks = [
        sorted(sensitivity.effects[pair], key=lambda name, row=sensitivity.effects[pair]: -row[name])  # type: ignore[misc]
        for pair in sensitivity.expressible
    ]
    order = dict.fromkeys(name for rank in zip(*ranks, strict=True) for name in rank)
    names = set(list(order)[:count])
    return tuple(parameter for parameter in parameters if parameter.name in names)


def check_expressible(field_kind: str, sensitivity: Sensitivity) -> None:
    """Raise SettingsError where a field can express none of the pairs."""
    if not sensitivity.expressible:
        tried = ", ".join(sensitivity.effects)
        raise SettingsError(
            f"the field '{field_kind}' can express none of {tried}: nothing that moves it changes these "
            "measures; name other pairs (--pairs), or another look"
        )
