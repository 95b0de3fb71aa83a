"""Patterns ready to draw: the torch reference, and the kernel for the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.base import Controls
from explorer.fields.dither import dither
from explorer.fields.kernels.panels import flat, in_whole_panels
from explorer.fields.kernels.simd import LANES
from explorer.fields.keyframes import Moving
from explorer.fields.patterns import kernel
from explorer.fields.patterns.audio_levels import Heard
from explorer.fields.patterns.colors import numbers_of, painted
from explorer.fields.patterns.families import MEMBERS
from explorer.fields.patterns.selection import FAMILIES

if TYPE_CHECKING:
    from explorer.fields.patterns.settings import Patterns

PALETTE = 14  # the most coefficients that a palette has
UNSEEN = 1 / 512  # less of a family than this is not worth drawing


def place(xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
    """See `Patterns.place`."""
    x, y = np.ascontiguousarray(xy.T, np.float32)
    return np.stack((x, y, np.hypot(x, y), np.arctan2(x, y), dither(x, y))).astype(np.float32)


class PreparedPatterns:
    """Some moments of `Patterns`, ready to be drawn."""

    def __init__(self, settings: Patterns, controls: Controls) -> None:
        self.settings = Moving.of(settings, controls)
        columns = [controls.names.index(name) for name in FAMILIES]
        seen = np.where(
            controls.values[:, columns] > UNSEEN, controls.values[:, columns].astype(np.float64), 0
        )
        self.shares = seen / seen.sum(axis=1, keepdims=True)
        self._heard = Heard.of(controls, self.settings.audio_gain)
        self._members: dict[int, _Member] = {}

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. `dtype` plays no part: there are no products to shorten."""
        x, y = xy[:, 0][None], xy[:, 1][None]
        where = (x, y, torch.hypot(x, y), torch.atan2(x, y))
        total = torch.zeros((len(self.shares), len(xy), 3), dtype=xy.dtype, device=xy.device)
        for n in range(len(FAMILIES)):
            moments = np.flatnonzero(self.shares[:, n])
            if len(moments):
                member = self._member(n)
                p = torch.from_numpy(member.numbers[moments].T[..., None]).to(xy)
                place, light = MEMBERS[n].paint(*where, p, member.count, pixel)
                share = torch.from_numpy(self.shares[moments, n])[:, None, None].to(xy)
                rgb = torch.stack(painted(place, light, member.kind, member.palette.tolist()), dim=-1)
                total[torch.from_numpy(moments).to(xy.device)] += share * rgb
        return total

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernel: one for all precisions."""
        return "patterns-f32"

    def draw(
        self,
        moment: int,
        placed: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        seen = [int(n) for n in np.flatnonzero(self.shares[moment])]
        members = [self._member(n) for n in seen]
        longest = max(member.numbers.shape[1] for member in members)
        numbers = np.zeros((len(seen), longest), np.float32)
        for row, member in zip(numbers, members, strict=True):
            row[: member.numbers.shape[1]] = member.numbers[moment]
        counts, kinds = (np.array([getattr(m, name) for m in members]) for name in ("count", "kind"))
        families = np.array(seen)
        palettes = np.stack([member.palette for member in members])
        shares = self.shares[moment, seen].astype(np.float32)

        def fill(rows: np.ndarray, target: np.ndarray) -> None:
            kernel.draw(
                flat(rows), families, numbers, counts, kinds, palettes, shares, np.float32(pixel), target
            )

        in_whole_panels(fill, placed, out, LANES)

    def _member(self, n: int) -> _Member:
        """A family's numbers at all moments, worked out when it is first seen."""
        if n not in self._members:
            member, settings = MEMBERS[n], self.settings
            with np.errstate(over="ignore"):
                rows = np.column_stack(
                    [np.broadcast_to(row, len(self.shares)) for row in member.numbers(settings, self._heard)]
                )
            name = member.palette if settings.palette == "family" else settings.palette
            kind, coefficients = numbers_of(name)
            palette = np.zeros(PALETTE, np.float32)
            palette[: len(coefficients)] = coefficients
            self._members[n] = _Member(
                rows.astype(np.float32), getattr(settings, member.count), kind, palette
            )
        return self._members[n]


@dataclass(frozen=True, eq=False)
class _Member:
    """What one family needs to be drawn."""

    numbers: Float32[np.ndarray, "moments numbers"]
    count: int
    kind: int
    palette: Float32[np.ndarray, " coefficients"]
