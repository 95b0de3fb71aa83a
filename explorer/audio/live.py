"""Live analysis: six causal features, so that the live page and training measure the same numbers.

60 frames a second of sound at 48 kHz. Frame n = 0, 1, ... covers the last 2048 samples, x,
before sample 800 n; before the sound there is silence. With w the periodic Hann window,
X = FFT(w x) 2 / sum w and f_k = k 48000 / 2048 Hz (k = 0 ... 1024):

    centroid = sum f_k |X_k| / sum |X_k| / 24000
    flux     = log(1 + 100 mean_k max(0, |X_k,n|^0.5 - |X_k,n-1|^0.5))        (Dixon, DAFx 2006)
    rms      = 1 + max(-80, 20 log10 sqrt(sum (w x)^2 / sum w^2)) / 80         (0 = -80 dBFS, 1 = 0 dBFS)
    zcr      = sign changes between neighboring samples of x, / 2047
    onset    = max(0, flux_n - mean of the 30 fluxes before)
    rolloff  = frequency below which 85 % of sum |X_k| lies, / 24000

Timbres (centroid, zcr, rolloff) are 0 where sum |X_k| < 1e-5. No number depends on later sound.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import soxr
from jaxtyping import Float, Float32, Float64
from numpy.lib.stride_tricks import sliding_window_view

from explorer.audio.sound_file import Sound

LIVE_FEATURES = ("centroid", "flux", "rms", "zcr", "onset", "rolloff")
"""Columns of every live analysis, in this order, here and in the browser."""

LIVE_VERSION = 1
"""Raise it whenever the same sound gives other numbers."""

RATE, HOP, WINDOW = 48000, 800, 2048  # Hz, samples, samples
LIVE_FPS = RATE / HOP

MIN_SPECTRUM_SUM = 1e-5  # sum |X_k| below which a sound has no timbre
FLOOR_DB = 80.0  # below full scale: silence from there on
ROLLOFF_SHARE = 0.85
ONSET_FRAMES = 30  # frames before an onset
BATCH_FRAMES = 256  # frames measured together

_HANN = np.hanning(WINDOW + 1)[:-1]

Frames = Float64[np.ndarray, "frames samples"]
Spectrum = Float64[np.ndarray, "frames bins"]
Column = Float64[np.ndarray, " frames"]
LiveRows = Float32[np.ndarray, "frames 6"]


class LiveAnalysis:
    """The analysis of a stream: `push` samples as they arrive, get the frames that they complete.

    Its state is one window of samples, one spectrum and 30 fluxes.
    """

    def __init__(self) -> None:
        self._buffer = np.zeros(WINDOW)  # starts with the window of the next frame
        self._previous_roots = np.zeros((1, WINDOW // 2 + 1))  # root of the spectrum of the last frame
        self._fluxes = np.zeros(0)

    def push(self, samples: Float[np.ndarray, " samples"]) -> LiveRows:
        """Frames that are complete with these samples (mono, 48 kHz); the first call gives frame 0 too."""
        self._buffer = np.concatenate([self._buffer, samples])
        count = max(0, (len(self._buffer) - WINDOW) // HOP + 1)
        frames = sliding_window_view(self._buffer, WINDOW)[::HOP] if count else np.zeros((0, WINDOW))
        rows = [
            self._measure(frames[first : first + BATCH_FRAMES]) for first in range(0, count, BATCH_FRAMES)
        ]
        self._buffer = self._buffer[count * HOP :]
        return np.concatenate(rows) if rows else np.zeros((0, len(LIVE_FEATURES)), np.float32)

    def _measure(self, frames: Frames) -> LiveRows:
        from scipy import fft  # slow to load

        weighted = frames * _HANN
        magnitudes = np.abs(fft.rfft(weighted, axis=1)) * (2 / _HANN.sum())
        timbre = magnitudes.sum(axis=1) >= MIN_SPECTRUM_SUM
        flux = self._flux(magnitudes)
        columns = {
            "centroid": np.where(timbre, _centroid(magnitudes), 0),
            "flux": flux,
            "rms": _level(weighted),
            "zcr": np.where(timbre, _zero_crossings(frames), 0),
            "onset": self._onset(flux),
            "rolloff": np.where(timbre, _rolloff(magnitudes), 0),
        }
        return np.stack([columns[name] for name in LIVE_FEATURES], axis=1).astype(np.float32)

    def _flux(self, magnitudes: Spectrum) -> Column:
        roots = np.sqrt(magnitudes)
        rises = np.maximum(np.diff(roots, axis=0, prepend=self._previous_roots), 0)
        self._previous_roots = roots[-1:]
        return np.asarray(np.log1p(100 * rises.mean(axis=1)))

    def _onset(self, flux: Column) -> Column:
        count_before = len(self._fluxes)
        past = np.concatenate([np.zeros(ONSET_FRAMES - count_before), self._fluxes, flux])
        count = np.clip(count_before + np.arange(len(flux)), 1, ONSET_FRAMES)
        mean = sliding_window_view(past[:-1], ONSET_FRAMES).sum(axis=1) / count
        self._fluxes = np.concatenate([self._fluxes, flux])[-ONSET_FRAMES:]
        return np.asarray(np.maximum(flux - mean, 0))


def live_features(samples: Float[np.ndarray, " samples"]) -> LiveRows:
    """The live features of a whole sound (mono, 48 kHz, full scale 1): floor(samples / 800) + 1 rows."""
    return LiveAnalysis().push(samples)


def live_features_of(sound: Sound) -> LiveRows:
    """The live features of a sound file of any rate and number of channels; memory is that of a block."""
    analysis = LiveAnalysis()
    return np.concatenate([analysis.push(block) for block in mono_blocks(sound)])


def mono_blocks(sound: Sound) -> Iterator[Float32[np.ndarray, " samples"]]:
    """The mean of the channels at 48 kHz, block by block (soxr, high quality, where the rate differs)."""
    resampler = soxr.ResampleStream(sound.sample_rate, RATE, 1, dtype="float32", quality="HQ")
    for block in sound.blocks():
        mono = block.mean(axis=1, dtype=np.float32)
        yield mono if sound.sample_rate == RATE else resampler.resample_chunk(mono)
    if sound.sample_rate != RATE:
        yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)


def live_width(include_delta: bool = False, include_delta_delta: bool = False) -> int:
    """Numbers per frame of a model's window: 6, with deltas 12, with deltas of deltas (and deltas) 18."""
    return len(LIVE_FEATURES) * (3 if include_delta_delta else 2 if include_delta else 1)


