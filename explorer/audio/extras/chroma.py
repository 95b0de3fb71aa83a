"""Which of the twelve notes sound, whatever their octave.

Energy of a constant-Q transform over six octaves from C2, folded into one (Brown, "Calculation of a
constant Q spectral transform", JASA 89, 1991), tuned to the sound's own concert pitch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float32, Float64
from scipy import ndimage

from explorer.audio.extras.mono import HOP, RATE, Mono, at_times, pieces, read_mono, report_progress
from explorer.audio.features import NOTES, AnalysisSettings
from explorer.audio.normalize import STEVENS_EXPONENT, Column, peak_level, smooth, smoothstep
from explorer.audio.sound_file import Sound
from explorer.compilation import librosa
from explorer.progress import Progress

VERSION = 1
TUNING_STEP, STEP = "finding the tuning", "finding notes"

LOWEST = float(librosa.note_to_hz("C2"))
OCTAVES = 6
BINS = 36  # an octave, three a note
FREQUENCIES = librosa.cqt_frequencies(OCTAVES * BINS, fmin=LOWEST, bins_per_octave=BINS)
SCALE: dict[str, Any] = {
    "sr": RATE,
    "hop_length": HOP,
    "fmin": LOWEST,
    "n_bins": OCTAVES * BINS,
    "bins_per_octave": BINS,
}
MARGIN = 48 * HOP  # samples, 1.1 s: the lowest note's window is 0.8 s long
TUNING_BINS = 50  # of a semitone
QUIET_DB = -50.0  # re the loudest moment; notes fade in over the 12 dB above
FADE_DB = 12.0
MIN_ENERGY = 1e-10  # re a full scale sine: below lies rounding
EVEN_SHARE = 1 / 12
MIN_FULL_SCALE = ((1 / 3 - EVEN_SHARE) / (1 - EVEN_SHARE)) ** STEVENS_EXPONENT  # one of three equal notes

Energies = Float32[np.ndarray, "rows 12"]
Notes = Float32[np.ndarray, "frames 12"]


def measure(sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Notes:
    """Share of each note, C to B, in the energy of the moment; all are 0 where it is quiet."""
    samples = read_mono(sound)
    return at_times(shares(note_energies(samples, tuning(samples, progress), progress)), times)


def tuning(samples: Mono, progress: Progress) -> float:
    """How far the sound's A lies above 440 Hz, -0.5 to 0.5 semitones: where in a semitone most of the
    strength of the spectral peaks lies."""
    strength = np.zeros(TUNING_BINS)
    for piece in pieces(samples, 2 * HOP):
        pitches, peaks = librosa.piptrack(y=piece.samples, sr=RATE, hop_length=HOP)
        positions = (12 * np.log2(pitches[pitches > 0] / 440)) % 1
        strength += np.histogram(positions, TUNING_BINS, (0, 1), weights=peaks[pitches > 0])[0]
        report_progress(progress, TUNING_STEP, piece, samples)
    if not strength.any():
        return 0.0
    position = (np.argmax(ndimage.gaussian_filter1d(strength, 1.0, mode="wrap")) + 0.5) / TUNING_BINS
    return float((position + 0.5) % 1 - 0.5)


def note_energies(samples: Mono, tuning_semitones: float, progress: Progress) -> Energies:
    """Energy of each note in each row, all octaves together; a full scale sine has about 1."""
    parts = []
    lengths, _ = librosa.filters.wavelet_lengths(freqs=FREQUENCIES, sr=RATE)
    weight = np.asarray(4 / lengths[:, None], np.float32)  # librosa's bins grow with the root of their length
    for piece in pieces(samples, MARGIN):
        bins = librosa.cqt(piece.samples, **SCALE, tuning=tuning_semitones * BINS / 12)  # tuning in bins
        first = MARGIN // HOP
        power = np.square(np.abs(bins[:, first : first + piece.last - piece.first]))
        parts.append(_fold_octaves(power * weight))
        report_progress(progress, STEP, piece, samples)
    return np.concatenate(parts)


def _fold_octaves(power: Float32[np.ndarray, "bins rows"]) -> Energies:
    """The bins of each note, one on either side of its middle, summed over the octaves."""
    octaves = power.reshape(OCTAVES, BINS, -1).sum(axis=0)
    notes = np.roll(octaves, 1, axis=0).reshape(len(NOTES), BINS // len(NOTES), -1)
    return np.ascontiguousarray(notes.sum(axis=1).T)


def shares(energies: Energies) -> Energies:
    """Each note's part of a row's energy, fading to 0 where the row is quiet re the loudest one."""
    total = np.maximum(energies.sum(axis=1, dtype=np.float64), MIN_ENERGY)
    gate = smoothstep((10 * np.log10(total / total.max()) - QUIET_DB) / FADE_DB) * (total > MIN_ENERGY)
    return np.asarray(energies * (gate / total)[:, None], np.float32)


def normalize(raw: Notes, presence: Column, settings: AnalysisSettings) -> Notes:
    """-1 where a note has no more than a twelfth of the sound, 1 where it has as much as it ever has, and
    at least as much as one of a triad. Noise has all notes alike and rests."""
    width = settings.smoothing * settings.fps
    excess = np.maximum(raw.T.astype(np.float64) - EVEN_SHARE, 0) / (1 - EVEN_SHARE)
    strengths = [smooth(column**STEVENS_EXPONENT * presence, width) for column in excess]
    full_scale = np.array([max(peak_level(strength, settings), MIN_FULL_SCALE) for strength in strengths])
    return np.asarray(2 * np.clip(np.stack(strengths, axis=1) / full_scale, 0, 1) - 1, np.float32)
