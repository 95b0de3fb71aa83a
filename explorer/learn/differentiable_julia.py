"""A differentiable Julia image: small, with few iterations, so that its gradients are meaningful.

    z_0 = (x, y) EXTENT / zoom, turned;  z <- z^2 + c until |z| > 32;  nu: see `fields.julia.formulas`

A point that has not escaped within `ITERATIONS` steps has nu = ITERATIONS. Tone and color are the
renderer's own formulas.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from jaxtyping import Float32

from explorer.fields.julia.formulas import color, escape_time, exterior_weight, tone_of
from explorer.fields.julia.parameters import EXTENT, PARAMETERS
from explorer.learn.metrics import luma
from explorer.learn.orbit_gradients import ITERATIONS, LIMIT, escape

IMAGE_SIZE = 48  # rows and columns
DISPLAY_ROWS = 360  # of a picture on a screen: detail finer than its pixels does not count as `exterior`

REST_COLOR = [
    torch.tensor(parameter.rest)
    for parameter in PARAMETERS
    if parameter.name in ("hue", "saturation", "brightness")
]

Moments = Float32[torch.Tensor, " moments"]
Points = Float32[torch.Tensor, "moments points"]
Pairs = Float32[torch.Tensor, "moments 2"]
Pixels = Float32[torch.Tensor, "moments 1"]


class JuliaImages(NamedTuple):
    """Images: their structure (Y in the colors of rest), and the colors of every second row and column."""

    structure: Float32[torch.Tensor, "moments rows columns"]
    colors: Float32[torch.Tensor, "moments half_rows half_columns 3"]


class _Orbits(torch.autograd.Function):
    """nu, `exterior`, `trap` at points (x, y) for constants c; only nu has a gradient, exact but clipped."""

    @staticmethod
    def forward(ctx: Any, x: Points, y: Points, c: Pairs, pixel: Pixels) -> tuple[Points, Points, Points]:
        """See `fields.julia.formulas`; `pixel` is the size of a pixel in the plane of z_0."""
        steps, squares, stretched, trap, *slopes = (torch.empty_like(x) for _ in range(8))
        arrays = (x, y, c, steps, squares, stretched, trap, *slopes)
        escape(*(array.detach().contiguous().view(-1).numpy() for array in arrays))
        ctx.save_for_backward(*slopes)
        escaped, far = squares > LIMIT, squares.clamp(min=LIMIT)
        nu = torch.where(escaped, escape_time(steps, far), float(ITERATIONS))
        exterior = torch.where(escaped, exterior_weight(far, stretched, pixel), 0.0)
        ctx.mark_non_differentiable(exterior, trap)
        return nu, exterior, trap

    @staticmethod
    def backward(ctx: Any, *upstream: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """The upstream gradient times the gradients that the forward pass stored."""
        real, imag, x, y = (upstream[0] * slope for slope in ctx.saved_tensors)
        return x, y, torch.stack([real.sum(dim=1), imag.sum(dim=1)], dim=1), None


def julia_constants(angle: Moments, distance: Moments) -> Pairs:
    """c = distance (e^(i angle) / 2 - e^(2 i angle) / 4), as `fields.julia.parameters.constant`."""
    real = angle.cos() / 2 - (2 * angle).cos() / 4
    imag = angle.sin() / 2 - (2 * angle).sin() / 4
    return distance[:, None] * torch.stack([real, imag], dim=1)


def orbits(
    angle: Moments, rotation: Moments, distance: Moments, zoom: Moments, size: int = IMAGE_SIZE, step: int = 1
) -> tuple[Points, Points, Points]:
    """nu, `exterior` and `trap` at the pixels of square images, row by row: every `step`-th row and column.

    The number of these rows and columns must be a multiple of 4.
    """
    positions = ((torch.arange(size, dtype=torch.float32) + 0.5) / size * 2 - 1)[::step]
    y, x = (axis.reshape(1, -1) for axis in torch.meshgrid(positions, positions, indexing="ij"))
    scale = EXTENT / zoom[:, None]
    cos, sin = rotation.cos()[:, None] * scale, rotation.sin()[:, None] * scale
    c = julia_constants(angle, distance)
    rotated = x * cos - y * sin, x * sin + y * cos
    orbit: tuple[Points, Points, Points] = _Orbits.apply(*rotated, c, scale.detach() * (2 / DISPLAY_ROWS))  # type: ignore[no-untyped-call]
    return orbit


def draw_images(controls: dict[str, Moments], size: int = IMAGE_SIZE) -> JuliaImages:
    """Images of the controls angle, rotation, distance, zoom, hue, saturation, brightness."""
    nu, exterior, trap = (part.view(-1, size, size) for part in _orbits_of(controls, size))
    structure = _structure(nu, exterior, trap)
    color_controls = (controls[name][:, None, None] for name in ("hue", "saturation", "brightness"))
    colors = color(*(part[:, ::2, ::2] for part in (nu, tone_of(nu), exterior, trap)), *color_controls)
    return JuliaImages(structure, torch.stack(colors, dim=-1))


def draw_structure(
    controls: dict[str, Moments], size: int = IMAGE_SIZE
) -> Float32[torch.Tensor, "moments rows columns"]:
    """The structure of every second row and column of what `draw_images` draws, without gradients."""
    with torch.no_grad():
        half = _orbits_of(controls, size, step=2)
        return _structure(*(part.view(-1, size // 2, size // 2) for part in half))


def _orbits_of(controls: dict[str, Moments], size: int, step: int = 1) -> tuple[Points, Points, Points]:
    angle, rotation, distance, zoom = (controls[name] for name in ("angle", "rotation", "distance", "zoom"))
    return orbits(angle, rotation, distance, zoom, size, step)


def _structure(nu: torch.Tensor, exterior: torch.Tensor, trap: torch.Tensor) -> torch.Tensor:
    return luma(torch.stack(color(nu, tone_of(nu), exterior, trap, *REST_COLOR), dim=-1))
