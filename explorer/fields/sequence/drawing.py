"""A sequence at some moments: each moment is one look with its light, or two of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32

from explorer.fields.controls import Controls
from explorer.fields.kernels.color_formulas import clipped_srgb, linear_light
from explorer.fields.light.lit import LitField
from explorer.fields.mix.compound import columns_of_part


class LookMoment(NamedTuple):
    """A look in the picture of a moment: `lit` draws it at its own moment `row`, with this share."""

    name: str
    lit: LitField
    row: int
    share: float


class LitSequence:
    """A sequence at some moments; only the looks that are in a picture are prepared."""

    def __init__(self, field: Any, controls: Controls) -> None:
        self._field, self._controls = field, controls
        self._shares: dict[str, Float32[np.ndarray, " moments"]] = {
            name: controls.values[:, controls.names.index(column)]
            for name, column in field.share_names().items()
        }
        self._rows = {name: np.flatnonzero(share > 0) for name, share in self._shares.items()}
        self._lit = {name: self._lit_look(name, rows) for name, rows in self._rows.items() if len(rows)}

    def looks(self, moment: int) -> list[LookMoment]:
        """The looks in the picture of a moment."""
        return [
            LookMoment(name, lit, int(np.searchsorted(self._rows[name], moment)), float(share))
            for name, lit in self._lit.items()
            if (share := self._shares[name][moment]) > 0
        ]

    @property
    def prepared(self) -> LitSequence:
        """What draws, as of `LitField`."""
        return self

    def kernel(self, dtype: torch.dtype) -> str:
        """The CPU kernels of all looks."""
        every = (self._lit.get(name) or self._lit_look(name, np.zeros(1, int)) for name in self._field.parts)
        return " and ".join(dict.fromkeys(lit.prepared.kernel(dtype) for lit in every))

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `LitField.colors`: looks fade in linear light."""
        light = xy.new_zeros((len(self._controls.values), len(xy), 3))
        for name, lit in self._lit.items():
            rows = torch.from_numpy(self._rows[name]).to(xy.device)
            share: Float32[np.ndarray, " rows"] = self._shares[name][self._rows[name]]
            colors = linear_light(lit.colors(xy, pixel, dtype).clamp(min=0)).to(light)
            light[rows] += torch.from_numpy(share).to(light)[:, None, None] * colors
        mixed: torch.Tensor = clipped_srgb(light)
        return mixed

    def _lit_look(self, name: str, rows: np.ndarray) -> LitField:
        own = columns_of_part(self._controls, name)
        return LitField(self._field.parts[name], Controls(own.values[rows], own.names))
