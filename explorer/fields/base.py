"""What a field is: settings that turn a track into controls, and controls into colour.

    track --controls()--> Controls --prepare()--> Prepared --colors() or draw()--> pixels

All history and smoothing lives in the controls, so drawing one moment needs no other moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.audio import FeatureTrack
from explorer.settings import Settings


@dataclass(frozen=True, eq=False)
class Controls:
    """The named columns a field draws from, one row per moment."""

    values: Float32[np.ndarray, "moments columns"]
    names: tuple[str, ...]


@runtime_checkable
class Prepared(Protocol):
    """A field ready to draw some moments: all work that does not depend on the pixel is done."""

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """The reference: sRGB in [0, 1] at points `xy`, on the device of `xy`.

        `xy` spans [-1, 1] on the shorter side; `pixel` is the size of a pixel in those units, for
        anti-aliasing; `dtype` is the type of the products (half precision for drafts).
        """
        ...

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernel that `draw` uses; follows from the shape and the precision alone."""
        ...

    def draw(
        self,
        moment: int,
        placed: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Fill one block of 8-bit pixels on the CPU; releases the GIL and uses one thread."""
        ...


class FieldSettings(Settings):
    """The base of `CPPN` and every other field."""

    kind: str
    features: tuple[str, ...]

    def controls(self, track: FeatureTrack, times: Float[np.ndarray, " moments"]) -> Controls:
        """The columns this field draws from, at any times in seconds. Row n depends on times[n] alone."""
        raise NotImplementedError

    def place(self, xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
        """What `draw` needs of each pixel at every moment; computed once per frame size."""
        raise NotImplementedError

    def prepare(self, controls: Controls) -> Prepared:
        """Per-moment work done once: see `Prepared`."""
        raise NotImplementedError
