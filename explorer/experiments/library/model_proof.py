"""How well a trained model follows music it was not trained on, from the evaluation that is saved with it."""

from __future__ import annotations

import math
from typing import Any

BASELINES = ("untrained", "shifted")  # that a pair of sound and picture must exceed, beyond chance


def following_pairs(proof: Any) -> tuple[int, int] | None:
    """How many pairs of sound and picture follow each other, and of how many.

    None before the evaluation, and where too little sound was held out for it.
    """
    pairs = list(proof["pairs"].values()) if proof else []
    intervals = [[pair[other]["interval"] for other in BASELINES] for pair in pairs]
    if not all(ends for pair in intervals for ends in pair) or not pairs:
        return None
    return sum(all(ends[0] > 0 for ends in pair) for pair in intervals), len(pairs)


def proof_score(proof: Any) -> tuple[int, float]:
    """What models are ranked by: the pairs that follow each other, then the mean correlation of all pairs.

    (-1, 0) without a usable evaluation, which is below every other.
    """
    try:
        following = following_pairs(proof)
        correlations = [float(pair["r"]) for pair in proof["pairs"].values()] if following else []
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):  # a file may hold anything
        return -1, 0.0
    if following is None or not all(map(math.isfinite, correlations)):
        return -1, 0.0
    return following[0], sum(correlations) / len(correlations)
