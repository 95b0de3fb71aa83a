"""The sound of a second in 512 numbers, by OpenL3; its columns are their principal components in the track.

Cramer et al., "Look, listen, and learn more", ICASSP 2019: the network for music with 256 mel bands, pooled
to 512 numbers. The weights come from a file, by the names of torchopenl3.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cache

import numpy as np
import torch
from jaxtyping import Float32
from torch.nn import functional

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import MODELS, AnalysisSettings
from explorer.audio.models import weights
from explorer.audio.models.rows import ModelRows, Network, Rows
from explorer.audio.models.scaling import at_times, component_levels, principal_scores
from explorer.audio.models.stream import Framing, Window
from explorer.audio.normalize import Column
from explorer.compilation import librosa

VERSION = 1
RATE, PATCH_SAMPLES = 48000, 48000  # a row describes a second, and is centered at its time
ROWS, ROW_HOP = 4, 24000
FRAMING = Framing(
    rate=RATE,
    hop=ROW_HOP,
    rows=ROWS,
    before=PATCH_SAMPLES // 2,
    samples=(ROWS - 1) * ROW_HOP + PATCH_SAMPLES,
)
FFT_SIZE, FRAME_HOP, FRAMES, BANDS = 2048, 242, 199, 256
MIN_AMPLITUDE, RANGE_DECIBELS = 1e-10, 80.0
PADDING = (FRAMES - 1) * FRAME_HOP + FFT_SIZE - PATCH_SAMPLES  # both sides together, as TensorFlow's "same"

CHANNELS = (64, 64, 128, 128, 256, 256, 512, 512)
POOL_AFTER = (2, 4, 6)  # convolutions, counted from 1
EPSILON = 1e-3  # of the batch normalizations
EMBEDDING = CHANNELS[-1]
ROW_NAMES = tuple(f"embedding_{n:03}" for n in range(EMBEDDING))
COMPONENTS = len(MODELS["openl3"])
MIN_HALF_RANGE = 0.3  # of a component; no more than that is no change of the music

Table = Float32[np.ndarray, "times columns"]
Patches = Float32[np.ndarray, "patches 256 199"]
State = Mapping[str, torch.Tensor]


def _convolution(number: int) -> str:
    return f"conv2d_{number}" if number < len(CHANNELS) else "audio_embedding_layer"


def _shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of the weights."""
    shapes: dict[str, tuple[int, ...]] = {}
    before = 1
    for number, channels in enumerate(CHANNELS, 1):
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"batch_normalization_{number}.{part}"] = (before,)
        shapes[f"{_convolution(number)}.weight"] = (channels, before, 3, 3)
        shapes[f"{_convolution(number)}.bias"] = (channels,)
        before = channels
    return shapes


SHAPES = _shapes()


def weights_sha256() -> str:
    """See `PretrainedModel.weights_sha256`."""
    return weights.file_sha256("openl3")


def load_network() -> Network:
    """See `PretrainedModel.load_network`."""
    state = weights.load_state("openl3", weights.weights_file("openl3"), SHAPES)

    def network(window: Window) -> Rows:
        return np.concatenate([embed(state, patch[None]) for patch in patches(window)])

    return network


def patches(samples: Window) -> Patches:
    """The mel spectra of every second, 0.5 s apart, in decibels below the loudest value of that second."""
    starts = range(0, len(samples) - PATCH_SAMPLES + 1, ROW_HOP)
    return np.stack([_patch(samples[start : start + PATCH_SAMPLES]) for start in starts])


def _patch(second: Window) -> Float32[np.ndarray, "256 199"]:
    padded = np.pad(second, (PADDING // 2, PADDING - PADDING // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SIZE)[::FRAME_HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT_SIZE) / FFT_SIZE)
    power = np.square(np.abs(np.fft.rfft(frames * window)))
    amplitude = np.sqrt(mel_bands() @ power.T)
    decibels = 10 * np.log10(np.maximum(amplitude, MIN_AMPLITUDE))
    return np.asarray(np.maximum(decibels - decibels.max(), -RANGE_DECIBELS), np.float32)


@cache
def mel_bands() -> Float32[np.ndarray, "256 bins"]:
    """Weights of the bins of a spectrum in each band: triangles along the frequency, all of one area."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the lowest bands lie between two bins, and are empty
        bands = librosa.filters.mel(sr=RATE, n_fft=FFT_SIZE, n_mels=BANDS, htk=True, norm="slaney")
    return np.asarray(bands, np.float32)


@torch.inference_mode()
def embed(state: State, spectra: Patches) -> Float32[np.ndarray, "patches 512"]:
    """The embedding of patches of mel spectra."""
    image = torch.from_numpy(spectra)[:, None]
    for number in range(1, len(CHANNELS) + 1):
        mean, variance, scale, offset = (
            state[f"batch_normalization_{number}.{part}"]
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        image = functional.batch_norm(image, mean, variance, scale, offset, eps=EPSILON)
        image = functional.relu(image) if number > 1 else image
        image = functional.max_pool2d(image, 2) if number - 1 in POOL_AFTER else image
        name = _convolution(number)
        image = functional.conv2d(image, state[f"{name}.weight"], state[f"{name}.bias"], padding=1)
    return image.amax((2, 3)).numpy()


def columns(rows: ModelRows, track: FeatureTable) -> Table:
    """See `PretrainedModel.columns`."""
    return at_times(principal_scores(rows, slice(None), track, COMPONENTS), rows, track)


def normalize(raw: Table, presence: Column, settings: AnalysisSettings) -> Table:
    """See `PretrainedModel.normalize`."""
    return component_levels(raw, presence, settings, MIN_HALF_RANGE)
