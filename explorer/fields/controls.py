"""Controls: the named columns per moment that a field draws from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32


@dataclass(frozen=True, eq=False)
class Controls:
    """The named columns that a field draws from, one row per moment."""

    values: Float32[np.ndarray, "moments columns"]
    names: tuple[str, ...]
