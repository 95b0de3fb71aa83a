"""What is wanted of pictures that follow music: pairs of features and metrics that should move together.

    correlation    -r of each pair, over sequences of consecutive moments, by its weight
    smoothness     mean square of the steps between parameters of consecutive frames (ranges as units)
    collapse       how far the spread of a pair's metric lies below its floor: a correlation alone is blind to
                   size, and the picture would freeze while r stays high
    rest           how far the mean of each parameter lies from its rest

Where a feature stands still a pair asks nothing, so that still passages may be still.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float32

from explorer.fields.julia.parameters import PARAMETERS

Values = Float32[torch.Tensor, "sequences moments"]
Shares = Float32[torch.Tensor, "sequences frames 7"]  # parameters, 0 = low and 1 = high


@dataclass(frozen=True)
class Pair:
    """A sum of features that a metric should follow (sign 1) or oppose (-1).

    `drives` are the parameters through which it can, `still` is the spread of the features below which
    nothing is asked, `floor` the spread that the metric should have.
    """

    features: tuple[str, ...]
    metric: str
    weight: float
    drives: tuple[str, ...]
    still: float
    floor: float
    sign: int = 1

    @property
    def name(self) -> str:
        """As in `flux+onset-change`."""
        return f"{'+'.join(self.features)}-{self.metric}"


PAIRS = (
    Pair(("rms",), "luminance", 1.0, ("brightness",), 0.01, 0.03),
    Pair(("rms",), "change", 0.3, ("speed", "turn"), 0.01, 0.001),
    Pair(("flux", "onset"), "change", 2.0, ("speed", "turn"), 0.05, 0.001),
    Pair(("zcr",), "edges", 2.6, ("zoom",), 0.005, 0.003),
    Pair(("centroid",), "detail", 0.2, ("zoom",), 0.005, 0.003),
    Pair(("centroid",), "hue", 2.2, ("hue",), 0.005, 0.06),
    Pair(("rms",), "variety", 0.2, ("saturation",), 0.01, 0.01),
)
STEP_WEIGHTS = {
    "distance": 50.0,
    "speed": 0.02,
    "zoom": 100.0,
    "turn": 0.02,
    "hue": 4.0,
    "saturation": 20.0,
    "brightness": 40.0,
}  # of smoothness
REST_WEIGHTS = {"turn": 5.0}  # the others 1; a picture that always turns makes dizzy
SMOOTHNESS, COLLAPSE, REST = 1.5, 2.0, 0.5


def correlation(a: Values, b: Values, still: float = 0.0) -> Float32[torch.Tensor, " sequences"]:
    """Pearson's r along each sequence, drawn to 0 where the spread of `a` is below `still`."""
    a, b = a - a.mean(dim=1, keepdim=True), b - b.mean(dim=1, keepdim=True)
    spread_a, spread_b = (a * a).mean(dim=1) + still**2, (b * b).mean(dim=1) + 1e-10
    return (a * b).mean(dim=1) / (spread_a * spread_b).sqrt()


def heard(pair: Pair, features: dict[str, Values]) -> Values:
    """The sum of a pair's features."""
    return torch.stack([features[name] for name in pair.features]).sum(dim=0)


def pair_loss(pair: Pair, features: dict[str, Values], metrics: dict[str, Values]) -> torch.Tensor:
    """-r of one pair, mean over sequences."""
    return -pair.sign * correlation(heard(pair, features), metrics[pair.metric], pair.still).mean()


def collapse_loss(pair: Pair, features: dict[str, Values], metrics: dict[str, Values]) -> torch.Tensor:
    """relu(1 - spread / floor) of a pair's metric, as far as its features move."""
    moving = heard(pair, features).var(dim=1)
    spread = (metrics[pair.metric].var(dim=1) + 1e-12).sqrt()
    return (torch.relu(1 - spread / pair.floor) * moving / (moving + pair.still**2)).mean()


def smoothness_loss(shares: Shares) -> torch.Tensor:
    """Mean square of steps between consecutive parameters."""
    weights = torch.tensor([STEP_WEIGHTS[parameter.name] for parameter in PARAMETERS])
    return (shares.diff(dim=1).square() * weights).mean()


def rest_loss(shares: Shares) -> torch.Tensor:
    """Mean square distance of the mean of each parameter from its rest, by its weight."""
    weights = torch.tensor([REST_WEIGHTS.get(parameter.name, 1.0) for parameter in PARAMETERS])
    rests = torch.tensor([(p.rest - p.low) / (p.high - p.low) for p in PARAMETERS])
    return ((shares.mean(dim=(0, 1)) - rests).square() * weights).mean()


def losses(
    features: dict[str, Values], metrics: dict[str, Values], shares: Shares
) -> dict[str, torch.Tensor]:
    """Every term by name, weighted; training lowers their sum."""
    terms = {pair.name: pair.weight * pair_loss(pair, features, metrics) for pair in PAIRS}
    terms["smoothness"] = SMOOTHNESS * smoothness_loss(shares)
    terms["collapse"] = COLLAPSE * torch.stack([collapse_loss(p, features, metrics) for p in PAIRS]).mean()
    terms["rest"] = REST * rest_loss(shares)
    return terms
