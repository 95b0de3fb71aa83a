"""Sequences of moments: how far they are apart, and the smoothing that fields apply to a model."""

from __future__ import annotations

import torch
from jaxtyping import Float32

from explorer.audio.live import LIVE_FPS
from explorer.fields.julia.parameters import SMOOTHING_BY_MODEL

STRIDE = 2  # frames between consecutive images
FRAME_RATE = LIVE_FPS / STRIDE  # images a second

Positions = Float32[torch.Tensor, "sequences frames parameters"]


def smooth(positions: Positions) -> Positions:
    """The smoothing that the field applies to the outputs of a model: a Gaussian along each sequence."""
    radius = round(4 * SMOOTHING_BY_MODEL * LIVE_FPS)
    steps = torch.arange(-radius, radius + 1) / (LIVE_FPS * SMOOTHING_BY_MODEL)
    weights = torch.exp(-steps.square() / 2)
    columns = positions.transpose(1, 2).flatten(0, 1)[:, None]
    padded = torch.nn.functional.pad(columns, (radius, radius), mode="reflect")
    kernel = (weights / weights.sum())[None, None].to(positions.device)
    filtered = torch.nn.functional.conv1d(padded, kernel)
    return filtered.reshape(len(positions), -1, positions.shape[1]).transpose(1, 2)
