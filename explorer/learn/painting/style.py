"""Fitting a CPPN to the statistics of a picture instead of its pixels: its style, or its colors alone.

Each step draws windows of the network, anywhere in a wide frame, with its waves pushed by a random amount as
sound pushes them: so that the texture goes on beyond the picture, and stays the same while it moves.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float32

from explorer.fields import CPPN
from explorer.fields.palette_torch import apply_palette
from explorer.learn.painting.fitting import Fit, network_inputs, oklab, oklab_planes
from explorer.learn.painting.settings import PaintSettings
from explorer.learn.painting.statistics import COARSE, DIRECTIONS, FINE, Statistics

WINDOWS = {FINE: (4, 40), COARSE: (1, 72)}  # how many are drawn in a step, and the pixels of a side
STEP_DIRECTIONS = 16  # compared in a step
BEST_DIRECTIONS = slice(0, 16)  # compared to find the best network
BEND_REACH = 0.1  # by how much waves are pushed at most, in halves of the shorter side
WIDE = 16 / 9  # the shape of frames that the texture fills, at least


class StyleFit(Fit):
    """A network that is being fitted to the statistics of a picture; `match` is `style` or `palette`."""

    def __init__(
        self,
        field: CPPN,
        picture: Float32[np.ndarray, "height width 3"],
        settings: PaintSettings,
        start: list[torch.Tensor] | None = None,
    ) -> None:
        super().__init__(field, picture, settings, start)
        self._field = field
        self.first_image = self.image()  # before the first step
        self._statistics = Statistics(oklab_planes(picture), colors_only=settings.match == "palette")
        shorter, longer = sorted((self.width, self.height))
        reach = max(longer / shorter, WIDE)
        self._reach = (reach, 1.0) if self.width == longer else (1.0, reach)
        self._pixel = 2 / shorter

    def _step_loss(self) -> torch.Tensor:
        directions = torch.randperm(DIRECTIONS, generator=self._random)[:STEP_DIRECTIONS]
        bend = self._bend()
        views = {stride: self._windows(stride, bend) for stride in self._statistics.levels}
        return self._statistics.loss(views, directions)

    def _windows(self, stride: int, bend: torch.Tensor) -> Float32[torch.Tensor, "windows 3 side side"]:
        """Squares of pixels at random places, in OKLab."""
        count, side = WINDOWS[stride]
        step = self._pixel * stride
        offsets = (torch.arange(side) - (side - 1) / 2) * step
        y, x = torch.meshgrid(offsets, offsets, indexing="ij")
        room = torch.tensor(self._reach).sub(side * step / 2).clamp(min=0)
        centers = (torch.rand(count, 2, generator=self._random) * 2 - 1) * room
        places = torch.stack((x, y), -1) + centers[:, None, None]
        colors = self._draw(network_inputs(self._field, places.view(-1, 2)), bend)
        return oklab(colors).view(count, side, side, 3).permute(0, 3, 1, 2)

    def _bend(self) -> Float32[torch.Tensor, " neurons"]:
        """What a random sound adds to the phases of the waves."""
        lengths = self.matrices[0][:, :2].detach().norm(dim=1)
        amount = torch.rand(1, generator=self._random) * BEND_REACH
        bend: torch.Tensor = amount * lengths * torch.randn(len(lengths), generator=self._random)
        return bend

    def _draw(self, points: torch.Tensor, bend: torch.Tensor | None = None) -> torch.Tensor:
        return apply_palette(super()._draw(points, bend), self._field.palette)

    @torch.no_grad()
    def loss(self) -> float:
        """The distance of the statistics of the picture as it is fitted so far."""
        return self._statistics.distance(oklab_planes(self.image()), BEST_DIRECTIONS)
