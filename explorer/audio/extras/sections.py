"""Where the music changes: sections by harmony and timbre, and the boundaries between them.

Novelty is what a checkerboard kernel finds on the diagonal of a self-similarity matrix (Foote, "Automatic
audio segmentation using a measure of audio novelty", ICME 2000). With the dot product as similarity and a
kernel tapered by w that is the squared length of the difference between the w-weighted means after and
before a moment, so the matrix itself is never computed.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64
from scipy import signal

from explorer.audio.extras.beats import align_to_onsets, onsets
from explorer.audio.extras.chroma import note_energies, shares
from explorer.audio.extras.mono import HOP, RATE, Mono, pieces, read_mono, report_progress
from explorer.audio.extras.section_columns import section_columns
from explorer.audio.features import AnalysisSettings
from explorer.audio.normalize import Column
from explorer.audio.sound_file import Sound
from explorer.compilation import librosa
from explorer.progress import Progress

VERSION = 1
STEP = "measuring timbre"

WIDTH = 2048  # samples of a spectrum
COEFFICIENTS = 13  # of the cepstrum
MIN_BAND_POWER = 1e-7  # of a mel band: silence from there on
BLOCK_ROWS = 10  # averaged
BLOCK_SECONDS = BLOCK_ROWS * HOP / RATE  # 0.23 s
NOVELTY_SECONDS = 4.0  # before and after that are compared (standard deviation of their weights)
REFINE_SECONDS = 1.0  # the same, for the exact time of a boundary
ONSET_SNAP_SECONDS = 0.35  # within which a boundary moves to an onset
MIN_SECTION_SECONDS = 6.0
MIN_NOVELTY = 0.25  # of the variance of the whole track: the smallest change at a boundary
MIN_NOTE_SPREAD, MIN_TIMBRE_SPREAD = 0.2, 20.0  # share, dB: a steady sound has no sections

Seconds = Float64[np.ndarray, " boundaries"]
Blocks = Float64[np.ndarray, "blocks features"]
Notes = Float32[np.ndarray, "rows notes"]
Cepstra = Float32[np.ndarray, "rows coefficients"]
Columns = Float32[np.ndarray, "frames 2"]


def measure(sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """See `section_columns`."""
    return section_columns(boundaries(read_mono(sound), progress), times)


def boundaries(samples: Mono, progress: Progress) -> Seconds:
    """Times at which a section ends and the next begins."""
    return boundaries_between(samples, harmony(samples, progress), timbre(samples, progress), progress)


def boundaries_between(samples: Mono, notes: Notes, cepstra: Cepstra, progress: Progress) -> Seconds:
    """`boundaries` of a sound whose harmony and timbre are measured already."""
    harmonies = standardize(_blockwise(notes), MIN_NOTE_SPREAD)
    timbres = standardize(_blockwise(cepstra), MIN_TIMBRE_SPREAD)
    blocks = np.concatenate([harmonies, timbres], axis=1) / np.sqrt(2)  # with a variance of at most 1 in all
    distance = max(1.0, MIN_SECTION_SECONDS / BLOCK_SECONDS)
    peaks, _ = signal.find_peaks(
        novelty(blocks, NOVELTY_SECONDS), height=MIN_NOVELTY, prominence=MIN_NOVELTY / 2, distance=distance
    )
    radius = round(REFINE_SECONDS / BLOCK_SECONDS)
    fine_novelty = np.pad(novelty(blocks, REFINE_SECONDS), radius)
    edges = peaks + np.array([fine_novelty[edge : edge + 2 * radius + 1].argmax() for edge in peaks]) - radius
    # Edge e lies between the last row of block e - 1 and the first of block e.
    times = (edges * BLOCK_ROWS - 0.5) * HOP / RATE
    margin = MIN_SECTION_SECONDS / 2
    times = times[(times > margin) & (times < len(samples) / RATE - margin)]
    if not len(times):
        return np.zeros(0)
    return align_to_onsets(times, onsets(samples, progress), ONSET_SNAP_SECONDS)[0]


def harmony(samples: Mono, progress: Progress) -> Notes:
    """How much of each row each note has, as amplitudes."""
    return np.asarray(np.sqrt(shares(note_energies(samples, 0.0, progress))))


def timbre(samples: Mono, progress: Progress) -> Cepstra:
    """Mel-frequency cepstral coefficients in dB of each row; the first, loudness, counts half."""
    parts = []
    for piece in pieces(samples, WIDTH // 2):
        bands = librosa.feature.melspectrogram(
            y=piece.samples, sr=RATE, n_fft=WIDTH, hop_length=HOP, center=False, n_mels=40, fmax=10000
        )
        decibels = 10 * np.log10(np.maximum(bands, MIN_BAND_POWER))
        parts.append(librosa.feature.mfcc(S=decibels, n_mfcc=COEFFICIENTS).T)
        report_progress(progress, STEP, piece, samples)
    coefficients = np.concatenate(parts).astype(np.float32)
    coefficients[:, 0] /= 2
    return coefficients


def _blockwise(rows: Float32[np.ndarray, "rows columns"]) -> Blocks:
    """Means of `BLOCK_ROWS` rows each; the last block may have fewer."""
    starts = np.arange(0, len(rows), BLOCK_ROWS)
    counts = np.diff(starts, append=len(rows))[:, None]
    return np.asarray(np.add.reduceat(rows.astype(np.float64), starts) / counts)


def standardize(blocks: Blocks, minimum: float) -> Blocks:
    """Centered, and divided by the standard deviation of all columns together, at least by `minimum`."""
    return np.asarray((blocks - blocks.mean(axis=0)) / max(minimum, np.sqrt(blocks.var(axis=0).sum())))


def novelty(blocks: Blocks, seconds: float) -> Float64[np.ndarray, " edges"]:
    """Squared distance between the weighted means after and before each edge, 0 to len(blocks)."""
    radius = max(1, round(3 * seconds / BLOCK_SECONDS))
    offsets = (np.arange(radius) + 0.5) * BLOCK_SECONDS
    weights = np.exp(-np.square(offsets / seconds) / 2)
    weights /= weights.sum()
    padded = np.pad(blocks, ((radius, radius), (0, 0)), mode="symmetric")  # no edge is new at the ends
    kernel = np.concatenate([-weights[::-1], weights])
    difference = signal.oaconvolve(padded, kernel[::-1, None], mode="valid", axes=0)
    return np.asarray(np.square(difference).sum(axis=1))


def normalize(raw: Columns, presence: Column, settings: AnalysisSettings) -> Columns:
    """The number of the section from -1 for the first to 1 for the last (0 if there is but one), and the
    boundary from -1 to 1."""
    section, boundary = raw.T
    last = section.max()
    position = 2 * section / last - 1 if last > 0 else np.zeros_like(section)
    return np.asarray(np.stack([position, 2 * boundary - 1], axis=1))
