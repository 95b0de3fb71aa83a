"""Physical features of windowed sound: band levels, rms, brightness, change, onsets.

Two windows are centered at every frame: one of 46 ms for levels and brightness, and one of 23 ms for
change, short enough that a click shows in the frame that is nearest to it. Centroid, rolloff and flatness
have the bits of librosa's, whose module takes seconds to load, and many more to compile on a fresh machine.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Float32
from scipy import fft, ndimage

from explorer.audio.features import BANDS, FEATURES
from explorer.audio.windows import Windows

LEVEL_WINDOW_SECONDS = 2048 / 44100
CHANGE_WINDOW_SECONDS = 1024 / 44100
MIN_WINDOW_FRAMES = 1.25  # the smallest width, so that no sound falls between two frames
ROLLOFF_SHARE = 0.85  # share of magnitude below the rolloff frequency
FLUX_EXPONENT = 0.5  # a power law, unlike a logarithm, turns a gain into a plain factor
MIN_RELATIVE_POWER = 1e-9  # re the strongest bin: below lies rounding
ONSET_MEAN_SECONDS = 0.5  # of the flux around an onset that is averaged

Frames = Float32[np.ndarray, "frames width"]
Spectrum = Float32[np.ndarray, "frames bins"]
Column = Float32[np.ndarray, " frames"]


class SpectralWindow:
    """A Hann window of about `span` seconds and the transform that fits it."""

    def __init__(self, span: float, sample_rate: int, fps: float) -> None:
        self.width = max(16, 2 * round(max(span, MIN_WINDOW_FRAMES / fps) * sample_rate / 2))
        self.weights = np.hanning(self.width + 1)[:-1].astype(np.float32)  # periodic
        self.length = fft.next_fast_len(self.width, real=True)
        self.frequencies = fft.rfftfreq(self.length, 1 / sample_rate)

    def magnitudes(self, frames: Frames) -> Spectrum:
        """|FFT| of the middle `width` samples of each frame."""
        middle = frames.shape[1] // 2
        cut = frames[:, middle - self.width // 2 : middle + self.width // 2]
        return np.asarray(np.abs(fft.rfft(cut * self.weights, n=self.length, axis=1)))

    def mean_square(self, power: Spectrum) -> Column:
        """Window-weighted mean square of the part of the sound that `power` holds (Parseval)."""
        total = power.sum(axis=1, dtype=np.float64)
        scale = 2 / (self.length * float(np.square(self.weights, dtype=np.float64).sum()))
        return np.asarray(scale * total, np.float32)


def measure(
    blocks: Iterable[Float32[np.ndarray, "_ channels"]], sample_rate: int, fps: float
) -> tuple[Float32[np.ndarray, "frames features"], int]:
    """Raw features at t = n / fps in the order and units of `FEATURES`, and the number of samples."""
    level = SpectralWindow(LEVEL_WINDOW_SECONDS, sample_rate, fps)
    change = SpectralWindow(CHANGE_WINDOW_SECONDS, sample_rate, fps)
    windows = Windows(blocks, sample_rate, fps, level.width)
    previous = np.zeros((1, len(change.frequencies)), np.float32)  # silence before the sound
    parts = []
    for frames in windows:
        flux, previous = spectral_flux(change.magnitudes(frames), previous)
        parts.append({**_levels(frames, level), "flux": flux, "zcr": zero_crossing_rate(frames)})
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    columns["onset"] = onset_strength(columns["flux"], fps)
    return np.stack([columns[name] for name in FEATURES], axis=1), windows.samples


def _levels(frames: Frames, window: SpectralWindow) -> dict[str, Column]:
    magnitudes = window.magnitudes(frames)
    power = np.square(magnitudes)
    columns = {name: band_level(power, window, *edges) for name, edges in BANDS.items()}
    columns["rms"] = root_mean_square(frames, window)
    columns["centroid"] = spectral_centroid(magnitudes, window)
    columns["rolloff"] = spectral_rolloff(magnitudes, window)
    columns["flatness"] = spectral_flatness(power)
    return columns


def band_level(power: Spectrum, window: SpectralWindow, low: float, high: float) -> Column:
    """Root mean square of the sound between `low` and `high` Hz, re full scale."""
    first, last = np.searchsorted(window.frequencies, [low, high])
    return np.asarray(np.sqrt(window.mean_square(power[:, first:last])))


def root_mean_square(frames: Frames, window: SpectralWindow) -> Column:
    """sqrt(sum (w x)^2 / sum w^2): the level under the window w, re full scale."""
    weighted = frames * (window.weights / np.linalg.norm(window.weights))
    return np.asarray(np.linalg.norm(weighted, axis=1))


def spectral_centroid(magnitudes: Spectrum, window: SpectralWindow) -> Column:
    """Mean frequency weighted by magnitude, in Hz; 0 in silence."""
    total = magnitudes.astype(np.float64).sum(axis=1, keepdims=True)
    total[total < np.finfo(np.float32).tiny] = 1  # silence
    shares = (magnitudes / total).astype(np.float32)
    return np.asarray((shares * window.frequencies).sum(axis=1), np.float32)


def spectral_rolloff(magnitudes: Spectrum, window: SpectralWindow) -> Column:
    """Frequency below which 85 % of the magnitude lies, in Hz; 0 in silence."""
    below = np.cumsum(magnitudes, axis=1)
    bins = (below >= ROLLOFF_SHARE * below[:, -1:]).argmax(axis=1)
    return np.asarray(window.frequencies[bins], np.float32)


def spectral_flatness(power: Spectrum) -> Column:
    """Geometric over arithmetic mean of the power spectrum: near 0 for tones, 0.56 for white noise.

    Roughness in the sense of noisiness: Dubnov, "Generalization of spectral flatness measure for
    non-Gaussian linear processes", IEEE Signal Processing Letters 11 (2004). The power of noise in a bin is
    exponentially distributed, whose geometric mean is exp(-0.577) of its mean.
    """
    highest = power.max(axis=1, keepdims=True)
    relative = np.divide(power, highest, out=np.zeros_like(power), where=highest > 0)
    relative = np.maximum(relative, MIN_RELATIVE_POWER)
    flatness = np.exp(np.log(relative).mean(axis=1)) / relative.mean(axis=1)
    return np.where(highest[:, 0] > 0, flatness, 0).astype(np.float32)


def zero_crossing_rate(frames: Frames) -> Column:
    """Sign changes per sample: 2 f / rate for a tone of f Hz."""
    negative = np.signbit(frames) & (frames != 0)
    return np.asarray((negative[:, 1:] != negative[:, :-1]).mean(axis=1), np.float32)


def spectral_flux(
    magnitudes: Spectrum, previous: Float32[np.ndarray, "1 bins"]
) -> tuple[Column, Float32[np.ndarray, "1 bins"]]:
    """Mean over bins of max(0, |X_n|^0.5 - |X_{n-1}|^0.5), and the last row for the next batch.

    Half-wave rectified flux with power-law compression: Dixon, "Onset detection revisited" (DAFx 2006).
    """
    compressed = magnitudes**FLUX_EXPONENT
    rises = np.maximum(np.diff(compressed, axis=0, prepend=previous), 0)
    return rises.mean(axis=1), compressed[-1:]


def onset_strength(flux: Column, fps: float) -> Column:
    """Flux above its own centered local mean, half-wave rectified."""
    size = 2 * round(ONSET_MEAN_SECONDS * fps / 2) + 1
    mean = ndimage.uniform_filter1d(flux.astype(np.float64), size, mode="reflect")
    return np.asarray(np.maximum(flux - mean, 0), np.float32)
