"""Small pictures of any field at given parameters, with slopes for training.

The real drawing runs at a small size, light included. A slope of a pixel is a secant: the picture is drawn
again with one parameter moved by `SECANT_STEP` of its range. So every field can be taught, compiled or not,
and a slope says what a visible step does; derivatives of fine detail are chaotic (see `orbit_gradients`).
Neighboring moments share the slopes of one of them.
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
from explorer.learn.teaching.parameters import plain_field, silent_track
from explorer.rendering.devices import resolve
from explorer.rendering.sequence_drawer import frame_drawer
from explorer.threads import usable_threads

SIZE = 48  # rows and columns
SECANT_STEP = 0.08  # of a range
SECANT_STRIDE = 8  # moments that share slopes
TRACK_SECONDS = 90.0
STRUCTURE_MEAN, STRUCTURE_FLOOR = 0.4, 0.02  # of the luminance of a structure; added to that of a picture

Positions = Float32[torch.Tensor, "moments parameters"]
Images = Float32[torch.Tensor, "moments rows columns 3"]


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

    def images(self, positions: Positions, times: Float64[np.ndarray, " moments"]) -> Images:
        """The same with slopes: gradients flow from the pictures to the positions."""
        images: Images = _Secants.apply(positions, self, times)  # type: ignore[no-untyped-call]
        return images


class _Secants(torch.autograd.Function):
    """Pictures whose gradient is that of secants."""

    @staticmethod
    def forward(
        ctx: Any, positions: Positions, pictures: FieldPictures, times: Float64[np.ndarray, " moments"]
    ) -> Images:
        """See `FieldPictures.images`."""
        places = positions.detach().numpy()
        if not ctx.needs_input_grad[0]:
            return torch.from_numpy(pictures.draw(places, times))
        count, parameters = places.shape
        middle = np.minimum(np.arange(0, count, SECANT_STRIDE) + SECANT_STRIDE // 2, count - 1)
        moved = np.repeat(places[middle][:, None], parameters, axis=1)  # sampled moments, which one, all
        diagonal = np.arange(parameters)
        steps = np.where(moved[:, diagonal, diagonal] + SECANT_STEP <= 1, SECANT_STEP, -SECANT_STEP)
        moved[:, diagonal, diagonal] += steps
        rows = np.concatenate((places, moved.reshape(-1, parameters).astype(np.float32)))
        rendered = torch.from_numpy(
            pictures.draw(rows, np.concatenate((times, np.repeat(times[middle], parameters))))
        )
        images, others = rendered[:count], rendered[count:]
        others = others.view(len(middle), parameters, *rendered.shape[1:])
        slopes = (others - images[middle][:, None]) / torch.from_numpy(steps)[:, :, None, None, None]
        ctx.save_for_backward(slopes.float())
        return images.clone()

    @staticmethod
    def backward(ctx: Any, *upstream: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        """The gradient by each parameter: the sum over a picture, along the shared slopes."""
        (slopes,), (gradient,) = ctx.saved_tensors, upstream
        missing = -len(gradient) % SECANT_STRIDE
        groups = torch.nn.functional.pad(gradient.flatten(1), (0, 0, 0, missing)).view(
            len(slopes), SECANT_STRIDE, -1
        )
        by_parameter = groups @ slopes.flatten(2).mT  # (groups, moments, parameters)
        return by_parameter.flatten(0, 1)[: len(gradient)], None, None


def _without_finish(field: FieldSettings) -> FieldSettings:
    """Without what is slow or random and says little about a small picture: glow, grain, samples."""
    if not field.finish.on:
        return field
    return field.replace(finish=field.finish.replace(bloom=0.0, grain=0.0, samples=1))
