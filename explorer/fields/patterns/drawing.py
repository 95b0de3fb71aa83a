"""Patterns ready to draw: the torch reference, and the kernel for the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.controls import Controls
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.kernels.dither import dither
from explorer.fields.kernels.padding import draw_padded, fill_padded, flat_view
from explorer.fields.kernels.simd import LANES
from explorer.fields.keyframes import AnimatedSettings
from explorer.fields.light.tone import accent_of
from explorer.fields.palette_table import TABLE_COLORS, color_table
from explorer.fields.patterns import kernel
from explorer.fields.patterns.audio_levels import AudioLevels
from explorer.fields.patterns.colors import height_of, palette_color, pattern_palette_numbers
from explorer.fields.patterns.families import FAMILY_FORMULAS
from explorer.fields.patterns.selection import FAMILIES
from explorer.fields.patterns.settings import PatternSettings

MAX_PALETTE_NUMBERS = 3 * TABLE_COLORS
MIN_SHARE = 1 / 512  # a smaller share of a family is not worth drawing


def pixel_inputs(xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
    """See `Patterns.pixel_inputs`."""
    x, y = np.ascontiguousarray(xy.T, np.float32)
    return np.stack((x, y, np.hypot(x, y), np.arctan2(x, y), dither(x, y))).astype(np.float32)


class PreparedPatterns:
    """Some moments of `Patterns`, ready to be drawn."""

    def __init__(self, settings: PatternSettings, controls: Controls) -> None:
        self.settings = AnimatedSettings.from_controls(settings, controls)
        columns = controls.values[:, [controls.names.index(name) for name in FAMILIES]]
        shares = np.where(columns > MIN_SHARE, columns.astype(np.float64), 0)
        self.shares = shares / shares.sum(axis=1, keepdims=True)
        self._levels = AudioLevels.from_controls(controls, self.settings.audio_gain)
        self._families: dict[int, _FamilyMoments] = {}

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. `dtype` has no effect: there are no matrix products."""
        return self._mixed(xy, pixel)[..., :3]

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`: what is bright stands out."""
        *rgb, light = self._mixed(xy, pixel).unbind(-1)
        colors = [linear_light(channel.clamp(min=0)) for channel in rgb]
        return torch.stack((height_of(light), *colors, torch.zeros_like(light)), 1)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`: the colors of the families in their shares."""
        visible = np.flatnonzero(self.shares[moment])
        colors = [accent_of(color_table(self.palette_name(int(n)))) for n in visible]
        return np.asarray(self.shares[moment, visible] @ np.array(colors), np.float32)

    def _mixed(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float
    ) -> Float[torch.Tensor, "moments points 4"]:
        """Red, green, blue and light: the families in their shares."""
        x, y = xy[:, 0][None], xy[:, 1][None]
        coordinates = (x, y, torch.hypot(x, y), torch.atan2(x, y))
        total = torch.zeros((len(self.shares), len(xy), 4), dtype=xy.dtype, device=xy.device)
        for n in range(len(FAMILIES)):
            moments = np.flatnonzero(self.shares[:, n])
            if len(moments):
                family = self._family(n)
                p = torch.from_numpy(family.numbers[moments].T[..., None]).to(xy)
                position, light = FAMILY_FORMULAS[n].shade(*coordinates, p, family.count, pixel)
                share = torch.from_numpy(self.shares[moments, n])[:, None, None].to(xy)
                rgb = palette_color(position, light, family.palette_kind, family.palette.tolist())
                mixed = torch.stack((*rgb, light), dim=-1)
                total[torch.from_numpy(moments).to(xy.device)] += share * mixed
        return total

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernel: one for all precisions."""
        return "patterns-f32"

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        families = self.visible_families(moment)

        def fill(rows: np.ndarray, target: np.ndarray) -> None:
            kernel.draw(flat_view(rows), *families, np.float32(pixel), target)

        draw_padded(fill, pixel_inputs, out, LANES)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Surface.draw_numbers`."""
        families = self.visible_families(moment)

        def fill(rows: np.ndarray, planes: np.ndarray) -> None:
            kernel.draw_numbers(flat_view(rows), *families, np.float32(pixel), planes.reshape(-1))

        fill_padded(fill, pixel_inputs, out, LANES)

    def visible_families(self, moment: int) -> tuple[Any, ...]:
        """The families of a moment, their numbers, counts, palettes and shares, as the kernels take them."""
        visible = np.flatnonzero(self.shares[moment])
        families = [self._family(int(n)) for n in visible]
        numbers = np.zeros((len(visible), max(family.numbers.shape[1] for family in families)), np.float32)
        for row, family in zip(numbers, families, strict=True):
            row[: family.numbers.shape[1]] = family.numbers[moment]
        counts = np.array([family.count for family in families])
        kinds = np.array([family.palette_kind for family in families])
        palettes = np.stack([family.palette for family in families])
        return visible, numbers, counts, kinds, palettes, self.shares[moment, visible].astype(np.float32)

    def palette_name(self, n: int) -> str:
        """The palette of a family."""
        name: str = self.settings.palette
        return FAMILY_FORMULAS[n].palette if name == "family" else name

    def _family(self, n: int) -> _FamilyMoments:
        """A family's numbers at all moments, computed when it is first needed."""
        if n not in self._families:
            family, settings = FAMILY_FORMULAS[n], self.settings
            with np.errstate(over="ignore"):
                rows = np.column_stack(
                    [np.broadcast_to(row, len(self.shares)) for row in family.numbers(settings, self._levels)]
                )
            kind, coefficients = pattern_palette_numbers(self.palette_name(n))
            palette = np.zeros(MAX_PALETTE_NUMBERS, np.float32)
            palette[: len(coefficients)] = coefficients
            count = getattr(settings, family.count)
            self._families[n] = _FamilyMoments(rows.astype(np.float32), count, kind, palette)
        return self._families[n]


@dataclass(frozen=True, eq=False)
class _FamilyMoments:
    """What one family needs to be drawn."""

    numbers: Float32[np.ndarray, "moments numbers"]
    count: int
    palette_kind: int
    palette: Float32[np.ndarray, " coefficients"]
