"""How sound bends a painted picture: what each feature adds to the phases of the waves of the first layer.

Every wave is pushed along its own direction, by a distance and not by an angle, so that a picture flows and
does not shift. Bass moves the long waves, treble the short ones, other features all of them, hits the
hardest. In silence nothing is added, and the picture is as it was painted.
"""

from __future__ import annotations

import zlib

import numpy as np
import torch
from jaxtyping import Float64

from explorer.fields.cppn.activations import activate, activations_of
from explorer.fields.cppn.settings import CPPNSettings

BEND = 0.2  # change of the colors by all features at full level with the default audio gain, of [0, 1]
BEND_STREAM = 9001  # the random stream of the waves that a feature moves
BEND_POINTS = 32  # of a side of the grid on which the change is measured
BEND_BISECTIONS, MAX_BEND = 20, 4.0  # radians
WAVE_GROUPS = {"bass": 0.0, "mid": 0.5, "treble": 1.0}  # places among the waves, long to short
GROUP_WIDTH = 0.25  # of a group of waves
HITS, HIT_WEIGHT = ("onset", "flux"), 2.0  # features of hits, which are short, push harder

Matrices = list[Float64[np.ndarray, "_ _"]]


def bends(matrices: Matrices, settings: CPPNSettings) -> Float64[np.ndarray, "hidden features"]:
    """What each feature at full level adds to the biases of the first layer, with the default audio gain.

    All of them together change the colors by `BEND`. The matrices are those of `weights.painted_network`,
    of which the first has columns for the pixel and the biases alone.
    """
    lengths = np.hypot(*matrices[0][:, :2].T)  # 0 for the constant neuron, which stays
    place = np.argsort(np.argsort(lengths[:-1])) / max(1, len(lengths) - 2)
    columns = np.zeros((len(lengths), len(settings.features)))
    for column, name in zip(columns.T, settings.features, strict=True):
        stream = np.random.RandomState([settings.seed, BEND_STREAM, zlib.crc32(name.encode())])
        column[:-1] = lengths[:-1] * stream.standard_normal(len(lengths) - 1)
        if name in WAVE_GROUPS:
            column[:-1] *= np.exp(-(((place - WAVE_GROUPS[name]) / GROUP_WIDTH) ** 2))
        column *= (HIT_WEIGHT if name in HITS else 1) / max(float(np.sqrt((column**2).mean())), 1e-9)
    return columns * _scale(matrices, columns.sum(1), settings)


def _scale(matrices: Matrices, bend: Float64[np.ndarray, " hidden"], settings: CPPNSettings) -> float:
    """The factor at which a bend changes the colors by `BEND` (root mean square over the picture)."""
    side = np.linspace(-1, 1, BEND_POINTS) * settings.coord_scale
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    rows = [x, y, *([np.hypot(x, y)] if settings.radius else []), np.ones_like(x)]
    inputs, weights = torch.from_numpy(np.stack(rows)), [torch.from_numpy(matrix) for matrix in matrices]
    direction = torch.from_numpy(bend)[:, None]

    def colors(scale: float) -> torch.Tensor:
        values = weights[0] @ inputs + scale * direction
        for name, weight in zip(activations_of(len(weights) - 1), weights[1:], strict=True):
            values = weight @ activate(name, values)
        return torch.sigmoid(values)

    rest, low, high = colors(0), 0.0, MAX_BEND
    for _ in range(BEND_BISECTIONS):
        middle = (low + high) / 2
        is_small = float(((colors(middle) - rest) ** 2).mean()) < BEND**2
        low, high = (middle, high) if is_small else (low, middle)
    return low
