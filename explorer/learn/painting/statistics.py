"""Statistics of a picture: how often it has which colors, and edges of which scale, direction and color.

Multi-scale histograms as in Heeger and Bergen, "Pyramid-based texture analysis/synthesis" (1995), of colors
and of Gabor filters, along random directions through their responses (Rabin et al., "Wasserstein barycenter
and its application to texture mixing", 2011): pictures are alike where the sorted responses of many
directions are. Nothing is said about where in the picture a response is.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from jaxtyping import Float32

KERNEL = 11  # pixels of a side of a filter
WAVELENGTH = 5.0  # of a Gabor filter, pixels
LENGTH, WIDTH = 3.0, 2.0  # of its window, along and across edges, pixels
FINE, COARSE = 1, 4  # pixels from one to the next in the two views of a picture
LEVELS = {FINE: 2, COARSE: 3}  # scales in a view, each half as large as the one before
DIRECTIONS = 64
SINGLE_SHARE = 2 / 3  # of the directions that are one filter, not a sum of three
QUANTILES = 2048  # of the responses of a direction
NOISE = 0.02  # differences in OKLab below which a direction says little
MIN_SIDE = COARSE * 2 ** (LEVELS[COARSE] - 1) * KERNEL  # pixels; smaller pictures are repeated, mirrored

Lab = Float32[torch.Tensor, "3 height width"]
Views = Float32[torch.Tensor, "views 3 height width"]
Kernels = Float32[torch.Tensor, "directions 3 side side"]


class Statistics:
    """The statistics of a picture in OKLab; others are compared with them.

    Every second direction is one of colors, the others are Gabor filters of a random color, direction and
    phase, or sums of some. With `colors_only` all are of colors, at the finest scale alone.
    """

    def __init__(self, lab: Lab, *, colors_only: bool = False, seed: int = 0) -> None:
        self.levels = {COARSE: 1} if colors_only else LEVELS
        random = torch.Generator().manual_seed(seed)
        colors = (colors_only or n % 2 == 0 for n in range(DIRECTIONS))
        self._kernels = torch.stack([_kernel(random, is_color=is_color) for is_color in colors])
        self._quantiles: dict[int, list[torch.Tensor]] = {stride: [] for stride in self.levels}
        for stride, tables in self._quantiles.items():
            for responses in self._responses(_views(_mirrored(lab), stride), stride, self._kernels):
                places = (torch.arange(QUANTILES) + 0.5) * (responses.shape[1] / QUANTILES)
                tables.append(responses.sort(dim=1).values[:, places.long()])

    @torch.no_grad()
    def distance(self, lab: Lab, directions: slice = slice(None)) -> float:
        """How far the statistics of a picture are: 0 if they are the same, at most 1 for its mean color.

        The difference of sorted responses (root mean square), in standard deviations of those of this one.
        """
        views = {stride: _views(_mirrored(lab), stride) for stride in self.levels}
        return float(self.loss(views, directions).sqrt())

    def loss(self, views: dict[int, Views], directions: torch.Tensor | slice) -> torch.Tensor:
        """The square of `distance`, of parts of another picture, by the stride of their pixels."""
        parts = []
        for stride, view in views.items():
            responses = self._responses(view, stride, self._kernels[directions])
            for own, table in zip(responses, self._quantiles[stride], strict=True):
                goal, count = table[directions], own.shape[1]
                places = (torch.arange(count) + 0.5) * (QUANTILES / count)
                squares = (own.sort(dim=1).values - goal[:, places.long()]) ** 2
                parts.append((squares.mean(dim=1) / (goal.var(dim=1) + NOISE**2)).mean())
        return torch.stack(parts).mean()

    def _responses(
        self, views: Views, stride: int, kernels: Kernels
    ) -> list[Float32[torch.Tensor, "directions places"]]:
        """Of the filters, at each scale."""
        scales = []
        for n in range(self.levels[stride]):
            if n:
                views = torch.nn.functional.avg_pool2d(views, 2)
            scales.append(torch.nn.functional.conv2d(views, kernels).transpose(0, 1).flatten(1))
        return scales


def _kernel(random: torch.Generator, *, is_color: bool) -> Float32[torch.Tensor, "3 side side"]:
    """A random direction through colors and filters, as one filter of length 1."""
    kernel = torch.zeros(3, KERNEL, KERNEL)
    if is_color:
        kernel[:, KERNEL // 2, KERNEL // 2] = torch.randn(3, generator=random)
    else:
        for _ in range(1 if torch.rand(1, generator=random) < SINGLE_SHARE else 3):
            orientation, phase = torch.rand(2, generator=random).tolist()
            color = torch.randn(3, 1, 1, generator=random)
            kernel += color * gabor(math.pi * orientation, 2 * math.pi * phase)
    unit: torch.Tensor = kernel / kernel.norm()
    return unit


def gabor(orientation: float, phase: float) -> Float32[torch.Tensor, "side side"]:
    """A wave across `orientation` (radians) under a Gaussian, without a constant part."""
    places = torch.arange(KERNEL) - KERNEL // 2
    y, x = torch.meshgrid(places, places, indexing="ij")
    across = x * math.cos(orientation) + y * math.sin(orientation)
    along = y * math.cos(orientation) - x * math.sin(orientation)
    window = torch.exp(-((across / WIDTH) ** 2 + (along / LENGTH) ** 2) / 2)
    wave: torch.Tensor = window * torch.cos(2 * math.pi / WAVELENGTH * across - phase)
    wave -= window * (wave.sum() / window.sum())
    return wave


def _views(lab: Lab, stride: int) -> Views:
    """Every `stride`-th pixel from each of the first, as parts of equal size."""
    height, width = (size // stride * stride for size in lab.shape[1:])
    parts = [lab[:, y:height:stride, x:width:stride] for y in range(stride) for x in range(stride)]
    return torch.stack(parts)


def _mirrored(lab: Lab) -> Lab:
    """A picture that is large enough for every scale."""
    missing = [(0, max(0, MIN_SIDE - size)) for size in lab.shape[1:]]
    return torch.from_numpy(np.pad(lab.numpy(), [(0, 0), *missing], "symmetric"))
