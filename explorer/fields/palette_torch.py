"""Three numbers in [0, 1] to sRGB through a palette, in torch: the reference for the kernels."""

from __future__ import annotations

import torch
from jaxtyping import Float

from explorer.fields.kernels.color_formulas import cosine_color, srgb
from explorer.fields.kernels.portable import look_up
from explorer.fields.oklab import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.fields.palette import OKLab, parse_palette
from explorer.fields.palette_stops import ColorPath
from explorer.fields.palette_table import TABLE_COLORS, srgb_table


def apply_palette(u: Float[torch.Tensor, "*points 3"], name: str) -> Float[torch.Tensor, "*points 3"]:
    """sRGB in [0, 1] for numbers in [0, 1]."""
    palette = parse_palette(name)
    if palette is None:
        return u
    if isinstance(palette, OKLab):
        return _oklab_color(u, palette)
    if isinstance(palette, ColorPath):
        position = u[..., 1] * (TABLE_COLORS - 1)
        return torch.stack(
            [look_up(position, channel, 0, TABLE_COLORS) for channel in srgb_table(name).T], -1
        )
    return torch.stack(cosine_color(*u.unbind(-1), palette.numbers), dim=-1).clamp(0, 1)


def _oklab_color(u: torch.Tensor, palette: OKLab) -> torch.Tensor:
    """The twin of `color_formulas.oklab_color`: as matrix products, which frames of version 0.1 on GPUs are.

    A sum of products rounds differently, and frames have to repeat bit by bit; a test compares the two.
    """
    lightness = palette.dark + (palette.light - palette.dark) * u[..., 0]
    a = palette.tint_a + palette.chroma * (2 * u[..., 1] - 1)
    b = palette.tint_b + palette.chroma * (2 * u[..., 2] - 1)
    lms = torch.stack((lightness, a, b), -1) @ u.new_tensor(OKLAB_TO_LMS).T
    linear = (lms**3 @ u.new_tensor(LMS_TO_LINEAR).T).clamp(0, 1)
    rgb: torch.Tensor = srgb(linear)
    return rgb
