"""A CPPN as a surface: its first output is the height, its second the hue.

Each output is measured over random moments and sounds and standardized, so that light and palette see the
same spread for any gain.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, Float32

from explorer.fields.cppn import engine
from explorer.fields.cppn.weights import Network
from explorer.fields.light.tone import fill_planes, planes_of
from explorer.fields.palette_table import color_table

Statistics = tuple[Float32[np.ndarray, "3"], Float32[np.ndarray, "3"]]  # mean and 1 / deviation
MIN_DEVIATION = 1e-3  # of an output: less is not stretched any further


def draw_numbers(
    statistics: Statistics,
    palette: str,
    network: Network,
    bias: Float32[np.ndarray, " hidden"],
    pixel_inputs: Float32[np.ndarray, "inputs points"],
    out: Float32[np.ndarray, "5 points"],
    dtype: torch.dtype,
) -> None:
    """See `Surface.draw_numbers`."""
    outputs = np.empty((3, out.shape[1]), np.float32)
    engine.draw_outputs(network, bias, pixel_inputs, outputs, dtype)
    fill_planes(outputs, *statistics, color_table(palette), out)


def numbers(
    statistics: Statistics, palette: str, outputs: Float[torch.Tensor, "moments points 3"]
) -> Float[torch.Tensor, "moments 5 points"]:
    """See `Surface.numbers`."""
    return planes_of(outputs.mT, *statistics, color_table(palette))


def statistics(
    network: Network,
    biases: Float32[np.ndarray, "moments hidden"],
    pixel_inputs: Float32[np.ndarray, "inputs points"],
) -> Statistics:
    """Mean and 1 / deviation of the outputs over moments and places, drawn by one thread: always the same."""
    samples = np.empty((len(biases), 3, pixel_inputs.shape[1]), np.float32)
    for bias, sample in zip(biases, samples, strict=True):
        engine.draw_outputs(network, bias, pixel_inputs, sample, torch.float32)
    values = samples.astype(np.float64)
    deviation = np.maximum(values.std(axis=(0, 2)), MIN_DEVIATION)
    return values.mean(axis=(0, 2)).astype(np.float32), (1 / deviation).astype(np.float32)
