"""A Julia set ready to draw: the torch reference, and the kernel for the CPU."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8

from explorer.fields.controls import Controls
from explorer.fields.julia import kernel
from explorer.fields.julia.formulas import (
    color,
    escape_time,
    exterior_weight,
    glow_light,
    inner_height,
    log_distance,
    outer_height,
    tone_of,
)
from explorer.fields.julia.parameters import EXTENT, TRAP_STEPS, constant
from explorer.fields.julia.settings import JuliaSettings
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.kernels.dither import dither
from explorer.fields.kernels.padding import draw_padded, fill_padded, flat_view

LIMIT = kernel.LIMIT
MIN_ACCENT = 1e-3  # of the largest channel, before it becomes 1


def pixel_inputs(xy: Float32[np.ndarray, "points 2"]) -> Float32[np.ndarray, "inputs points"]:
    """See `Julia.pixel_inputs`."""
    x, y = np.ascontiguousarray(xy.T, np.float32)
    return np.stack((x, y, dither(x, y)))


class PreparedJulia:
    """Some moments of `Julia`, ready to be drawn."""

    def __init__(self, settings: JuliaSettings, controls: Controls) -> None:
        self.settings = settings
        column = dict(zip(controls.names, controls.values.T.astype(np.float64), strict=True))
        c = constant(column["angle"] + settings.travel * column["time"], column["distance"])
        scale = EXTENT / column["zoom"]
        turn = scale * np.exp(1j * column["rotation"])
        tint = [column[name] for name in ("hue", "saturation", "brightness")]
        self.view = np.column_stack((c.real, c.imag, turn.real, turn.imag, scale, *tint)).astype(np.float32)

    def colors(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments points 3"]:
        """See `Prepared.colors`. `dtype` has no effect: orbits need all digits."""
        samples = self.settings.samples
        view = torch.from_numpy(self.view_for(pixel)).to(xy)[..., None]
        x, y = (xy[:, 0] * view[:, 2] - xy[:, 1] * view[:, 3], xy[:, 0] * view[:, 3] + xy[:, 1] * view[:, 2])
        total = torch.zeros((*x.shape, 3), dtype=xy.dtype, device=xy.device)
        for n in range(samples * samples):
            across, down = ((k + 0.5) / samples - 0.5 for k in (n % samples, n // samples))
            total += self._sample(x + across * view[:, 4], y + down * view[:, 4], view)
        return total / (samples * samples)

    def kernel(self, dtype: torch.dtype) -> str:
        """Name of the CPU kernel: one for all precisions."""
        return "julia-f32"

    def draw(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: UInt8[np.ndarray, "points 3"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Prepared.draw`."""
        view, settings = self.view_for(pixel)[moment], self.settings

        def fill(rows: np.ndarray, target: np.ndarray) -> None:
            kernel.draw(flat_view(rows), view, settings.iterations, settings.samples, target)

        draw_padded(fill, pixel_inputs, out, kernel.STRIP)

    def numbers(
        self, xy: Float[torch.Tensor, "points 2"], pixel: float, dtype: torch.dtype = torch.float32
    ) -> Float[torch.Tensor, "moments 5 points"]:
        """See `Surface.numbers`: the set is a mountain, and a lit set has the samples of its finish."""
        view = torch.from_numpy(self.view_for(pixel)).to(xy)[..., None]
        x, y = (xy[:, 0] * view[:, 2] - xy[:, 1] * view[:, 3], xy[:, 0] * view[:, 3] + xy[:, 1] * view[:, 2])
        ends = orbit(x, y, view[:, 0], view[:, 1], self.settings.iterations)
        _, squared, slope, trap = ends
        outside = outer_height(log_distance(torch.clamp(squared, min=LIMIT + 1), slope))
        height = torch.where(squared > LIMIT, outside, inner_height(trap))
        rgb = [linear_light(channel.clamp(min=0)) for channel in self._color(ends, view, 1).unbind(-1)]
        return torch.stack((height, *rgb, torch.zeros_like(height)), 1)

    def draw_numbers(
        self,
        moment: int,
        pixel_inputs: Float32[np.ndarray, "inputs points"],
        pixel: float,
        out: Float32[np.ndarray, "5 points"],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """See `Surface.draw_numbers`."""
        view, iterations = self.view_for(pixel)[moment], self.settings.iterations

        def fill(rows: np.ndarray, planes: np.ndarray) -> None:
            kernel.draw_numbers(flat_view(rows), view, iterations, planes.reshape(-1))

        fill_padded(fill, pixel_inputs, out, kernel.STRIP)

    def accent(self, moment: int) -> Float32[np.ndarray, 3]:
        """See `Surface.accent`: the color of the glow around the set."""
        glow = glow_light(*torch.from_numpy(self.view[moment, 5:8]))
        light: Float32[np.ndarray, 3] = np.array([float(channel) for channel in glow], np.float32)
        return light / max(float(light.max()), MIN_ACCENT)

    def view_for(self, pixel: float) -> Float32[np.ndarray, "moments 8"]:
        """`view` with the size of a pixel in the plane of z0 in place of the scale."""
        view = self.view.copy()
        view[:, 4] *= np.float32(pixel)
        return view

    def _sample(self, x: torch.Tensor, y: torch.Tensor, view: torch.Tensor) -> torch.Tensor:
        """Colors of points of the plane of z0, (moments, points, 3)."""
        ends = orbit(x, y, view[:, 0], view[:, 1], self.settings.iterations)
        return self._color(ends, view, self.settings.samples)

    def _color(self, ends: tuple[torch.Tensor, ...], view: torch.Tensor, samples: int) -> torch.Tensor:
        """Colors of the ends of orbits, with so many samples along the side of a pixel."""
        steps, squared, slope, trap = ends
        escaped, far = squared > LIMIT, torch.clamp(squared, min=LIMIT + 1)
        nu = torch.where(escaped, escape_time(steps, far), float(self.settings.iterations))
        exterior = exterior_weight(far, slope, view[:, 4] / samples)
        exterior = torch.where(escaped, exterior, 0.0)
        return torch.stack(color(nu, tone_of(nu), exterior, trap, view[:, 5], view[:, 6], view[:, 7]), dim=-1)


def orbit(
    x: torch.Tensor, y: torch.Tensor, cx: torch.Tensor, cy: torch.Tensor, iterations: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """(steps, |z|^2, |dz/dz0|^2, trap) at the end; the operations of `kernel.orbits`, in their order."""
    xx, yy = x * x, y * y
    squared, slope, steps = xx + yy, torch.ones_like(x), torch.zeros_like(x)
    trap = torch.full_like(x, LIMIT)
    for n in range(iterations):
        inside = squared <= LIMIT
        if n % kernel.STEPS_PER_CHECK == 0 and not inside.any():
            break
        x, y = torch.where(inside, xx - yy + cx, x), torch.where(inside, (x + x) * y + cy, y)
        slope = torch.where(inside, slope * (squared * 4.0), slope)
        steps += inside
        xx, yy = x * x, y * y
        squared = xx + yy
        if n < TRAP_STEPS:
            trap = torch.minimum(squared, trap)
    return steps, squared, slope, trap
