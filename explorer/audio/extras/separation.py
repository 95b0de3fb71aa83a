"""Harmonic and percussive separation: levels of what rings and of what hits.

Medians of a spectrogram along time keep what lasts; medians along frequency keep what is broad and
short. The two split the sound by a soft mask: Fitzgerald, "Harmonic/percussive separation using median
filtering" (DAFx 2010). Levels are measured on the separated sound and not on its spectra, so that a hit
stays as sharp as it is.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Complex64, Float32, Float64
from scipy import ndimage

from explorer.audio.extras.mono import HOP, RATE, Mono, pieces, read_mono, report_progress
from explorer.audio.features import AnalysisSettings
from explorer.audio.normalize import STEVENS_EXPONENT, Column, decibels, level, peak_level, smoothstep
from explorer.audio.sound_file import Sound
from explorer.compilation import librosa
from explorer.progress import Progress

VERSION = 1
STEP = "separating"

WIDTH = 2048  # samples of a spectrum
MEDIAN = 31  # rows (0.72 s) and bins (334 Hz) of the medians
MARGIN = (MEDIAN // 2 + WIDTH // HOP) * HOP + WIDTH // 2  # samples on which a row's separation depends
LEVEL_WIDTH = 1024  # samples under the window of a level, 46 ms
BATCH_MOMENTS = 1024  # measured together
LEAKAGE_DB = -36.0  # re the louder part's loud passages: below lies what the separation leaks
FADE_DB = 12.0

Times = Float64[np.ndarray, " frames"]
Columns = Float32[np.ndarray, "frames 2"]
Spectra = Complex64[np.ndarray, "bins rows"]


def measure(sound: Sound, times: Times, progress: Progress) -> Columns:
    """Root mean squares of the harmonic and of the percussive part, re full scale."""
    samples = read_mono(sound)
    hits = percussive(samples, progress)
    return np.stack([levels(samples - hits, times), levels(hits, times)], axis=1)


def percussive(samples: Mono, progress: Progress) -> Mono:
    """The percussive part of a sound; what is left of the sound is the harmonic part."""
    output = np.zeros_like(samples)
    for piece in pieces(samples, MARGIN):
        spectra = librosa.stft(piece.samples, n_fft=WIDTH, hop_length=HOP, center=False)
        hits = librosa.istft(
            spectra * percussive_share(np.abs(spectra)), n_fft=WIDTH, hop_length=HOP, center=False
        )
        start, end = piece.first * HOP, min(piece.last * HOP, len(samples))
        output[start:end] = hits[start - piece.start : end - piece.start]
        report_progress(progress, STEP, piece, samples)
    return output


def percussive_share(
    magnitudes: Float32[np.ndarray, "bins rows"],
) -> Float32[np.ndarray, "bins rows"]:
    """Share of each bin that is percussive: P^2 / (P^2 + H^2), where P and H are the running medians along
    frequency and along time; one half where both are 0."""
    # Line by line: SciPy's median of one dimension is eight times as fast as that of two.
    harmonic = np.stack([ndimage.median_filter(line, MEDIAN) for line in magnitudes])
    broad = np.stack([ndimage.median_filter(line, MEDIAN) for line in np.ascontiguousarray(magnitudes.T)]).T
    share: Float32[np.ndarray, "bins rows"] = librosa.util.softmask(
        broad, harmonic, power=2, split_zeros=True
    )
    return share


def levels(samples: Mono, times: Times) -> Float32[np.ndarray, " frames"]:
    """Root mean square under a Hann window centered at each moment."""
    window = np.hanning(LEVEL_WIDTH + 1)[:-1].astype(np.float32)
    window /= np.linalg.norm(window)
    starts = np.clip(np.rint(times * RATE).astype(np.int64), 0, len(samples))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(samples, LEVEL_WIDTH // 2), LEVEL_WIDTH)
    parts = [
        np.linalg.norm(windows[starts[first : first + BATCH_MOMENTS]] * window, axis=1)
        for first in range(0, len(starts), BATCH_MOMENTS)
    ]
    return np.concatenate(parts).astype(np.float32)


def normalize(raw: Columns, presence: Column, settings: AnalysisSettings) -> Columns:
    """Both as levels re their own peaks; a part that is only leakage of the other stays at -1."""
    columns = raw.T.astype(np.float64)
    loud_db = decibels(max(peak_level(column, settings) for column in columns))
    gates = [presence * smoothstep((decibels(column) - loud_db - LEAKAGE_DB) / FADE_DB) for column in columns]
    values = [
        level(column, gate, STEVENS_EXPONENT, settings) for column, gate in zip(columns, gates, strict=True)
    ]
    return np.stack(values, axis=1).astype(np.float32)
