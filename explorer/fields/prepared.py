"""A field ready to draw: the one interface between fields and what draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32, UInt8

if TYPE_CHECKING:
    import torch  # for annotations only: settings load without it


@runtime_checkable
class Prepared(Protocol):
    """A field ready to draw some moments: all work that does not depend on the pixel is done."""

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = ...
    ) -> Float[torch.Tensor, "moments points 3"]:
        """The reference: sRGB in [0, 1] at points `xy`, on the device of `xy`.

        `xy` spans [-1, 1] on the shorter side; `pixel` is the size of a pixel in those units, for
        anti-aliasing; `dtype` is the type of the matrix products (half precision for drafts).
        """
        ...

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernel that `draw` uses; follows from the shape and the precision alone."""
        ...

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = ...,
    ) -> None:
        """Fill one block of 8-bit pixels on the CPU; releases the GIL and uses one thread."""
        ...
