"""Where the music becomes another: sections by harmony and timbre, and the boundaries between them.

Novelty is what a checkerboard kernel finds on the diagonal of a self-similarity matrix (Foote, "Automatic
audio segmentation using a measure of audio novelty", ICME 2000). With the dot product as similarity and a
kernel tapered by w that is the squared length of the difference between the w-weighted means after and
before a moment, so the matrix itself is never made.
"""

from __future__ import annotations

import librosa
import numpy as np
from jaxtyping import Float32, Float64
from scipy import signal

from explorer.audio.extras.beats import aligned, onsets
from explorer.audio.extras.chroma import note_energies, shares
from explorer.audio.extras.mono import HOP, RATE, Mono, listen, pieces, told
from explorer.audio.features import AnalysisSettings
from explorer.audio.load import Sound
from explorer.audio.normalize import Column
from explorer.progress import Progress

VERSION = 1
STEP = "hearing timbre"

WIDTH = 2048  # samples of a spectrum
COEFFICIENTS = 13  # of the cepstrum
FAINTEST = 1e-7  # power of a mel band that counts as none
BLOCK = 10  # rows averaged
SECONDS = BLOCK * HOP / RATE  # of a block, 0.23
REACH = 4.0  # seconds before and after that are compared (standard deviation of their weights)
CLOSE = 1.0  # the same, for the exact place of a boundary
SNAP = 0.35  # seconds within which a boundary moves to an onset
SHORTEST = 6.0  # seconds of a section
NOVEL = 0.25  # of the variance of the whole track: a boundary changes at least so much
LEAST_NOTES, LEAST_TIMBRE = 0.2, 20.0  # least spread (share, dB): a steady sound has no sections
FALL = 0.25  # seconds in which `boundary` falls

Seconds = Float64[np.ndarray, " boundaries"]
Blocks = Float64[np.ndarray, "blocks features"]
Columns = Float32[np.ndarray, "frames 2"]


def measure(sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """Number of the section, from 0; and 1 in the frame of a boundary, falling to 0 within FALL seconds."""
    samples = listen(sound)
    bounds = boundaries(samples, progress)
    frames = np.searchsorted((times[1:] + times[:-1]) / 2, bounds)  # nearest to each boundary
    section = np.searchsorted(frames, np.arange(len(times)), side="right")
    since = times - np.concatenate([[-np.inf], times[frames]])[section]
    return np.stack([section, np.maximum(1 - since / FALL, 0)], axis=1).astype(np.float32)


def boundaries(samples: Mono, progress: Progress) -> Seconds:
    """Times at which a section ends and the next begins."""
    heard = impressions(samples, progress)
    found, _ = signal.find_peaks(
        novelty(heard, REACH), height=NOVEL, prominence=NOVEL / 2, distance=max(1.0, SHORTEST / SECONDS)
    )
    near = round(CLOSE / SECONDS)
    close = np.pad(novelty(heard, CLOSE), near)
    exact = found + np.array([close[edge : edge + 2 * near + 1].argmax() for edge in found]) - near
    # Edge e lies between the last row of block e - 1 and the first of block e.
    bounds = (exact * BLOCK - 0.5) * HOP / RATE
    inside = (bounds > SHORTEST / 2) & (bounds < len(samples) / RATE - SHORTEST / 2)
    if not inside.any():
        return np.zeros(0)
    snapped, _ = aligned(bounds[inside], onsets(samples, progress), SNAP)
    return snapped


def impressions(samples: Mono, progress: Progress) -> Blocks:
    """Harmony and timbre of each block of rows, centred, with a variance of at most 1 in all."""
    harmony = _blockwise(np.sqrt(shares(note_energies(samples, 0.0, progress))))
    both = _spread(harmony, LEAST_NOTES), _spread(_blockwise(timbre(samples, progress)), LEAST_TIMBRE)
    return np.asarray(np.concatenate(both, axis=1) / np.sqrt(2))


def timbre(samples: Mono, progress: Progress) -> Float32[np.ndarray, "rows coefficients"]:
    """Mel-frequency cepstral coefficients in dB of each row; the first, loudness, counts half."""
    parts = []
    for piece in pieces(samples, WIDTH // 2):
        bands = librosa.feature.melspectrogram(
            y=piece.samples, sr=RATE, n_fft=WIDTH, hop_length=HOP, center=False, n_mels=40, fmax=10000
        )
        decibels = 10 * np.log10(np.maximum(bands, FAINTEST))
        parts.append(librosa.feature.mfcc(S=decibels, n_mfcc=COEFFICIENTS).T)
        told(progress, STEP, piece, samples)
    found = np.concatenate(parts).astype(np.float32)
    found[:, 0] /= 2
    return found


def _blockwise(rows: Float32[np.ndarray, "rows columns"]) -> Blocks:
    """Means of BLOCK rows each; the last block may have fewer."""
    starts = np.arange(0, len(rows), BLOCK)
    counts = np.diff(starts, append=len(rows))[:, None]
    return np.asarray(np.add.reduceat(rows.astype(np.float64), starts) / counts)


def _spread(blocks: Blocks, least: float) -> Blocks:
    """Centred, and divided by the standard deviation of all columns together, at least by `least`."""
    return np.asarray((blocks - blocks.mean(axis=0)) / max(least, np.sqrt(blocks.var(axis=0).sum())))


def novelty(heard: Blocks, seconds: float) -> Float64[np.ndarray, " edges"]:
    """Squared distance between the weighted means after and before each edge, 0 to len(blocks)."""
    reach = max(1, round(3 * seconds / SECONDS))
    offsets = (np.arange(reach) + 0.5) * SECONDS
    weights = np.exp(-np.square(offsets / seconds) / 2)
    weights /= weights.sum()
    padded = np.pad(heard, ((reach, reach), (0, 0)), mode="symmetric")  # so that no edge is new at the ends
    kernel = np.concatenate([-weights[::-1], weights])
    difference = signal.oaconvolve(padded, kernel[::-1, None], mode="valid", axes=0)
    return np.asarray(np.square(difference).sum(axis=1))


def scaled(raw: Columns, present: Column, settings: AnalysisSettings) -> Columns:
    """The number of the section from -1 for the first to 1 for the last (0 if there is but one), and the
    boundary from -1 to 1."""
    section, boundary = raw.T
    last = section.max()
    place = 2 * section / last - 1 if last > 0 else np.zeros_like(section)
    return np.asarray(np.stack([place, 2 * boundary - 1], axis=1))
