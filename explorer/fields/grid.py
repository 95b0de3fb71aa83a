"""Pixel centers on a grid that spans [-1, 1] on the shorter side, aspect kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32


@dataclass(frozen=True)
class Grid:
    """The pixel centers of a frame; x grows to the right, y downwards."""

    width: int
    height: int

    @property
    def pixel(self) -> float:
        """Size of a pixel: the shorter side is 2 long."""
        return 2 / min(self.width, self.height)

    def xy(self) -> Float32[np.ndarray, "points 2"]:
        """Centers row by row, computed in double precision and rounded once."""
        return self.centers(self.pixel)

    def centers(self, pixel: float) -> Float32[np.ndarray, "points 2"]:
        """Centers row by row of pixels of any size."""
        x = (np.arange(self.width) + 0.5 - self.width / 2) * pixel
        y = (np.arange(self.height) + 0.5 - self.height / 2) * pixel
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float32)
