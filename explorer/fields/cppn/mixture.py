"""Mixtures of seeds: weights W = sum c_i W(seed_i), with coefficients c on the unit sphere.

Networks of different seeds are independent, so the sum of squares of the coefficients is the factor of the
weights' variance: on the unit sphere it stays, and with it the character of the picture.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from explorer.errors import SettingsError

MAX_TERMS = 12
COEFFICIENT_DIGITS = 9  # significant digits: text that is read again gives the same bits
NORM_TOLERANCE = 1e-6  # of the sum of squares, within which coefficients are as they should be
TEXT_EXAMPLE = "12:0.8, 991:0.6"
EXAMPLE = f"give ((12, 0.8), (991, 0.6)), or as text: {TEXT_EXAMPLE}"


class Term(NamedTuple):
    """The network of a seed, and its coefficient."""

    seed: int
    share: float

    def __str__(self) -> str:
        return f"{self.seed}:{self.share:.10g}"

    def __repr__(self) -> str:
        return f"({self.seed}, {self.share!r})"


def parse(value: Any) -> tuple[Term, ...]:
    """The terms in text, or in pairs, on the unit sphere. Raises SettingsError."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = [part.split(":") for part in filter(None, re.split(r"[\s,;]+", value))]
    try:
        pairs = [(_seed(seed), float(share)) for seed, share in value]
    except (TypeError, ValueError):
        raise SettingsError(f"seeds: got {str(value)[:60]!r}; {EXAMPLE}") from None
    return normalized(pairs)


def _seed(value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or number != float(value) or not 0 <= number < 2**32:
        raise SettingsError(f"seeds: got the seed {str(value)[:40]}; allowed: whole numbers 0 to {2**32 - 1}")
    return number


def normalized(pairs: Iterable[tuple[int, float]]) -> tuple[Term, ...]:
    """At most `MAX_TERMS` terms, the largest, on the unit sphere; a seed that is named twice is one term."""
    shares: dict[int, float] = {}
    for seed, share in pairs:
        shares[seed] = shares.get(seed, 0.0) + share
    order = list(shares)
    largest = sorted((seed for seed in order if shares[seed]), key=lambda seed: -abs(shares[seed]))
    terms = [Term(seed, shares[seed]) for seed in order if seed in largest[:MAX_TERMS]]
    norm = math.hypot(*(term.share for term in terms))
    if shares and not (0 < norm < math.inf):
        raise SettingsError(f"seeds: the shares must be finite and not all 0; {EXAMPLE}")
    if abs(norm**2 - 1) > NORM_TOLERANCE:
        terms = [Term(seed, float(f"{share / norm:.{COEFFICIENT_DIGITS}g}")) for seed, share in terms]
    return tuple(terms)


def strongest(terms: Iterable[Term]) -> Term:
    """The term of the largest coefficient, the first of equal ones."""
    return max(terms, key=lambda term: abs(term.share))
