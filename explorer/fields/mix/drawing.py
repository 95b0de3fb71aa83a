"""A mixture ready to draw: its parts draw, and one kernel mixes them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.controls import Controls
from explorer.fields.kernels.color_formulas import clipped_srgb, linear_light
from explorer.fields.mix import kernel
from explorer.fields.mix.compound import columns_of_part
from explorer.fields.section_change import SectionedField
from explorer.fields.srgb import LUMINANCE


class PreparedMix:
    """Some moments of a `Mix`; a `Surface` where both fields are."""

    def __init__(self, field: Any, controls: Controls) -> None:
        self._share: Float32[np.ndarray, " moments"] = controls.values[:, controls.names.index("share")]
        self._parts = {
            name: _prepared(part, columns_of_part(controls, name)) for name, part in field.parts.items()
        }
        self._rows = {}
        first = 0
        for name, part in field.parts.items():
            count = _row_count(part)
            self._rows[name] = slice(first, first + count)
            first += count

    def parts_at(self, moment: int) -> tuple[float, dict[str, tuple[Any, int]]]:
        """The share of b at a moment, and each part by its name, with its first row of pixel inputs."""
        parts = {name: (part, self._rows[name].start) for name, part in self._parts.items()}
        return float(self._share[moment]), parts

    def with_parts(self, change: Callable[[Any], Any]) -> Self:
        """The same with `change(part)` in the place of each part."""
        other = copy.copy(self)
        other._parts = {key: change(part) for key, part in self._parts.items()}
        return other

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`: mixed in linear light."""
        a, b = (linear_light(self._parts[n].colors(xy, pixel, dtype).clamp(min=0)) for n in ("a", "b"))
        mixed: torch.Tensor = clipped_srgb(a + self._shares(xy, pixel, dtype)[..., None] * (b - a))
        return mixed

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`: both surfaces in their shares."""
        a, b = (self._parts[name].numbers(xy, pixel, dtype) for name in ("a", "b"))
        mixed: torch.Tensor = a + self._shares(xy, pixel, dtype)[:, None] * (b - a)
        return mixed

    def kernel(self, dtype: torch.dtype) -> str:
        """See `Prepared.kernel`."""
        return " and ".join(dict.fromkeys(self._parts[name].kernel(dtype) for name in ("a", "b")))

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        a, b = (self._pixels(name, moment, pixel_inputs, pixel, out, dtype) for name in ("a", "b"))
        kernel.mix_bytes(a, b, self._point_shares(moment, pixel_inputs, pixel, out, dtype), out)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Surface.draw_numbers`."""
        a, b = np.zeros_like(out), np.zeros_like(out)
        for name, planes in (("a", a), ("b", b)):
            self._parts[name].draw_numbers(moment, pixel_inputs[self._rows[name]], pixel, planes, dtype)
        like = np.empty((out.shape[1], 3), np.uint8)
        out[:] = a + self._point_shares(moment, pixel_inputs, pixel, like, dtype) * (b - a)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`."""
        a, b = (self._parts[name].accent(moment) for name in ("a", "b"))
        return np.asarray(a + self._share[moment] * (b - a), np.float32)

    def _pixels(
        self, name: str, moment: int, inputs: np.ndarray, pixel: float, like: np.ndarray, dtype: torch.dtype
    ) -> UInt8[np.ndarray, "points 3"]:
        pixels = np.empty_like(like)
        self._parts[name].draw(moment, inputs[self._rows[name]], pixel, pixels, dtype)
        return pixels

    def _point_shares(
        self, moment: int, inputs: np.ndarray, pixel: float, like: np.ndarray, dtype: torch.dtype
    ) -> Float32[np.ndarray, " points"]:
        """The share of b at each point."""
        shares = np.full(len(like), self._share[moment], np.float32)
        if "mask" in self._parts:
            pixels = self._pixels("mask", moment, inputs, pixel, like, dtype)
            shares *= pixels @ (np.array(LUMINANCE, np.float32) / np.float32(255))
        return shares

    def _shares(
        self, xy: torch.Tensor, pixel: float, dtype: torch.dtype
    ) -> Float[torch.Tensor, "moments points"]:
        shares = torch.from_numpy(self._share.copy()).to(xy)[:, None].expand(-1, len(xy))
        if "mask" not in self._parts:
            return shares
        colors = self._parts["mask"].colors(xy, pixel, dtype)
        brightness: torch.Tensor = colors @ torch.tensor(LUMINANCE, dtype=colors.dtype, device=colors.device)
        return shares * brightness


def _prepared(part: Any, controls: Controls) -> Any:
    """A part ready to draw, with its sections."""
    return SectionedField(part, controls) if part.sections.on else part.prepare(controls)


def _row_count(part: Any) -> int:
    """How many rows of pixel inputs a part has."""
    rows: int = part.pixel_inputs(np.zeros((1, 2), np.float32)).shape[0]
    return rows + int(part.sections.on)
