"""The timbre of a second in 128 numbers, by VGGish; its columns are their principal components in the track.

Hershey et al., "CNN architectures for large-scale audio classification", ICASSP 2017. The weights come from a
file, by the names of torchvggish.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float32
from torch.nn import functional

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import MODELS, AnalysisSettings
from explorer.audio.models import audioset, weights
from explorer.audio.models.rows import ModelRows, Network, Rows
from explorer.audio.models.scaling import at_times, component_levels, principal_scores
from explorer.audio.models.stream import Window
from explorer.audio.normalize import Column

VERSION = 1
FRAMING = audioset.FRAMING
LOG_OFFSET = 0.01
ROW_NAMES = tuple(f"embedding_{n:03}" for n in range(128))
COMPONENTS = len(MODELS["vggish"])
MIN_HALF_RANGE = 0.3  # of a component; the numbers of a sine have a standard deviation of 0.34

CONVOLUTIONS = {0: 64, 3: 128, 6: 256, 8: 256, 11: 512, 13: 512}  # number in the file: channels
POOL_AFTER = (0, 3, 8, 13)
DENSE = {0: (4096, 512 * 4 * 6), 2: (4096, 4096), 4: (128, 4096)}

Table = Float32[np.ndarray, "times columns"]
State = Mapping[str, torch.Tensor]


def _shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of the weights."""
    shapes: dict[str, tuple[int, ...]] = {}
    before = 1
    for number, channels in CONVOLUTIONS.items():
        shapes |= {
            f"features.{number}.weight": (channels, before, 3, 3),
            f"features.{number}.bias": (channels,),
        }
        before = channels
    for number, shape in DENSE.items():
        shapes |= {f"embeddings.{number}.weight": shape, f"embeddings.{number}.bias": shape[:1]}
    return shapes


SHAPES = _shapes()


def weights_sha256() -> str:
    """See `PretrainedModel.weights_sha256`."""
    return weights.file_sha256("vggish")


def load_network() -> Network:
    """See `PretrainedModel.load_network`."""
    state = weights.load_state("vggish", weights.weights_file("vggish"), SHAPES)

    def network(window: Window) -> Rows:
        return embed(state, audioset.patches(window, LOG_OFFSET))

    return network


@torch.inference_mode()
def embed(state: State, patches: audioset.Patches) -> Float32[np.ndarray, "patches 128"]:
    """The embedding of log-mel patches, before the whitening of AudioSet's release."""
    values = convolve(state, patches).permute(0, 2, 3, 1).flatten(1)  # TensorFlow's channels are the last
    for number in DENSE:
        weight, bias = state[f"embeddings.{number}.weight"], state[f"embeddings.{number}.bias"]
        values = functional.relu(functional.linear(values, weight, bias))
    return values.numpy()


@torch.inference_mode()
def convolve(state: State, patches: audioset.Patches) -> torch.Tensor:
    """(patches, 512, 6, 4): the convolutions alone."""
    image = torch.from_numpy(patches)[:, None]
    for number in CONVOLUTIONS:
        weight, bias = state[f"features.{number}.weight"], state[f"features.{number}.bias"]
        image = functional.relu(functional.conv2d(image, weight, bias, padding=1))
        if number in POOL_AFTER:
            image = functional.max_pool2d(image, 2)
    return image


def columns(rows: ModelRows, track: FeatureTable) -> Table:
    """See `PretrainedModel.columns`."""
    return at_times(principal_scores(rows, slice(None), track, COMPONENTS), rows, track)


def normalize(raw: Table, presence: Column, settings: AnalysisSettings) -> Table:
    """See `PretrainedModel.normalize`."""
    return component_levels(raw, presence, settings, MIN_HALF_RANGE)
