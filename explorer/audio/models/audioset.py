"""Log-mel spectra as YAMNet and VGGish take them, and their windows.

Spectra of 25 ms every 10 ms, 64 bands from 125 to 7500 Hz; the bands are triangles along the mel scale, not
along the frequency (as in tf.signal.linear_to_mel_weight_matrix). A patch is 96 spectra.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.models.stream import Framing, Window

RATE, FRAME, FRAME_HOP, FFT_SIZE = 16000, 400, 160, 512
BANDS, LOW_HZ, HIGH_HZ = 64, 125.0, 7500.0
PATCH_FRAMES, PATCH_STEP = 96, 48  # frames; a row is a patch, centered at its time
PATCH_SAMPLES = (PATCH_FRAMES - 1) * FRAME_HOP + FRAME
ROWS = 20  # a window
FRAMING = Framing(
    rate=RATE,
    hop=PATCH_STEP * FRAME_HOP,
    rows=ROWS,
    before=PATCH_SAMPLES // 2,
    samples=(ROWS - 1) * PATCH_STEP * FRAME_HOP + PATCH_SAMPLES,
)

Patches = Float32[np.ndarray, "patches 96 64"]


def patches(samples: Window, offset: float) -> Patches:
    """ln(mel + offset) of every patch that lies wholly within the samples."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::FRAME_HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    magnitudes = np.abs(np.fft.rfft(frames * window, FFT_SIZE))
    log_mel = np.log(magnitudes @ mel_bands() + offset).astype(np.float32)
    starts = range(0, len(log_mel) - PATCH_FRAMES + 1, PATCH_STEP)
    return np.stack([log_mel[start : start + PATCH_FRAMES] for start in starts])


@cache
def mel_bands() -> Float64[np.ndarray, "bins 64"]:
    """Weights of the bins of a spectrum in each band."""
    mel = _mel(np.arange(FFT_SIZE // 2 + 1) * RATE / FFT_SIZE)[:, None]
    edges = np.linspace(_mel(np.array(LOW_HZ)), _mel(np.array(HIGH_HZ)), BANDS + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    weights = np.maximum(0, np.minimum((mel - low) / (middle - low), (high - mel) / (high - middle)))
    weights[0] = 0  # no constant part
    return np.asarray(weights)


def _mel(hertz: Float64[np.ndarray, "*shape"]) -> Float64[np.ndarray, "*shape"]:
    return np.asarray(1127 * np.log(1 + hertz / 700))
