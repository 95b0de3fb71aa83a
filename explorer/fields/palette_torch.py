"""Three numbers in [0, 1] to sRGB through a palette, in torch: what every kernel is tested against."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float

from explorer.fields.palette import LMS_TO_LINEAR, OKLAB_TO_LMS, Cosine, OKLab, Triple, palette_of


def paint(u: Float[torch.Tensor, "*points 3"], name: str) -> Float[torch.Tensor, "*points 3"]:
    """sRGB in [0, 1] for numbers in [0, 1]; the reference that every kernel is tested against."""
    palette = palette_of(name)
    if palette is None:
        return u
    return _oklab(u, palette) if isinstance(palette, OKLab) else _cosine(u, palette)


def _cosine(u: torch.Tensor, palette: Cosine) -> torch.Tensor:
    def row(values: Triple) -> torch.Tensor:
        return u.new_tensor(values)

    t = u[..., 1:2] + palette.drift * u[..., 0:1]
    light = palette.shade + (1 - palette.shade) * u[..., 2:3]
    wave = torch.cos(2 * math.pi * (row(palette.cycles) * t + row(palette.phase)))
    return ((row(palette.base) + row(palette.swing) * wave) * light).clamp(0, 1)


def _oklab(u: torch.Tensor, palette: OKLab) -> torch.Tensor:
    lightness = palette.dark + (palette.light - palette.dark) * u[..., 0]
    a = palette.tint_a + palette.chroma * (2 * u[..., 1] - 1)
    b = palette.tint_b + palette.chroma * (2 * u[..., 2] - 1)
    lms = torch.stack((lightness, a, b), -1) @ u.new_tensor(OKLAB_TO_LMS).T
    linear = (lms**3 @ u.new_tensor(LMS_TO_LINEAR).T).clamp(0, 1)
    return torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
