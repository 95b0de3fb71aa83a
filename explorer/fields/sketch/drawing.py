"""A sketch ready to draw: the torch reference, and its kernel on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.audio.features import TIMBRES
from explorer.fields.controls import Controls
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.kernels.dither import dither
from explorer.fields.kernels.padding import draw_padded, fill_padded
from explorer.fields.kernels.simd import LANES
from explorer.fields.light.tone import accent_of, channels, palette_at
from explorer.fields.palette_table import color_table, srgb_table
from explorer.fields.sketch import kernel
from explorer.fields.sketch.evaluation import evaluate
from explorer.fields.srgb import LUMINANCE

PART_NUMBERS = 2**14  # of outputs that a kernel makes at once: they stay in the cache
BLOCK_POINTS = 2**15  # evaluated at once by torch, moments times points


def pixel_inputs(xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
    """See `Sketch.pixel_inputs`."""
    x, y = np.ascontiguousarray(xy.T, np.float32)
    return np.stack((x, y, dither(x, y)))


class PreparedSketch:
    """Some moments of a `Sketch`, ready to be drawn."""

    def __init__(self, field: Any, controls: Controls) -> None:
        self.palette: str = field.palette
        self.program = type(field).program()
        columns = dict(zip(controls.names, controls.values.T.astype(np.float64), strict=True))
        moments = len(controls.values)
        inputs = moment_inputs(field, columns, np.zeros(moments))
        self.moment_numbers = self.program.numbers_at(inputs, moments)

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. `dtype` has no effect: there are no matrix products."""
        return torch.cat([self._colors(part, pixel) for part in self._blocks(xy)], 1)

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`: a value is its height, and of colors what is bright stands out."""
        return torch.cat([self._surface(part, pixel) for part in self._blocks(xy)], 2)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`."""
        return accent_of(color_table(self.palette))

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernel: one for all precisions."""
        return "sketch-f32"

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        table = channels(srgb_table(self.palette))

        def fill(rows: np.ndarray, target: np.ndarray) -> None:
            for part, values in self._values(moment, rows, pixel):
                kernel.paint(values, table, rows[2, part], target[part])

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
        table = channels(color_table(self.palette))

        def fill(rows: np.ndarray, planes: np.ndarray) -> None:
            flat, points = planes.reshape(-1), rows.shape[1]
            for part, values in self._values(moment, rows, pixel):
                kernel.surface(values, part.stop - part.start, table, flat[part.start :], points)

        fill_padded(fill, pixel_inputs, out, LANES)

    def _values(
        self, moment: int, rows: Float32[np.ndarray, "inputs points"], pixel: float
    ) -> Iterator[tuple[slice, Float32[np.ndarray, " values"]]]:
        """The outputs of the formula, plane after plane, for parts of the points that stay in the cache."""
        fill, numbers = kernel.formula_kernel(self.program.text), self.moment_numbers[moment]
        points, count = rows.shape[1], len(self.program.outputs)
        length = PART_NUMBERS // count // LANES * LANES
        flat, scratch = np.ascontiguousarray(rows).reshape(-1), np.empty(count * length, np.float32)
        for first in range(0, points, length):
            size = min(length, points - first)
            values = scratch[: count * size]
            fill(flat[first:], points, numbers, np.float32(pixel), values, size)
            yield slice(first, first + size), values

    def _blocks(self, xy: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return torch.split(xy, max(1, BLOCK_POINTS // max(1, len(self.moment_numbers))))

    def _outputs(self, xy: torch.Tensor, pixel: float) -> list[torch.Tensor]:
        """The outputs of the formula, each (moments, points); what is not a number is 0."""
        numbers = torch.from_numpy(self.moment_numbers.T[..., None].copy()).to(xy)
        inputs = {"x": xy[None, :, 0], "y": xy[None, :, 1], "pixel": xy.new_tensor(pixel)}
        inputs |= {str(place): column for place, column in enumerate(numbers)}
        shape = (len(self.moment_numbers), len(xy))
        return [
            torch.nan_to_num(output, nan=0.0, posinf=1.0, neginf=-1.0).expand(shape)
            for output in evaluate(self.program.outputs, inputs)
        ]

    def _colors(self, xy: torch.Tensor, pixel: float) -> Float[torch.Tensor, "moments points 3"]:
        outputs = self._outputs(xy, pixel)
        if len(outputs) > 1:
            return torch.stack(outputs, -1).clamp(0, 1)
        return palette_at(srgb_table(self.palette), outputs[0] * 0.5 + 0.5).mT

    def _surface(self, xy: torch.Tensor, pixel: float) -> Float[torch.Tensor, "moments 5 points"]:
        outputs = self._outputs(xy, pixel)
        if len(outputs) > 1:
            rgb = torch.stack(outputs, 1).clamp(0, 1)
            share = torch.einsum("mcp,c->mp", rgb, rgb.new_tensor(LUMINANCE))
            height, color = kernel.LOW + (kernel.HIGH - kernel.LOW) * share, linear_light(rgb)
        else:
            height = outputs[0]
            color = palette_at(color_table(self.palette), height * 0.5 + 0.5)
        return torch.cat((height[:, None], color, torch.zeros_like(height)[:, None]), 1)


def moment_inputs(field: Any, columns: dict[str, Any], rest: Any) -> dict[str, Any]:
    """What a formula reads of a moment: time, levels in [0, 1] (timbres in [-1, 1]), and sliders.

    `columns` are arrays or expressions; a feature that the field leaves out is at `rest`.
    """
    inputs: dict[str, Any] = {"t": columns["time"]}
    gain = columns.get("audio_gain", field.audio_gain)
    definition = type(field).definition
    for name in definition.features:
        column = columns[name] if name in field.features else None
        level = rest if column is None else column if name in TIMBRES else (column + 1) / 2
        inputs[name] = gain * level
    for slider in definition.sliders:
        inputs[slider.name] = columns.get(slider.name, getattr(field, slider.name))
    return inputs
