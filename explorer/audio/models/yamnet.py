"""What sounds, out of 521 kinds of sound, by YAMNet: speech, singing, instruments, nature, machines.

Plakal & Ellis, "YAMNet", 2020 (github.com/tensorflow/models, research/audioset): MobileNet v1 on log-mel
patches of 0.96 s, trained on AudioSet. The weights come from a file, by the names of torch_audioset.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float32
from torch.nn import functional

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import AnalysisSettings
from explorer.audio.models import audioset, weights
from explorer.audio.models.rows import ModelRows, Network, Rows
from explorer.audio.models.scaling import at_times, probability_level
from explorer.audio.models.stream import Window
from explorer.audio.normalize import Column

VERSION = 1
FRAMING = audioset.FRAMING
LOG_OFFSET = 0.001
EPSILON = 1e-4  # of the batch normalizations
CLASSES, EMBEDDING = 521, 1024
ROW_NAMES = (
    *(f"class_{n:03}" for n in range(CLASSES)),
    *(f"embedding_{n:04}" for n in range(EMBEDDING)),
)

LAYERS = (  # stride and channels of the separable convolutions after the first layer
    (1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512), *[(1, 512)] * 5, (2, 1024), (1, 1024),
)  # fmt: skip
FIRST_CHANNELS = 32

GROUPS = {
    "yamnet_speech": (*range(13),),
    "yamnet_singing": (*range(24, 33), 249, 250),
    "yamnet_percussion": (*range(156, 172),),
    "yamnet_plucked": (*range(134, 147), 194),
    "yamnet_keyboard": (*range(147, 153), 155),
    "yamnet_bowed": (*range(184, 190),),
    "yamnet_winds": (*range(180, 184), *range(190, 194), *range(203, 206)),
    "yamnet_electronic": (153, 154, 158, *range(234, 243)),
    "yamnet_nature": (*range(67, 132), *range(277, 294)),
    "yamnet_machines": (*range(294, 348), *range(398, 420)),
}
"""The classes of each group, by their numbers in Google's yamnet_class_map.csv."""

Table = Float32[np.ndarray, "times columns"]
State = Mapping[str, torch.Tensor]


def _shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of the weights."""
    shapes: dict[str, tuple[int, ...]] = {}

    def add(layer: str, kernel: tuple[int, ...]) -> None:
        shapes[f"{layer}.conv.weight"] = kernel
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{layer}.bn.{part}"] = kernel[:1]

    add("layer1.fused", (FIRST_CHANNELS, 1, 3, 3))
    before = FIRST_CHANNELS
    for number, (_, channels) in enumerate(LAYERS, 2):
        add(f"layer{number}.depthwise_conv", (before, 1, 3, 3))
        add(f"layer{number}.pointwise_conv", (channels, before, 1, 1))
        before = channels
    return shapes | {"classifier.weight": (CLASSES, before), "classifier.bias": (CLASSES,)}


SHAPES = _shapes()


def weights_sha256() -> str:
    """See `PretrainedModel.weights_sha256`."""
    return weights.file_sha256("yamnet")


def load_network() -> Network:
    """See `PretrainedModel.load_network`."""
    state = weights.load_state("yamnet", weights.weights_file("yamnet"), SHAPES)

    def network(window: Window) -> Rows:
        return np.hstack(classify(state, audioset.patches(window, LOG_OFFSET)))

    return network


@torch.inference_mode()
def classify(
    state: State, patches: audioset.Patches
) -> tuple[Float32[np.ndarray, "patches 521"], Float32[np.ndarray, "patches 1024"]]:
    """(probabilities of the classes, embedding) of log-mel patches."""
    image = _layer(state, "layer1.fused", torch.from_numpy(patches)[:, None], stride=2)
    for number, (stride, _) in enumerate(LAYERS, 2):
        image = _layer(state, f"layer{number}.depthwise_conv", image, stride, groups=image.shape[1])
        image = _layer(state, f"layer{number}.pointwise_conv", image)
    embedding = image.mean((2, 3))
    logits = functional.linear(embedding, state["classifier.weight"], state["classifier.bias"])
    return torch.sigmoid(logits).numpy(), embedding.numpy()


def _layer(state: State, name: str, image: torch.Tensor, stride: int = 1, groups: int = 1) -> torch.Tensor:
    """Convolution, batch normalization and ReLU; the edges are padded as TensorFlow does."""
    kernel = state[f"{name}.conv.weight"]
    sizes = image.shape[3], image.shape[2]
    paddings = [max((-(-size // stride) - 1) * stride + kernel.shape[-1] - size, 0) for size in sizes]
    padded = functional.pad(image, [part for total in paddings for part in (total // 2, total - total // 2)])
    values = functional.conv2d(padded, kernel, stride=stride, groups=groups)
    mean, variance, scale, offset = (
        state[f"{name}.bn.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
    )
    return functional.relu(functional.batch_norm(values, mean, variance, scale, offset, eps=EPSILON))


def columns(rows: ModelRows, track: FeatureTable) -> Table:
    """See `PretrainedModel.columns`: of each group the most probable class, since classes contain others."""
    parts = [np.stack([piece[:, group].max(axis=1) for group in GROUPS.values()], axis=1) for piece in rows]
    return at_times(np.concatenate(parts), rows, track)


def normalize(raw: Table, presence: Column, settings: AnalysisSettings) -> Table:
    """See `PretrainedModel.normalize`."""
    values = [probability_level(column, presence, settings) for column in raw.T.astype(np.float64)]
    return np.stack(values, axis=1).astype(np.float32)
