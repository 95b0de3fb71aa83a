"""The losses of training: features and image metrics that should move together, and what holds them back.

    correlation    -r of each pair, over sequences of consecutive moments, by its weight
    smoothness     mean square of the steps between parameters of consecutive frames (ranges as units)
    collapse       how far the spread of a pair's metric is below its floor: a correlation alone is blind to
                   size, and the picture would freeze while r stays high
    rest           distance of the mean of each parameter from its rest
    preference     how unlikely somebody prefers the pictures, of a taught field (`teaching.star_preference`)

Where a feature is constant its pair has no weight, so that quiet passages may be still.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float32

from explorer.fields.julia.parameters import PARAMETERS, Parameter

Values = Float32[torch.Tensor, "sequences moments"]
Columns = dict[str, Values]
Positions = Float32[
    torch.Tensor, "sequences frames parameters"
]  # of parameters in their ranges: 0 = low, 1 = high


@dataclass(frozen=True)
class FeatureMetricPair:
    """A sum of features that a metric should follow (sign 1) or oppose (-1).

    `parameters` are those through which it can. Below the spread `feature_floor` of the features the pair has
    no weight; `metric_floor` is the spread that the metric should have.
    """

    features: tuple[str, ...]
    metric: str
    weight: float
    parameters: tuple[str, ...]
    feature_floor: float
    metric_floor: float
    sign: int = 1

    @property
    def name(self) -> str:
        """As in `flux+onset-change`."""
        return f"{'+'.join(self.features)}-{self.metric}"


PAIRS = (
    FeatureMetricPair(("rms",), "luminance", 1.0, ("brightness",), 0.01, 0.03),
    FeatureMetricPair(("rms",), "change", 0.3, ("speed", "turn"), 0.01, 0.001),
    FeatureMetricPair(("flux", "onset"), "change", 2.0, ("speed", "turn"), 0.05, 0.001),
    FeatureMetricPair(("zcr",), "edges", 2.6, ("zoom",), 0.005, 0.003),
    FeatureMetricPair(("centroid",), "detail", 0.2, ("zoom",), 0.005, 0.003),
    FeatureMetricPair(("centroid",), "hue", 2.2, ("hue",), 0.005, 0.06),
    FeatureMetricPair(("rms",), "variety", 0.2, ("saturation",), 0.01, 0.01),
)
STEP_WEIGHTS = {
    "distance": 50.0,
    "speed": 0.02,
    "zoom": 100.0,
    "turn": 0.02,
    "hue": 4.0,
    "saturation": 20.0,
    "brightness": 40.0,
}  # in the smoothness term, of the parameters of a Julia set
STEP_WEIGHT = 12.0  # of other parameters
REST_WEIGHTS = {"turn": 5.0}  # the others 1; a picture that always turns makes viewers dizzy
SMOOTHNESS_WEIGHT, COLLAPSE_WEIGHT, REST_WEIGHT = 1.5, 2.0, 0.5


def correlation(a: Values, b: Values, floor: float = 0.0) -> Float32[torch.Tensor, " sequences"]:
    """Pearson's r along each sequence, pulled to 0 where the spread of `a` is below `floor`."""
    a, b = a - a.mean(dim=1, keepdim=True), b - b.mean(dim=1, keepdim=True)
    spread_a, spread_b = (a * a).mean(dim=1) + floor**2, (b * b).mean(dim=1) + 1e-10
    return (a * b).mean(dim=1) / (spread_a * spread_b).sqrt()


def feature_sum(pair: FeatureMetricPair, features: Columns) -> Values:
    """The sum of a pair's features."""
    return torch.stack([features[name] for name in pair.features]).sum(dim=0)


def pair_correlation(pair: FeatureMetricPair, features: Columns, metrics: Columns) -> torch.Tensor:
    """r of one pair along each sequence."""
    return correlation(feature_sum(pair, features), metrics[pair.metric], pair.feature_floor)


def pair_loss(pair: FeatureMetricPair, features: Columns, metrics: Columns) -> torch.Tensor:
    """-r of one pair in the direction of its sign, mean over sequences."""
    return -pair.sign * pair_correlation(pair, features, metrics).mean()


def collapse_loss(pair: FeatureMetricPair, features: Columns, metrics: Columns) -> torch.Tensor:
    """relu(1 - spread / floor) of a pair's metric, weighted by the variance of its features."""
    variance = feature_sum(pair, features).var(dim=1)
    spread = (metrics[pair.metric].var(dim=1) + 1e-12).sqrt()
    return (torch.relu(1 - spread / pair.metric_floor) * variance / (variance + pair.feature_floor**2)).mean()


def smoothness_loss(positions: Positions, parameters: tuple[Parameter, ...] = PARAMETERS) -> torch.Tensor:
    """Mean square of steps between consecutive parameters."""
    weights = torch.tensor([_step_weight(parameter) for parameter in parameters], device=positions.device)
    return (positions.diff(dim=1).square() * weights).mean()


def _step_weight(parameter: Parameter) -> float:
    is_of_julia = any(parameter is own for own in PARAMETERS)  # another field may have a zoom, too
    return STEP_WEIGHTS[parameter.name] if is_of_julia else STEP_WEIGHT


def rest_loss(positions: Positions, parameters: tuple[Parameter, ...] = PARAMETERS) -> torch.Tensor:
    """Mean square distance of the mean of each parameter from its rest, by its weight."""
    device = positions.device
    weights = torch.tensor([REST_WEIGHTS.get(parameter.name, 1.0) for parameter in parameters], device=device)
    rest_positions = torch.tensor([(p.rest - p.low) / (p.high - p.low) for p in parameters], device=device)
    return ((positions.mean(dim=(0, 1)) - rest_positions).square() * weights).mean()


def losses(
    features: Columns,
    metrics: Columns,
    positions: Positions,
    pairs: tuple[FeatureMetricPair, ...] = PAIRS,
    parameters: tuple[Parameter, ...] = PARAMETERS,
) -> dict[str, torch.Tensor]:
    """All terms by name, weighted; training minimizes their sum."""
    terms = {pair.name: pair.weight * pair_loss(pair, features, metrics) for pair in pairs}
    terms["smoothness"] = SMOOTHNESS_WEIGHT * smoothness_loss(positions, parameters)
    collapse = torch.stack([collapse_loss(pair, features, metrics) for pair in pairs]).mean()
    terms["collapse"] = COLLAPSE_WEIGHT * collapse
    terms["rest"] = REST_WEIGHT * rest_loss(positions, parameters)
    return terms
