"""Seven differentiable metrics of images, the same for the differentiable Julia image and rendered frames.

luminance   mean of Y = 0.2126 R + 0.7152 G + 0.0722 B (of sRGB values)
contrast    standard deviation of Y over the picture
edges       mean length of the gradient of the structure, per pixel
detail      mean distance of the structure from its mean over 5 x 5 pixels
change      mean distance of the structure from that of the previous moment
hue         direction of the mean color in the plane (R - (G + B) / 2, (G - B) sqrt(3) / 2), in turns,
            unwrapped along the sequence (Hanbury, "Constructing cylindrical coordinate colour spaces", 2008)
variety     root of the variance in that plane

The structure is Y of the same picture with hue, saturation and brightness at rest, so that a change of color
does not count as motion.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float32
from torch.nn.functional import avg_pool2d

from explorer.fields.srgb import LUMINANCE

METRICS = ("luminance", "contrast", "edges", "detail", "change", "hue", "variety")

Structure = Float32[torch.Tensor, "sequences moments rows columns"]
Colors = Float32[torch.Tensor, "sequences moments some_rows some_columns 3"]
Values = Float32[torch.Tensor, "sequences moments"]

HUE_SOFTENING = 1e-4  # squared length of a mean color below which its direction has no gradient


def measure(structure: Structure, colors: Colors) -> dict[str, Values]:
    """All metrics of sequences of consecutive images; `colors` may be sparser than `structure`."""
    flat = colors.flatten(2, 3)
    luminance = luma(flat)
    warm = flat[..., 0] - (flat[..., 1] + flat[..., 2]) / 2
    green = (flat[..., 1] - flat[..., 2]) * (math.sqrt(3) / 2)
    return {
        "luminance": luminance.mean(dim=-1),
        "contrast": luminance.var(dim=-1).add(1e-8).sqrt(),
        "edges": edges(structure),
        "detail": detail(structure),
        "change": change(structure),
        "hue": hue(warm.mean(dim=-1), green.mean(dim=-1)),
        "variety": (warm.var(dim=-1) + green.var(dim=-1) + 1e-8).sqrt(),
    }


def luma(colors: Float32[torch.Tensor, "*moments 3"]) -> Float32[torch.Tensor, "*moments"]:
    """Y of sRGB values."""
    red, green, blue = LUMINANCE
    return colors[..., 0] * red + colors[..., 1] * green + colors[..., 2] * blue


def edges(structure: Structure) -> Values:
    """Mean length of the gradient, by differences to the next row and column."""
    down = structure[..., 1:, :-1] - structure[..., :-1, :-1]
    right = structure[..., :-1, 1:] - structure[..., :-1, :-1]
    return (down * down + right * right + 1e-8).sqrt().mean(dim=(-2, -1))


def detail(structure: Structure) -> Values:
    """Mean |structure - its mean over 5 x 5 pixels|, away from the border."""
    local_mean = avg_pool2d(structure, 5, stride=1)
    return (structure[..., 2:-2, 2:-2] - local_mean).abs().mean(dim=(-2, -1))


def change(structure: Structure) -> Values:
    """Mean |structure - that of the previous moment|; the first moment repeats the second."""
    steps = (structure[:, 1:] - structure[:, :-1]).abs().mean(dim=(-2, -1))
    return torch.cat([steps[:, :1], steps], dim=1)


def hue(warm: Values, green: Values) -> Values:
    """The angle of a color in turns, unwrapped along the sequence; near gray the gradient vanishes."""
    angle = torch.atan2(green, warm).detach()
    steps = torch.diff(angle, dim=1)
    wrapped = torch.remainder(steps + math.pi, 2 * math.pi) - math.pi
    unwrapped = angle + torch.nn.functional.pad((wrapped - steps).cumsum(dim=1), (1, 0))
    x, y = warm.detach(), green.detach()
    differential = (x * green - y * warm) / (x * x + y * y + HUE_SOFTENING)  # value 0, gradient of the angle
    return (unwrapped + differential) / (2 * math.pi)
