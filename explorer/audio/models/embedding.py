"""All that a model says of a sound, for notebooks: `track.embedding("notes")`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Float64

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Embedding:
    """Rows of a model, float32 (rows, columns): row n belongs to exactly n `hop` / `rate` seconds."""

    values: Float32[np.ndarray, "rows columns"]
    names: tuple[str, ...]
    hop: int
    rate: int

    @property
    def times(self) -> Float64[np.ndarray, " rows"]:
        """Seconds of every row."""
        return np.arange(len(self.values)) * self.hop / self.rate

    def to_frame(self) -> pd.DataFrame:
        """One row a moment, indexed by `time` in seconds."""
        import pandas as pd  # slow to load

        return pd.DataFrame(self.values, pd.Index(self.times, name="time"), list(self.names))

    def __repr__(self) -> str:
        rows, columns = self.values.shape
        rate = f"{self.rate / self.hop:.4g} Hz"
        return f"<Embedding: {rows} x {columns} at {rate}, {self.names[0]} to {self.names[-1]}>"
