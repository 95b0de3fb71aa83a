"""Small pictures of any field at given parameters, with slopes for training.

The real drawing runs at a small size, light included. A slope of a metric is a secant: the picture is drawn
and measured again with one parameter moved by `SECANT_STEP` of its range. So every field can be taught,
compiled or not, and a slope says what a visible step does. Slopes of pixels say little about edges: a step
that moves fine detail would seem to blur it. Neighboring moments share the slopes of one of them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from jaxtyping import Float32, Float64, UInt8

from explorer.fields import Controls, FieldSettings, Grid
from explorer.fields.julia.parameters import Parameter
from explorer.fields.sequence.lit_moments import lit_moments
from explorer.learn.metrics import luma, measure
from explorer.learn.teaching.devices import tensor_on
from explorer.learn.teaching.parameters import plain_field, silent_track
from explorer.rendering.devices import resolve
from explorer.rendering.sequence_drawer import frame_drawer
from explorer.threads import usable_threads

SIZE = 48  # rows and columns
SECANT_STEP = 0.08  # of a range
SECANT_STRIDE = 8  # moments that share slopes
TRACK_SECONDS = 90.0
STRUCTURE_MEAN, STRUCTURE_FLOOR = 0.4, 0.02  # of the luminance of a structure; added to that of a picture


def structure(images: torch.Tensor) -> torch.Tensor:
    """Y relative to its mean over the picture: a change of light alone is neither motion nor edges."""
    y = luma(images)
    return y * (STRUCTURE_MEAN / (y.mean(dim=(-2, -1), keepdim=True) + STRUCTURE_FLOOR))


def picture_metrics(images: Float32[torch.Tensor, "sequences moments rows columns 3"]) -> dict[str, Any]:
    """All metrics of sequences of pictures; colors are those of every second row and column."""
    return measure(structure(images), images[..., ::2, ::2, :])


class FieldPictures:
    """Draws a field, silent but for its parameters, on a square of `size` pixels."""

    def __init__(
        self,
        field: FieldSettings,
        parameters: tuple[Parameter, ...],
        size: int = SIZE,
        seconds: float = TRACK_SECONDS,
    ) -> None:
        field = _without_finish(plain_field(field))
        settings = {p.name: p.rest for p in parameters if p.name in field.movable}
        self.field = field.replace(keyframes=((0.0, settings),)) if settings else field
        self.parameters, self.size = parameters, size
        self._low = np.array([p.low for p in parameters], np.float32)
        self._width = np.array([p.high for p in parameters], np.float32) - self._low
        self._track = silent_track(self.field, seconds)
        self._grid = Grid(size, size)
        self._drawer = frame_drawer(self.field, self._grid, resolve("cpu", "auto"))

    def draw(
        self, positions: Float32[np.ndarray, "moments parameters"], times: Float64[np.ndarray, " moments"]
    ) -> Float32[np.ndarray, "moments rows columns 3"]:
        """Pictures in [0, 1] with parameters at positions in their ranges, at times in seconds."""
        moments, places = np.unique(times, return_inverse=True)
        controls = self.field.controls(self._track, moments)
        values = controls.values[places]
        columns = [controls.names.index(p.name) for p in self.parameters]
        values[:, columns] = self._low + self._width * positions
        lit = lit_moments(self.field, Controls(values, controls.names))
        out: UInt8[np.ndarray, "moments points 3"] = np.empty((len(times), self.size**2, 3), np.uint8)
        with ThreadPoolExecutor(usable_threads()) as pool:  # drawing releases the GIL
            list(pool.map(lambda n: self._drawer.draw(lit, n, float(times[n]), out[n]), range(len(times))))
        return out.reshape(-1, self.size, self.size, 3).astype(np.float32) / np.float32(255)

    def metrics(
        self,
        positions: Float32[torch.Tensor, "sequences moments parameters"],
        times: Float64[np.ndarray, "sequences moments"],
    ) -> dict[str, torch.Tensor]:
        """Metrics of sequences of pictures on the device of `positions`, with slopes if these need any."""
        places, device = positions.detach().cpu().numpy(), positions.device
        sequences, count, parameters = places.shape
        shape = (sequences, count, self.size, self.size, 3)
        if not positions.requires_grad:
            plain = self.draw(places.reshape(-1, parameters), times.ravel())
            return picture_metrics(tensor_on(plain, device).view(shape))
        middle = np.minimum(np.arange(0, count, SECANT_STRIDE) + SECANT_STRIDE // 2, count - 1)
        moved = np.repeat(places[:, middle, None], parameters, axis=2)  # sequence, moment, which one, all
        diagonal = np.arange(parameters)
        steps = np.where(moved[..., diagonal, diagonal] + SECANT_STEP <= 1, SECANT_STEP, -SECANT_STEP)
        moved[..., diagonal, diagonal] += steps
        rows = np.concatenate((places.reshape(-1, parameters), moved.reshape(-1, parameters)))
        moments = np.concatenate((times.ravel(), np.repeat(times[:, middle].ravel(), parameters)))
        images = tensor_on(self.draw(rows.astype(np.float32), moments), device)
        present = images[: sequences * count].view(shape)
        others = images[sequences * count :].view(sequences, len(middle), parameters, *shape[2:])
        return _with_slopes(positions, present, others, tensor_on(middle, device), tensor_on(steps, device))


def _with_slopes(
    positions: torch.Tensor,
    images: torch.Tensor,
    others: torch.Tensor,
    middle: torch.Tensor,
    steps: torch.Tensor,
) -> dict[str, torch.Tensor]:
    """Metrics of `images`, whose slopes are those of `others`: `middle` moments with one parameter moved.

    The change of a moment depends on the parameters of that moment and of the one before.
    """
    values = picture_metrics(images)
    pairs = others.flatten(0, 2)[:, None].expand(-1, 2, -1, -1, -1)  # sequences of the same picture twice
    moved = {name: value[:, 0].view(steps.shape) for name, value in picture_metrics(pairs).items()}
    offsets = positions - positions.detach()
    count = images.shape[1]
    result = {}
    for name, value in values.items():
        if name == "change":
            continue
        difference = moved[name] - value[:, middle, None]
        if name == "hue":  # turns
            difference = torch.remainder(difference + 0.5, 1.0) - 0.5
        result[name] = value + (_shared(difference / steps, count) * offsets).sum(dim=-1)
    now, step = structure(images), structure(others)
    before, at, after = (now[:, (middle + n).clamp(0, count - 1)] for n in (-1, 0, 1))

    def slopes(neighbors: torch.Tensor) -> torch.Tensor:
        distance = (step - neighbors[:, :, None]).abs().mean(dim=(-2, -1))
        return _shared((distance - (at - neighbors).abs().mean(dim=(-2, -1))[..., None]) / steps, count)

    own, previous = slopes(before) * offsets, slopes(after) * offsets
    change = values["change"][:, 1:] + (own[:, 1:] + previous[:, :-1]).sum(dim=-1)
    result["change"] = torch.cat([change[:, :1], change], dim=1)
    return result


def _shared(slopes: torch.Tensor, count: int) -> torch.Tensor:
    """Slopes of middle moments for all moments around them."""
    return slopes.float().repeat_interleave(SECANT_STRIDE, dim=1)[:, :count]


def _without_finish(field: FieldSettings) -> FieldSettings:
    """Without what is slow or random and says little about a small picture: glow, grain, samples."""
    if not field.finish.on:
        return field
    return field.replace(finish=field.finish.replace(bloom=0.0, grain=0.0, samples=1))
