"""The network of musicnn, in torch: log-mel spectra to tags and the 200 numbers before them.

Pons & Serra, "musicnn: Pre-trained convolutional neural networks for music audio tagging", ISMIR 2019 (late
breaking). Convolutions over timbre (many frequencies) and over time (up to 2 s), three more over time, and
the maximum and mean of all that over a stretch of time, into two dense layers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import Float32
from torch.nn import functional

from explorer.errors import ReadError

EPSILON = 1e-3  # of the batch normalizations
TIMBRE_LAYERS = (0, 1)
TIME_LAYERS = {2: 128, 3: 64, 4: 32}  # the lengths of their kernels in frames
CONTEXT_FRAMES = 64 + 3 * 3  # on either side, that reach a frame's features
SHAPES = {
    "conv2d/kernel": (7, 38, 1, 204),
    "conv2d_1/kernel": (7, 67, 1, 204),
    "conv2d_2/kernel": (128, 1, 1, 51),
    "conv2d_5/kernel": (7, 561, 1, 64),
    "dense/kernel": (1506, 200),
    "dense_1/kernel": (200, 50),
}  # of some weights, by which another network is recognized

Tensor = torch.Tensor
Pooled = tuple[Float32[np.ndarray, "rows 50"], Float32[np.ndarray, "rows 200"]]


class Musicnn:
    """The network with its weights, by the names of the checkpoint."""

    def __init__(self, weights: Mapping[str, np.ndarray], source: str) -> None:
        for name, shape in SHAPES.items():
            if name not in weights or weights[name].shape != shape:
                raise ReadError(source, f"it holds no musicnn: '{name}' is missing or of another shape")
        self._tensors = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
        self._norms = [self._norm(n) for n in range(11)]

    @torch.inference_mode()
    def patches(self, log_mel: Float32[np.ndarray, "patches frames 96"]) -> Pooled:
        """(tags, penultimate) of whole patches, as the authors' package gives them."""
        features = self._features(torch.from_numpy(log_mel))
        return self._head(features.amax(2), features.mean(2))

    @torch.inference_mode()
    def rows(self, log_mel: Float32[np.ndarray, "frames 96"], length: int, hop: int) -> Pooled:
        """(tags, penultimate) of stretches of `length` frames, one every `hop` frames.

        The first begins at frame `CONTEXT_FRAMES`, the last ends as far before the end.
        """
        features = self._features(torch.from_numpy(log_mel)[None])[:, :, CONTEXT_FRAMES:-CONTEXT_FRAMES]
        maxima = functional.max_pool1d(features, length, hop)[0].T
        return self._head(maxima, functional.avg_pool1d(features, length, hop)[0].T)

    def _features(self, log_mel: Tensor) -> Tensor:
        """(patches, 753, frames): what is pooled over time."""
        image = self._normalize(0, log_mel[:, None])
        parts = []
        for layer in TIMBRE_LAYERS:
            parts.append(self._normalize(layer + 1, self._convolve(image, layer, padding=(3, 0))).amax(3))
        for layer, length in TIME_LAYERS.items():
            padded = functional.pad(image, (0, 0, (length - 1) // 2, length // 2))
            parts.append(self._normalize(layer + 1, self._convolve(padded, layer)).amax(3))
        front = torch.cat(parts, 1)
        first = self._middle(front, 5)
        second = self._middle(first, 6) + first
        third = self._middle(second, 7) + second
        return torch.cat([front, first, second, third], 1)

    def _convolve(self, image: Tensor, layer: int, padding: tuple[int, int] = (0, 0)) -> Tensor:
        kernel, bias = self._layer(layer)
        return functional.relu(
            functional.conv2d(image, kernel.permute(3, 2, 0, 1).contiguous(), bias, padding=padding)
        )

    def _middle(self, features: Tensor, layer: int) -> Tensor:
        """A convolution over 7 frames of all channels."""
        kernel, bias = self._layer(layer)
        taps = kernel[:, :, 0].permute(2, 1, 0).contiguous()
        return self._normalize(layer + 1, functional.relu(functional.conv1d(features, taps, bias, padding=3)))

    def _head(self, maxima: Tensor, means: Tensor) -> Pooled:
        """Tags and penultimate numbers from the pooled features, maximum and mean of each side by side."""
        pooled = self._normalize(9, torch.stack([maxima, means], 2).flatten(1))
        hidden = self._dense(pooled, "dense")
        penultimate = self._normalize(10, functional.relu(hidden))
        tags = torch.sigmoid(self._dense(penultimate, "dense_1"))
        return tags.numpy(), penultimate.numpy()

    def _dense(self, rows: Tensor, name: str) -> Tensor:
        return rows @ self._tensors[f"{name}/kernel"] + self._tensors[f"{name}/bias"]

    def _layer(self, number: int) -> tuple[Tensor, Tensor]:
        name = f"conv2d_{number}" if number else "conv2d"
        return self._tensors[f"{name}/kernel"], self._tensors[f"{name}/bias"]

    def _norm(self, number: int) -> tuple[Tensor, Tensor]:
        """Scale and offset of a batch normalization."""
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        gamma, beta, mean, variance = (
            self._tensors[f"{name}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / torch.sqrt(variance + EPSILON)
        return scale, beta - mean * scale

    def _normalize(self, number: int, values: Tensor) -> Tensor:
        shape = [1, -1] + [1] * (values.ndim - 2)
        scale, offset = self._norms[number]
        return values * scale.view(shape) + offset.view(shape)
