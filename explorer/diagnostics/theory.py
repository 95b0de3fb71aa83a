"""What mean-field theory predicts for a wide random network: how signal and small differences travel.

With weights drawn independently with mean 0 and standard deviation s, and n inputs to a layer, the
pre-activations of two inputs a and b are Gaussian with

    first layer    q_a = s^2 |a|^2              c = s^2 a.b
    every other    q_a = n s^2 E[phi(z_a)^2]    c = n s^2 E[phi(z_a) phi(z_b)]

where (z_a, z_b) is Gaussian with variances q_a, q_b and covariance c of the layer before. A small
difference d of a becomes dz, Gaussian together with z_a: with t = E[dz^2] and k = E[z dz], which start as
s^2 |d|^2 and s^2 a.d,

    t' = n s^2 ((k / q)^2 E[phi'(z)^2 z^2] + (t - k^2 / q) E[phi'(z)^2])    k' = n s^2 k dE[phi(z)^2] / dq

t' / t is the growth chi: below 1 differences die, far above 1 they end as noise. Where d is orthogonal to a,
k = 0 and chi = n s^2 E[phi'(z)^2], the form in the papers below; a step to the next pixel is not. With Xavier
gain g and equal widths n s^2 = g^2.

Poole et al., "Exponential expressivity in deep neural networks through transient chaos", NIPS 2016;
Schoenholz et al., "Deep information propagation", ICLR 2017; Lee et al., "Deep neural networks as Gaussian
processes", ICLR 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

Numbers = Float64[np.ndarray, " pairs"]

MAX_DEVIATION, NODES = 7.0, 141  # of the quadrature of tanh: standard deviations, and points over them


@dataclass(frozen=True)
class Prediction:
    """The theory of one layer; `layers.LayerSignal` says what the numbers mean."""

    spread: float
    signal: float
    mean: float | None
    activation_spread: float | None
    growth: float | None


def predict(
    activations: Sequence[str],
    fan_in: Sequence[int],
    weights: Sequence[float],
    squares: Float64[np.ndarray, "2 pairs"],
    products: Numbers,
    steps: Float64[np.ndarray, "2 pairs"] | None = None,
) -> list[Prediction]:
    """One prediction a layer, the output layer last, for any depth, width, gain and activations.

    `activations` has a name for each hidden layer; `fan_in` and `weights` (standard deviations) have one
    number for each layer and the output layer. `squares` are |a|^2 and |b|^2, `products` a.b, of pairs of
    inputs drawn independently: predictions are means over them. `steps` are |d|^2 and a.d of small
    differences d; without it, they are orthogonal to a.
    """
    q, c = weights[0] ** 2 * squares, weights[0] ** 2 * products
    t, k = weights[0] ** 2 * steps if steps is not None else (np.ones_like(c), np.zeros_like(c))
    predictions = []
    for layer, name in enumerate(activations):
        scale = fan_in[layer + 1] * weights[layer + 1] ** 2
        together = mean_product(name, q[0], q[1], c)
        alone = mean_square(name, q)
        grown, k = scale * _tangent_square(name, q[0], t, k), scale * k * square_slope(name, q[0])
        predictions.append(
            Prediction(
                *_spreads(q, c),
                mean=float(mean(name, q).mean()),
                activation_spread=_root(alone.mean() - together.mean()),
                growth=float(grown.mean() / max(t.mean(), np.finfo(float).tiny)),
            )
        )
        q, c, t = scale * alone, scale * together, grown
    return [*predictions, Prediction(*_spreads(q, c), None, None, None)]


def _spreads(q: Float64[np.ndarray, "2 pairs"], c: Numbers) -> tuple[float, float]:
    return _root(q.mean()), _root(q.mean() - c.mean())


def _root(variance: float) -> float:
    return float(np.sqrt(max(0.0, float(variance))))


def mean_square(name: str, q: np.ndarray) -> np.ndarray:
    """E[phi(z)^2] for z ~ N(0, q): sin (1 - e^(-2q)) / 2, cos (1 + e^(-2q)) / 2, gaussian 1 / sqrt(1 + 4q).

    tanh by quadrature.
    """
    if name == "sin":
        return np.asarray(-np.expm1(-2 * q) / 2)
    if name == "cos":
        return np.asarray((1 + np.exp(-2 * q)) / 2)
    if name == "gaussian":
        return np.asarray(1 / np.sqrt(1 + 4 * q))
    nodes, shares = _normal()
    return np.asarray(np.tanh(np.sqrt(q)[..., None] * nodes) ** 2 @ shares)


def mean_product(name: str, qa: Numbers, qb: Numbers, c: Numbers) -> Numbers:
    """E[phi(z_a) phi(z_b)] for Gaussian z_a, z_b with variances qa, qb and covariance c.

    sin: e^(-(qa + qb) / 2) sinh c; cos: with cosh; gaussian: 1 / sqrt((1 + 2qa)(1 + 2qb) - 4c^2);
    tanh: by quadrature.
    """
    middle = (qa + qb) / 2
    if name == "sin":
        return np.asarray((np.exp(c - middle) - np.exp(-c - middle)) / 2)
    if name == "cos":
        return np.asarray((np.exp(c - middle) + np.exp(-c - middle)) / 2)
    if name == "gaussian":
        return np.asarray(1 / np.sqrt(np.maximum((1 + 2 * qa) * (1 + 2 * qb) - 4 * c**2, 1e-300)))
    return _tanh_product(qa, qb, c)


def mean(name: str, q: np.ndarray) -> np.ndarray:
    """E[phi(z)]: cos e^(-q/2), gaussian 1 / sqrt(1 + 2q), 0 for the odd ones."""
    if name == "cos":
        return np.asarray(np.exp(-q / 2))
    return np.asarray(1 / np.sqrt(1 + 2 * q)) if name == "gaussian" else np.zeros_like(q)


def mean_squared_slope(name: str, q: np.ndarray) -> np.ndarray:
    """E[phi'(z)^2]: sin (1 + e^(-2q)) / 2, cos (1 - e^(-2q)) / 2, gaussian 4q (1 + 4q)^(-3/2).

    tanh by quadrature.
    """
    if name == "sin":
        return np.asarray((1 + np.exp(-2 * q)) / 2)
    if name == "cos":
        return np.asarray(-np.expm1(-2 * q) / 2)
    if name == "gaussian":
        return np.asarray(4 * q * (1 + 4 * q) ** -1.5)
    nodes, shares = _normal()
    return np.asarray(((1 - np.tanh(np.sqrt(q)[..., None] * nodes) ** 2) ** 2) @ shares)


def mean_stretched_slope(name: str, q: np.ndarray) -> np.ndarray:
    """E[phi'(z)^2 z^2]: sin, cos (q +- (q - 4q^2) e^(-2q)) / 2, gaussian 12 q^2 (1 + 4q)^(-5/2).

    tanh by quadrature.
    """
    if name in ("sin", "cos"):
        wave = (q - 4 * q**2) * np.exp(-2 * q)
        return np.asarray((q + wave) / 2 if name == "sin" else (q - wave) / 2)
    if name == "gaussian":
        return np.asarray(12 * q**2 * (1 + 4 * q) ** -2.5)
    nodes, shares = _normal()
    z = np.sqrt(q)[..., None] * nodes
    return np.asarray(((1 - np.tanh(z) ** 2) * z) ** 2 @ shares)


def square_slope(name: str, q: np.ndarray) -> np.ndarray:
    """d E[phi(z)^2] / dq: sin e^(-2q), cos -e^(-2q), gaussian -2 (1 + 4q)^(-3/2).

    tanh as E[phi(z) phi'(z) z] / q, by quadrature.
    """
    if name in ("sin", "cos"):
        return np.asarray(np.exp(-2 * q) if name == "sin" else -np.exp(-2 * q))
    if name == "gaussian":
        return np.asarray(-2 * (1 + 4 * q) ** -1.5)
    nodes, shares = _normal()
    z = np.sqrt(np.maximum(q, 1e-300))[..., None] * nodes
    return np.asarray((np.tanh(z) * (1 - np.tanh(z) ** 2) * z) @ shares / np.maximum(q, 1e-300))


def _tangent_square(name: str, q: Numbers, t: Numbers, k: Numbers) -> Numbers:
    """E[phi'(z)^2 dz^2] for Gaussian z, dz with variances q, t and covariance k."""
    safe = np.maximum(q, 1e-300)
    along, across = (k / safe) ** 2, np.maximum(t - k**2 / safe, 0)
    return np.asarray(along * mean_stretched_slope(name, q) + across * mean_squared_slope(name, q))


def _tanh_product(qa: Numbers, qb: Numbers, c: Numbers) -> Numbers:
    """With z_a = sqrt(qa) u and z_b = (c u + sqrt(qa qb - c^2) v) / sqrt(qa), u and v standard normal."""
    nodes, shares = _normal()
    root = np.sqrt(np.maximum(qa, 1e-300))
    along, across = c / root, np.sqrt(np.maximum(qb - (c / root) ** 2, 0))
    product = np.empty_like(c)
    for pair in range(len(c)):
        inner = np.tanh(along[pair] * nodes[:, None] + across[pair] * nodes) @ shares
        product[pair] = (np.tanh(root[pair] * nodes) * inner) @ shares
    return product


def _normal() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the standard normal: the trapezoid rule, far better than 1e-6 here."""
    nodes = np.linspace(-MAX_DEVIATION, MAX_DEVIATION, NODES)
    density = np.exp(-(nodes**2) / 2)
    return nodes, density / density.sum()
