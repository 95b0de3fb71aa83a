"""Fitting a CPPN to a picture: its start, its loss, its steps.

Matrices hold weights and biases, (neurons, inputs + 1) a layer. The first layer are waves of random length
and direction, so the network has Fourier features whose frequencies are learned. The loss is the squared
difference in OKLab and sRGB on random tiles, with that of its gradients at two scales.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from jaxtyping import Float, Float32

from explorer.fields import CPPN, Grid
from explorer.fields.cppn.activations import activate, activations_of
from explorer.fields.cppn.drawing import pixel_inputs
from explorer.fields.cppn.stored_weights import Layer
from explorer.fields.kernels.color_formulas import linear_light
from explorer.fields.oklab import LMS_TO_LINEAR, OKLAB_TO_LMS
from explorer.learn.painting.optimizer import Soap
from explorer.learn.painting.settings import PaintSettings

TILE = 4  # side of a tile, pixels: larger ones see less of the picture in a step
BATCH = 4096  # points in a step
MAX_RATE, WARMUP_STEPS = 0.03, 30
MIN_FREQUENCY, MAX_FREQUENCY = 0.5, 30.0  # of the first waves, radians per half of the shorter side
HIDDEN_GAIN = 1.4  # of the first weights: the signal stays through the layers
SRGB_SHARE = 0.5  # of the difference in sRGB beside that in OKLab
SCALES = 2  # at which gradients are compared
MIN_LIGHT = 1e-6  # the cube root has no slope at 0


def picture_points(field: CPPN, width: int, height: int) -> Float32[torch.Tensor, "points inputs"]:
    """What the network gets of each pixel, in units of the shorter side, with a 1 for the biases."""
    return network_inputs(field, torch.from_numpy(Grid(width, height).xy()))


def network_inputs(
    field: CPPN, xy: Float[torch.Tensor, "points 2"]
) -> Float32[torch.Tensor, "points inputs"]:
    """What the network gets at places in units of the shorter side, with a 1 for the biases."""
    inputs = pixel_inputs(field, xy) / field.coord_scale
    return torch.cat((inputs, torch.ones(1, inputs.shape[1]))).T.contiguous()


def oklab(colors: Float32[torch.Tensor, "*shape 3"]) -> Float32[torch.Tensor, "*shape 3"]:
    """OKLab of sRGB in [0, 1]."""
    to_lms = torch.tensor(np.linalg.inv(LMS_TO_LINEAR).T, dtype=torch.float32)
    to_lab = torch.tensor(np.linalg.inv(OKLAB_TO_LMS).T, dtype=torch.float32)
    lms = (linear_light(colors) @ to_lms).clamp(min=MIN_LIGHT)
    lab: torch.Tensor = lms ** (1 / 3) @ to_lab
    return lab


def oklab_planes(
    pixels: Float32[np.ndarray, "height width 3"],
) -> Float32[torch.Tensor, "3 height width"]:
    """OKLab of a picture, a plane for each coordinate."""
    return oklab(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))).permute(2, 0, 1)


class Fit:
    """A network that is being painted from a picture; the same steps for the same seed and size."""

    def __init__(
        self,
        field: CPPN,
        picture: Float32[np.ndarray, "height width 3"],
        settings: PaintSettings,
        start: list[torch.Tensor] | None = None,
    ) -> None:
        self.height, self.width = picture.shape[:2]
        self.settings = settings
        self._names = activations_of(field.layers)
        self._scale = field.coord_scale
        self._points = picture_points(field, self.width, self.height)
        self._colors = torch.from_numpy(picture.reshape(-1, 3).copy())
        self._lab = oklab(self._colors)
        self._random = torch.Generator().manual_seed(settings.seed)
        first = self._points.shape[1] - 1
        own = self._random_start(first, field.hidden - 1, field.layers)
        self.matrices = [matrix.detach().clone() for matrix in start or own]
        for matrix in self.matrices:
            matrix.requires_grad_()
        self.optimizer = Soap(self.matrices)
        side = min(TILE, self.width, self.height)
        self._tile = torch.arange(side)[:, None] * self.width + torch.arange(side)
        self._tiles = max(1, min(BATCH, self.width * self.height) // side**2)

    def _random_start(self, inputs: int, neurons: int, layers: int) -> list[torch.Tensor]:
        """Waves of all directions and lengths, then layers that keep the variance, then the colors."""

        def uniform(low: float, high: float, *shape: int) -> torch.Tensor:
            return low + (high - low) * torch.rand(*shape, generator=self._random)

        waves = torch.randn(neurons, inputs, generator=self._random)
        highest = min(MAX_FREQUENCY, math.pi / 4 * min(self.width, self.height))  # half of what pixels show
        highest = max(highest, MIN_FREQUENCY)
        waves *= uniform(MIN_FREQUENCY, highest, neurons, 1) / waves.norm(dim=1, keepdim=True)
        matrices = [torch.cat((waves, uniform(-math.pi, math.pi, neurons, 1)), 1)]
        for name in self._names[1:]:
            weights = torch.randn(neurons, neurons, generator=self._random) * HIDDEN_GAIN / neurons**0.5
            reach = math.pi if name == "cos" else 1.0
            matrices.append(torch.cat((weights, uniform(-reach, reach, neurons, 1)), 1))
        last = torch.randn(3, neurons, generator=self._random) / neurons**0.5
        return [*matrices, torch.cat((last, torch.zeros(3, 1)), 1)]

    @property
    def random_state(self) -> torch.Tensor:
        """The state of the random numbers that choose tiles."""
        return self._random.get_state()

    def restore(
        self,
        matrices: list[torch.Tensor],
        state: list[dict[str, torch.Tensor]],
        steps: int,
        random_state: torch.Tensor,
    ) -> None:
        """Continue where an earlier painting was. Raises ValueError unless all shapes fit."""
        for own, earlier, values in zip(self.matrices, matrices, state, strict=True):
            rows, columns = own.shape
            shapes = [own.shape] * 2 + [(rows, rows), (columns, columns)] * 2
            if [earlier.shape, *(tensor.shape for tensor in values.values())] != [own.shape, *shapes]:
                raise ValueError("it is of another network")
            if not all(tensor.isfinite().all() for tensor in (earlier, *values.values())):
                raise ValueError("it holds numbers that are not finite")
        with torch.no_grad():
            for own, earlier in zip(self.matrices, matrices, strict=True):
                own.copy_(earlier)
        self.optimizer.state, self.optimizer.steps = state, steps
        self._random.set_state(random_state)

    def step(self, share: float) -> None:
        """One step of the optimizer; `share` is how much of the time is over."""
        rate = MAX_RATE * min(1.0, (self.optimizer.steps + 1) / WARMUP_STEPS)
        loss = self._step_loss()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step(rate * (0.5 + 0.5 * math.cos(math.pi * min(share, 1.0))))

    def _step_loss(self) -> torch.Tensor:
        rows = torch.randint(self.height - len(self._tile) + 1, (self._tiles,), generator=self._random)
        columns = torch.randint(self.width - len(self._tile) + 1, (self._tiles,), generator=self._random)
        places = ((rows * self.width + columns)[:, None, None] + self._tile).ravel()
        return self._loss(self._draw(self._points[places]), places)

    def _loss(self, colors: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        difference = oklab(colors) - self._lab[places]
        loss = (difference**2).mean() + SRGB_SHARE * ((colors - self._colors[places]) ** 2).mean()
        if not self.settings.structure:
            return loss
        side = len(self._tile)
        tiles = difference.view(self._tiles, side, side, 3).permute(0, 3, 1, 2)
        for scale in range(SCALES):
            if min(tiles.shape[2:]) < 2:
                break
            if scale:
                tiles = torch.nn.functional.avg_pool2d(tiles, 2)
            slopes = [part**2 for part in (tiles.diff(dim=2), tiles.diff(dim=3)) if part.numel()]
            loss = loss + sum(part.mean() for part in slopes) * self.settings.structure / SCALES
        return loss

    def _draw(self, points: torch.Tensor, bend: torch.Tensor | None = None) -> torch.Tensor:
        """Colors at points; `bend` is added to the phases of the first waves."""
        values = points @ self.matrices[0].T
        if bend is not None:
            values = values + bend
        for name, matrix in zip(self._names, self.matrices[1:], strict=True):
            values = torch.addmm(matrix[:, -1], activate(name, values), matrix[:, :-1].T)
        return torch.sigmoid(values)

    @torch.no_grad()
    def image(self) -> Float32[np.ndarray, "height width 3"]:
        """The picture as it is painted so far, in [0, 1]."""
        parts = [self._draw(part) for part in torch.split(self._points, 4 * BATCH)]
        return torch.cat(parts).view(self.height, self.width, 3).numpy()

    @torch.no_grad()
    def loss(self) -> float:
        """The squared difference over the whole picture, in OKLab and sRGB."""
        colors = torch.from_numpy(self.image().reshape(-1, 3))
        lab = ((oklab(colors) - self._lab) ** 2).mean()
        return float(lab + SRGB_SHARE * ((colors - self._colors) ** 2).mean())

    def layers(self) -> list[Layer]:
        """Weights and biases of every layer, for coordinates as the field scales them."""
        layers = []
        for n, matrix in enumerate(self.matrices):
            values = matrix.detach().numpy()
            layers.append((values[:, :-1] / np.float32(1 if n else self._scale), values[:, -1].copy()))
        return layers