def live_windows(
    values: Float[np.ndarray, "frames 6"],
    window_frames: int = 10,
    include_delta: bool = False,
    include_delta_delta: bool = False,
) -> Float32[np.ndarray, "frames inputs"]:
    """Inputs of a model at every frame: the last `window_frames` frames, the oldest first, in one row.

    Within a frame: the six features, then (`include_delta`) their change since the frame before, then
    (`include_delta_delta`, which brings the deltas along) the change of that. Changes at frame 0 are 0;
    before the beginning the first frame repeats.
    """
    parts = [np.asarray(values, np.float32)]
    while len(parts) * len(LIVE_FEATURES) < live_width(include_delta, include_delta_delta):
        parts.append(np.diff(parts[-1], axis=0, prepend=parts[-1][:1]))
    rows = np.concatenate(parts, axis=1)
    padded = np.concatenate([np.repeat(rows[:1], window_frames - 1, axis=0), rows])
    windows = sliding_window_view(padded, window_frames, axis=0)  # (frames, numbers, window)
    return np.ascontiguousarray(windows.swapaxes(1, 2)).reshape(len(rows), -1)


def _centroid(magnitudes: Spectrum) -> Column:
    """Mean frequency weighted by magnitude, as a share of 24 kHz."""
    shares = np.arange(magnitudes.shape[1]) / (magnitudes.shape[1] - 1)
    return np.asarray(magnitudes @ shares / np.maximum(magnitudes.sum(axis=1), MIN_SPECTRUM_SUM))


def _level(weighted: Frames) -> Column:
    """Decibels from `FLOOR_DB` below full scale (0) to full scale (1)."""
    power = np.square(weighted).sum(axis=1) / np.square(_HANN).sum()
    decibels = 10 * np.log10(np.maximum(power, 10 ** (-FLOOR_DB / 10)))
    return np.asarray(1 + np.maximum(decibels, -FLOOR_DB) / FLOOR_DB)


def _zero_crossings(frames: Frames) -> Column:
    negative = frames < 0
    return np.asarray((negative[:, 1:] != negative[:, :-1]).mean(axis=1))


def _rolloff(magnitudes: Spectrum) -> Column:
    """Where the running sum reaches its share: bin k holds what lies between f_{k-1} and f_k."""
    running = np.cumsum(magnitudes, axis=1)
    target = ROLLOFF_SHARE * running[:, -1]
    k = (running < target[:, None]).sum(axis=1)
    rows = np.arange(len(k))
    missing = running[rows, k] - target  # of bin k beyond the target
    share = 1 - missing / np.maximum(magnitudes[rows, k], 1e-300)
    return np.asarray(np.maximum(k - 1 + share, 0) / (magnitudes.shape[1] - 1))
