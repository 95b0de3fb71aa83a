"""Mixtures of seeds: weights W = sum c_i W(seed_i), with coefficients c on the unit sphere.

Networks of different seeds are independent, so the sum of squares of the coefficients is the factor of the
weights' variance: on the unit sphere it stays, and with it the character of the picture. A mixture is one for
all layers, or has coefficients for every layer, the output layer last, and each layer is on the unit sphere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from explorer.errors import SettingsError

MAX_TERMS = 12
COEFFICIENT_DIGITS = 9  # significant digits: text that is read again gives the same bits
NORM_TOLERANCE = 1e-6  # of the sum of squares, within which coefficients are as they should be
TEXT_EXAMPLE = "12:0.8, 991:0.6"
EXAMPLE = f"give ((12, 0.8), (991, 0.6)), or as text: {TEXT_EXAMPLE}; by layer: 12:1/0/0.8, 991:0/1/0.6"
LAYER_SEPARATOR = "/"

Share = float | tuple[float, ...]  # of all layers, or of every layer


class Term(NamedTuple):
    """The network of a seed, and its coefficient: one, or one for each layer."""

    seed: int
    share: Share

    def __str__(self) -> str:
        return f"{self.seed}:{LAYER_SEPARATOR.join(f'{share:.10g}' for share in _by_layer(self.share, 1))}"

    def __repr__(self) -> str:
        return f"({self.seed}, {self.share!r})"

    def at(self, layer: int) -> float:
        """The coefficient of a layer."""
        return self.share[layer] if isinstance(self.share, tuple) else self.share

    @property
    def norm(self) -> float:
        """How much of the weights the network is, over all layers."""
        return math.hypot(*_by_layer(self.share, 1))


def parse(value: Any) -> tuple[Term, ...]:
    """The terms in text, or in pairs, on the unit sphere. Raises SettingsError."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = [part.split(":") for part in filter(None, re.split(r"[\s,;]+", value))]
    try:
        pairs = [(_seed(seed), _share(share)) for seed, share in value]
    except (TypeError, ValueError):
        raise SettingsError(f"seeds: got {str(value)[:60]!r}; {EXAMPLE}") from None
    return normalized(pairs)


def _seed(value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or number != float(value) or not 0 <= number < 2**32:
        raise SettingsError(f"seeds: got the seed {str(value)[:40]}; allowed: whole numbers 0 to {2**32 - 1}")
    return number


def _share(value: Any) -> Share:
    if isinstance(value, str) and LAYER_SEPARATOR in value:
        value = value.split(LAYER_SEPARATOR)
    if isinstance(value, list | tuple):
        return tuple(float(each) for each in value)
    return float(value)


def normalized(pairs: Iterable[tuple[int, Share]]) -> tuple[Term, ...]:
    """At most `MAX_TERMS` terms, the largest, on the unit sphere; a seed that is named twice is one term.

    By layer where one of the shares is. A layer that loses all its terms takes the largest one of them all.
    """
    every = [*pairs]
    if not every:
        return ()
    count = layer_count(every)
    shares: dict[int, tuple[float, ...]] = {}
    for seed, share in every:
        added = _by_layer(share, count)
        shares[seed] = tuple(map(sum, zip(shares.get(seed, (0.0,) * count), added, strict=True)))
    order = list(shares)
    largest = sorted(
        (seed for seed in order if any(shares[seed])), key=lambda seed: -math.hypot(*shares[seed])
    )
    terms = [(seed, list(shares[seed])) for seed in order if seed in largest[:MAX_TERMS]]
    for layer in range(count):
        whole = math.hypot(*(share[layer] for share in shares.values()))
        norm = math.hypot(*(share[layer] for _, share in terms))
        if not (0 < whole < math.inf):
            raise SettingsError(f"seeds: the shares must be finite and not all 0; {EXAMPLE}")
        if not norm:
            terms[[seed for seed, _ in terms].index(largest[0])][1][layer] = 1.0
        elif abs(norm**2 - 1) > NORM_TOLERANCE:
            for _, numbers in terms:
                numbers[layer] = float(f"{numbers[layer] / norm:.{COEFFICIENT_DIGITS}g}")
    is_whole = all(len(set(share)) == 1 for _, share in terms)
    return tuple(Term(seed, share[0] if is_whole else tuple(share)) for seed, share in terms)


def layer_count(pairs: Iterable[tuple[int, Share]]) -> int:
    """How many layers a mixture has coefficients for; 1 for one that is for all. Raises SettingsError."""
    counts = {len(share) for _, share in pairs if isinstance(share, tuple)}
    if len(counts) > 1 or 0 in counts:
        raise SettingsError(f"seeds: the terms are for {sorted(counts)} layers; give all as many; {EXAMPLE}")
    return counts.pop() if counts else 1


def resized(terms: Iterable[Term], count: int) -> tuple[Term, ...]:
    """A mixture by layer for another number of layers, the output layer included.

    The output layer stays, and layers that are new are as the last hidden one.
    """
    return normalized(
        (seed, _resized(share, count) if isinstance(share, tuple) else share) for seed, share in terms
    )


def scaled(share: Share, factor: float) -> Share:
    """A coefficient times a factor, in every layer."""
    return tuple(each * factor for each in share) if isinstance(share, tuple) else share * factor


def crossed_by_layer(
    first: Iterable[Term], second: Iterable[Term], is_second: Sequence[bool]
) -> tuple[Term, ...]:
    """The mixture with every layer of one parent, of the second where `is_second`, the output layer last."""
    count = len(is_second)
    sides = [(term, False) for term in first] + [(term, True) for term in resized(second, count)]
    return normalized(
        (term.seed, tuple(term.at(layer) if is_second[layer] == side else 0.0 for layer in range(count)))
        for term, side in sides
    )


def strongest(terms: Iterable[Term]) -> Term:
    """The term of the largest coefficient, the first of equal ones; by layer, of the largest norm."""
    return max(terms, key=lambda term: term.norm)


def _by_layer(share: Share, count: int) -> tuple[float, ...]:
    return share if isinstance(share, tuple) else (share,) * count


def _resized(share: Share, count: int) -> Share:
    if not isinstance(share, tuple) or len(share) == count:
        return share
    *hidden, last = share
    hidden = (hidden or [last])[: count - 1]
    return (*hidden, *hidden[-1:] * (count - 1 - len(hidden)), last)
