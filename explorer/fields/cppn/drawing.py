"""A CPPN ready to draw: the reference in torch, that every kernel is tested against."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.controls import Controls
from explorer.fields.cppn.activations import activate
from explorer.fields.cppn.settings import CPPNSettings
from explorer.fields.cppn.weights import FEATURE_SCALE, Network, network_of
from explorer.fields.grid import Grid
from explorer.fields.light.settings import FINISH_OFF, LIGHT_OFF
from explorer.fields.light.tone import accent_of
from explorer.fields.palette_table import color_table
from explorer.fields.palette_torch import apply_palette

if TYPE_CHECKING:
    from explorer.fields.cppn.surface import Statistics

CALIBRATION_GRID, CALIBRATION_MOMENTS = Grid(48, 27), 6
CALIBRATION_STREAM = 4242  # the random stream of the moments and sounds


def pixel_inputs(
    field: CPPNSettings, xy: Float[torch.Tensor, "points 2"]
) -> Float32[torch.Tensor, "inputs points"]:
    """Rows x, y[, radius] of the network's input: folded by the symmetry, scaled by `coord_scale`.

    n-fold symmetry reflects the angle into one sector of width pi / n, so every sector is a mirror image
    of its neighbors and there is no seam. Computed in double precision, rounded once.
    """
    x, y = xy.double().unbind(1)
    radius = torch.hypot(x, y)
    if field.symmetry == 1:
        x = x.abs()
    elif field.symmetry > 1:
        sector = 2 * math.pi / field.symmetry
        angle = ((torch.atan2(y, x) + sector / 2) % sector - sector / 2).abs()
        x, y = radius * torch.cos(angle), radius * torch.sin(angle)
    rows = (x, y, radius) if field.radius else (x, y)
    return (torch.stack(rows) * field.coord_scale).float()


class PreparedCPPN:
    """A CPPN at some moments: time and features are one bias of the first layer per moment."""

    def __init__(self, field: CPPNSettings, controls: Controls, network: Network | None = None) -> None:
        self.field = field
        self.network = network or network_of(field)
        scale = np.r_[1.0, np.full(len(field.features), FEATURE_SCALE * field.audio_gain)]
        weights = self.network.weights[0][:, self.network.pixel_inputs :].astype(np.float64)
        self.controls = controls.values[:, : len(scale)] * scale
        # summed over the last axis moment by moment: the order of a matrix product depends on their number
        rows = self.controls[:, None, :] * weights
        self.bias: Float32[np.ndarray, "moments hidden"] = rows.sum(-1).astype(np.float32)

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. The first layer is float32: coordinates in half precision are too coarse."""
        inputs = pixel_inputs(self.field, xy)
        return self.evaluate(inputs, torch.from_numpy(self.bias).to(xy.device), dtype)

    def evaluate(
        self,
        inputs: Float[torch.Tensor, "inputs points"],
        bias: Float[torch.Tensor, "moments hidden"],
        dtype: torch.dtype,
    ) -> Float[torch.Tensor, "moments points 3"]:
        """The network at pixels whose `pixel_inputs` are given, on their device."""
        for z in self._pre_activations(inputs, bias, dtype):  # one at a time: only the last is kept
            last = z
        return apply_palette(torch.sigmoid(last.float()), self.field.palette)

    def layers(
        self, xy: Float[torch.Tensor, "points 2"]
    ) -> Iterator[Float[torch.Tensor, "moments points _"]]:
        """The pre-activations of every layer at points `xy`, the output layer last; for diagnostics."""
        bias = torch.from_numpy(self.bias).to(xy.device)
        yield from self._pre_activations(pixel_inputs(self.field, xy), bias, torch.float32)

    def inputs(self, xy: Float32[np.ndarray, "points 2"]) -> Float[np.ndarray, "moments points inputs"]:
        """What enters the first layer, in the order x, y, [radius], time, features."""
        pixels = pixel_inputs(self.field, torch.from_numpy(xy)).numpy().T
        shape = (len(self.controls), len(pixels))
        return np.concatenate(
            (
                np.broadcast_to(pixels[None], (*shape, pixels.shape[1])),
                np.broadcast_to(self.controls[:, None], (*shape, self.controls.shape[1])),
            ),
            axis=-1,
        )

    def _pre_activations(
        self, inputs: torch.Tensor, bias: torch.Tensor, dtype: torch.dtype
    ) -> Iterator[torch.Tensor]:
        first, *others = self.network.on(inputs.device)
        z = (inputs.T @ first[:, : self.network.pixel_inputs].T)[None] + bias[:, None, :]
        yield z
        for name, weight in zip(self.network.activations, others, strict=True):
            z = activate(name, z).to(dtype) @ weight.T.to(dtype)
            yield z

    def kernel(self, dtype: torch.dtype) -> str:
        """See `Prepared.kernel`: narrow-f32, wide-f32 or, for drafts of wide networks, wide-bf16."""
        from explorer.fields.cppn import engine  # compiled code: loaded for the first frame

        return engine.kernel_name(self.field.hidden, dtype)

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`. `pixel` has no effect: a CPPN is drawn at the centers of pixels."""
        from explorer.fields.cppn import engine

        engine.draw(self.network, self.field.palette, self.bias[moment], pixel_inputs, out, dtype)

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`."""
        from explorer.fields.cppn import surface

        inputs, bias = pixel_inputs(self.field, xy), torch.from_numpy(self.bias).to(xy.device)
        *_, outputs = self._pre_activations(inputs, bias, dtype)
        return surface.numbers(self.statistics, self.field.palette, outputs)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Surface.draw_numbers`."""
        from explorer.fields.cppn import surface

        palette, bias = self.field.palette, self.bias[moment]
        surface.draw_numbers(self.statistics, palette, self.network, bias, pixel_inputs, out, dtype)

    @cached_property
    def statistics(self) -> Statistics:
        """Of the outputs, for the planes of a surface."""
        return output_statistics(self.field)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`."""
        return accent_of(color_table(self.field.palette))


def output_statistics(field: CPPNSettings) -> Statistics:
    """Mean and 1 / deviation of the outputs of a network, over places and random moments and sounds."""
    plain = {"light": LIGHT_OFF, "finish": FINISH_OFF, "palette": "rgb"}  # outputs do not depend on these
    return _plain_statistics(field.without_animation.replace(**plain))


@lru_cache(maxsize=16)
def _plain_statistics(field: CPPNSettings) -> Statistics:
    from explorer.fields.cppn import surface

    stream = np.random.RandomState([field.seed, CALIBRATION_STREAM])
    values = stream.uniform(-1, 1, (CALIBRATION_MOMENTS, 1 + len(field.features)))
    prepared = PreparedCPPN(field, Controls(values.astype(np.float32), ("time", *field.features)))
    inputs = pixel_inputs(field, torch.from_numpy(CALIBRATION_GRID.xy())).numpy()
    return surface.statistics(prepared.network, prepared.bias, inputs)
