"""A model of preference: Bradley & Terry, "Rank analysis of incomplete block designs", Biometrika 39 (1952).

    P(a is preferred to b) = 1 / (1 + exp(-w . (z(a) - z(b))))

with z the standardized measures of a look and w drawn from N(0, PRIOR_DEVIATION^2): logistic regression on
differences, without an intercept. A look that was preferred to n others at once counts as one judgement: each
of its n pairs weighs 1/n. The posterior of w is taken as normal around its maximum (Laplace), which gives
scores their intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from explorer.diagnostics.measure import Measure
from explorer.evolution.taste.judgements import Judgement
from explorer.evolution.taste.look_features import Features

PRIOR_DEVIATION = 1.0
NORMAL_95 = 1.959963985  # deviations within which 95 % of a normal distribution are
MIN_DEVIATION = 1e-3  # of a measure among the looks; one that hardly differs says nothing
FOLDS = 10


@dataclass(frozen=True, eq=False)
class Pairs:
    """Differences of measures, winner less loser; the weight of each, and which judgement it is of."""

    differences: Float64[np.ndarray, "pairs measures"]
    weights: Float64[np.ndarray, " pairs"]
    groups: Int64[np.ndarray, " pairs"]


@dataclass(frozen=True, eq=False)
class Preference:
    """A fitted model: `weights` of the standardized measures, and their covariance."""

    mean: Features
    deviation: Features
    weights: Features
    covariance: Float64[np.ndarray, "measures measures"]

    def score(self, features: Features) -> Measure:
        """How likely a look is preferred to an average one that was judged, with a 95 % interval."""
        z = (features - self.mean) / self.deviation
        value, spread = float(z @ self.weights), float(np.sqrt(z @ self.covariance @ z))
        return Measure(*(_logistic(value + n * NORMAL_95 * spread) for n in (0, -1, 1)))

    def scores(self, features: Float64[np.ndarray, "looks measures"]) -> Float64[np.ndarray, " looks"]:
        """The values of `score` for many looks."""
        values = (features - self.mean) / self.deviation @ self.weights
        return np.asarray(1 / (1 + np.exp(-values)), np.float64)


def pairs_of(judgements: Sequence[Judgement]) -> Pairs:
    """Every winner with every loser."""
    differences, weights, groups = [], [], []
    for number, judgement in enumerate(judgements):
        parts = (judgement.winners[:, None] - judgement.losers).reshape(-1, judgement.winners.shape[1])
        differences.append(parts)
        weights += [1 / len(judgement.losers)] * len(parts)
        groups += [number] * len(parts)
    return Pairs(np.concatenate(differences), np.array(weights), np.array(groups, np.int64))


def fit(judgements: Sequence[Judgement]) -> Preference:
    """The most probable model for some judgements."""
    looks = np.concatenate([part for each in judgements for part in (each.winners, each.losers)])
    shares = np.concatenate(
        [np.full(len(part), 1 / len(part)) for each in judgements for part in (each.winners, each.losers)]
    )
    mean = np.average(looks, axis=0, weights=shares)
    spread = np.sqrt(np.average((looks - mean) ** 2, axis=0, weights=shares))
    deviation = np.where(spread < MIN_DEVIATION, np.inf, spread)
    pairs = pairs_of(judgements)
    x = pairs.differences / deviation
    weights = _maximum(x, pairs.weights)
    p = 1 / (1 + np.exp(-x @ weights))
    hessian = (x * (pairs.weights * p * (1 - p))[:, None]).T @ x + np.eye(len(weights)) / PRIOR_DEVIATION**2
    return Preference(mean, deviation, weights, np.linalg.inv(hessian))


def cross_validation(judgements: Sequence[Judgement]) -> Measure | None:
    """The share of judgements that are right when the model has not seen them, with a 95 % interval.

    Whole judgements are left out, a tenth of them at a time. The interval is that of Wilson (1927). None
    for fewer than two judgements.
    """
    if len(judgements) < 2:
        return None
    right = np.zeros(0)
    weights = np.zeros(0)
    order = np.random.RandomState(0).permutation(len(judgements))
    for fold in np.array_split(order, min(FOLDS, len(judgements))):
        model = fit([judgements[n] for n in order if n not in fold])
        pairs = pairs_of([judgements[n] for n in fold])
        margin = pairs.differences / model.deviation @ model.weights
        right = np.append(right, np.where(margin == 0, 0.5, margin > 0))
        weights = np.append(weights, pairs.weights)
    return _wilson(float(right @ weights), float(weights.sum()))


def _maximum(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weights of a logistic regression: each pair once as it is and once turned around."""
    from sklearn.linear_model import LogisticRegression  # slow to load

    model = LogisticRegression(
        C=PRIOR_DEVIATION**2, fit_intercept=False, solver="newton-cholesky", max_iter=1000
    )
    halves = np.concatenate([weights, weights]) / 2
    model.fit(np.concatenate([x, -x]), np.repeat([1, 0], len(x)), sample_weight=halves)
    return np.asarray(model.coef_[0], np.float64)


def _wilson(right: float, count: float) -> Measure:
    share, z = right / count, NORMAL_95
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return Measure(share, float(max(0.0, middle - half)), float(min(1.0, middle + half)))


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
