"""A user's field ready to draw: its methods called block by block, as the protocols of drawing want them.

A block has a fixed number of points, counted from the start of a tile, so a frame has the same bits for any
number of threads, and memory is bounded whatever the size of the frame. NumPy and torch let go of the
interpreter lock inside of their loops: with several threads blocks overlap there, and Python in between runs
on one core at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.controls import Controls
from explorer.fields.custom.calls import call, checked_planes
from explorer.fields.custom.columns import ControlColumns
from explorer.fields.custom.source import used_globals
from explorer.fields.kernels.color_formulas import clipped_srgb, linear_light
from explorer.fields.kernels.dither import dither
from explorer.fields.keyframes import animated_names
from explorer.fields.srgb import LUMINANCE

BLOCK_POINTS = 6144  # evaluated at once by one thread, for one moment; tiles are multiples of it
CUDA_BLOCK_POINTS = 2**18
HEIGHT_RANGE = (-1.0, 1.4)  # of what is black and of what is white


def pixel_inputs(xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
    """See `Field.pixel_inputs`."""
    x, y = np.ascontiguousarray(xy.T, np.float32)
    return np.stack((x, y, dither(x, y)))


class PreparedCustomField:
    """Some moments of a `Field`, ready to be drawn; a `Surface`, too."""

    def __init__(self, field: Any, controls: Controls) -> None:
        self.field, self.controls = field, controls
        cls = type(field)
        self._has_numbers, self._has_height = cls.defines("numbers"), cls.defines("height")
        self._uses_torch = cls.arrays == "torch" or (cls.arrays == "auto" and "torch" in used_globals(cls))

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. `dtype` has no effect."""
        parts = [self._colors(part, pixel, self.controls) for part in self._blocks(xy)]
        return torch.cat(parts, 1).to(xy)

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`."""
        parts = [self._numbers(part, pixel, self.controls) for part in self._blocks(xy)]
        return torch.cat(parts, 2).to(xy)

    def kernel(self, dtype: torch.dtype) -> str:
        """What computes: the user's own code."""
        return f"custom-{'torch' if self._uses_torch else 'numpy'}"

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        controls = self._moment(moment)
        for first in range(0, len(out), BLOCK_POINTS):
            part = slice(first, first + BLOCK_POINTS)
            rgb = self._colors(_points(pixel_inputs[:, part]), pixel, controls)[0].numpy()
            out[part] = (rgb * 255 + pixel_inputs[2, part, None]).astype(np.uint8)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Surface.draw_numbers`."""
        controls = self._moment(moment)
        for first in range(0, out.shape[1], BLOCK_POINTS):
            part = slice(first, first + BLOCK_POINTS)
            out[:, part] = self._numbers(_points(pixel_inputs[:, part]), pixel, controls)[0].numpy()

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`: the class's own."""
        color = torch.tensor(type(self.field).accent, dtype=torch.float32)
        light: Float32[np.ndarray, 3] = linear_light(color).numpy()
        return light

    def _moment(self, moment: int) -> Controls:
        return Controls(self.controls.values[moment : moment + 1], self.controls.names)

    def _blocks(self, xy: torch.Tensor) -> tuple[torch.Tensor, ...]:
        points = CUDA_BLOCK_POINTS if xy.is_cuda and self._uses_torch else BLOCK_POINTS
        return torch.split(xy, max(1, points // max(1, len(self.controls.values))))

    def _colors(
        self, xy: torch.Tensor, pixel: float, controls: Controls
    ) -> Float[torch.Tensor, "moments points 3"]:
        """sRGB in [0, 1] of one block."""
        if not self._has_numbers:
            return self._call("colors", 3, xy, pixel, controls).clamp(0, 1)
        planes = self._call("numbers", 5, xy, pixel, controls)
        glow = planes[..., 4:] * torch.from_numpy(self.accent(0)).to(planes)
        rgb: torch.Tensor = clipped_srgb(planes[..., 1:4] + glow)
        return rgb.clamp(0, 1)

    def _numbers(
        self, xy: torch.Tensor, pixel: float, controls: Controls
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """Planes of a surface, of one block."""
        if self._has_numbers:
            return self._call("numbers", 5, xy, pixel, controls).mT
        rgb = self._colors(xy, pixel, controls)
        if self._has_height:
            height = self._call("height", 1, xy, pixel, controls)[..., 0]
        else:
            low, high = HEIGHT_RANGE
            height = low + (high - low) * (rgb @ torch.tensor(LUMINANCE, dtype=rgb.dtype, device=rgb.device))
        light = linear_light(rgb).unbind(-1)
        return torch.stack((height, *light, torch.zeros_like(height)), 1)

    def _call(
        self, method: str, count: int, xy: torch.Tensor, pixel: float, controls: Controls
    ) -> Float[torch.Tensor, "moments points planes"]:
        """A method of the user in its own arrays, and its result as a checked tensor."""
        like = xy if self._uses_torch else None
        points: Any = xy if self._uses_torch else xy.cpu().numpy()
        columns = ControlColumns(controls, like)
        field, names = self.field, animated_names(self.field)
        if names:  # settings that move are columns, like features
            field = field.model_copy(update={name: columns[name] for name in names})
        values = call(field, method, columns, points, pixel)
        return checked_planes(field, method, values, count, (len(controls.values), len(xy)), like)


def _points(pixel_inputs: Float32[np.ndarray, "inputs points"]) -> Float[torch.Tensor, "points 2"]:
    return torch.from_numpy(np.ascontiguousarray(pixel_inputs[:2].T))
