"""Where the beat is, and how fast: only where there is a clear one.

A beat tracker (Ellis, "Beat tracking by dynamic programming", JNMR 36, 2007, as in librosa) walks along
the project's own onsets, which lie at their exact times. Each beat then moves to the onset next to it. What
repeats itself from beat to beat counts as clear; speech, noise and long tones have no beat.
"""

from __future__ import annotations

from collections.abc import Iterator

import librosa
import numpy as np
from jaxtyping import Float32, Float64
from scipy import ndimage

from explorer.audio.extras.mono import RATE, Mono, listen
from explorer.audio.features import FEATURES, AnalysisSettings
from explorer.audio.load import Sound
from explorer.audio.normalize import Column
from explorer.audio.spectral import measure as measure_spectra
from explorer.progress import Progress

VERSION = 1
STEP = "finding beats"

FPS = 100.0  # onsets a second
SPAN = 800  # onsets over which a tempo is heard, 8 s
USUAL = 120.0  # bpm; of two tempos an octave apart the one nearer to it is taken
REACH = 0.06  # seconds within which a beat moves to its onset
STEADY = 3.0  # seconds on either side in which a beat must repeat itself
CLEAR = 0.3  # autocorrelation from beat to beat: 0.6 and more for drums, below 0.2 for speech
LAST_PHASE = np.nextafter(np.float32(1), np.float32(0))  # the phase of a beat is 0, never 1
FEWEST = 6  # clear beats in a row; a handful repeats itself by chance
STRONG = 0.3  # of the median beat: an onset worth moving to
FAINTEST = 1e-3  # of the highest energy of onsets: below lies the flutter of long tones

Seconds = Float64[np.ndarray, " beats"]
Onsets = Float64[np.ndarray, " onsets"]
Columns = Float32[np.ndarray, "frames 2"]


def measure(sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """Phase, rising from 0 on one beat towards 1 at the next, and tempo in bpm; both 0 without a beat."""
    columns = np.zeros((len(times), 2), np.float32)
    for run in clear_runs(onsets(listen(sound), progress)):
        ends = 2 * run[0] - run[1], 2 * run[-1] - run[-2]
        beats = np.concatenate([ends[:1], run, ends[1:]])
        inside = (times >= (ends[0] + run[0]) / 2) & (times < (ends[1] + run[-1]) / 2)
        phase = np.interp(times[inside], beats, np.arange(len(beats))) % 1
        columns[inside, 0] = np.minimum(phase, LAST_PHASE)
        columns[inside, 1] = np.interp(times[inside], run, _tempos(run))
    return columns


def onsets(samples: Mono, progress: Progress) -> Onsets:
    """Onset strength at n / FPS seconds."""
    raw, _ = measure_spectra(_told(samples, progress), RATE, FPS)
    return raw[:, FEATURES.index("onset")].astype(np.float64)


def _told(samples: Mono, progress: Progress) -> Iterator[Float32[np.ndarray, "_ 1"]]:
    for first in range(0, len(samples), 10 * RATE):
        yield samples[first : first + 10 * RATE, None]
        progress(STEP, min(first / RATE + 10, len(samples) / RATE), len(samples) / RATE)


def clear_runs(strength: Onsets) -> list[Seconds]:
    """Times of the beats, one array for each stretch of sound with a clear beat."""
    if len(strength) < FPS or not strength.any():
        return []
    _, found = librosa.beat.beat_track(
        onset_envelope=strength, sr=FPS, hop_length=1, bpm=tempo(strength), trim=False
    )
    if len(found) < FEWEST:
        return []
    interval = float(np.median(np.diff(found)))
    clear = repetition(strength, round(interval))[found] > CLEAR
    reach = min(REACH, interval / FPS / 5)  # neighbours never meet
    reach = min(REACH, interval / FPS / 5)  # neighbours never meet
    beats, heights = aligned(found / FPS, strength, reach)
    edges = np.flatnonzero(np.diff(clear, prepend=False, append=False)).reshape(-1, 2)
    runs = [_heard(beats[first:last], heights[first:last]) for first, last in edges]
    return [run for run in runs if len(run) >= FEWEST]


def _heard(beats: Seconds, heights: Seconds) -> Float64[np.ndarray, " heard"]:
    """Beats from the first to the last one that has an onset worth the name among these."""
    struck = np.flatnonzero(heights > STRONG * np.median(heights))
    return beats[struck[0] : struck[-1] + 1] if len(struck) else beats[:0]


def tempo(strength: Onsets) -> float:
    """The tempo in bpm that most of the sound repeats itself in, octaves away from USUAL counting less."""
    piece = 8 * SPAN  # so that memory does not grow with the sound
    total = np.zeros(SPAN)
    for first in range(0, len(strength), piece):
        part = strength[first : first + piece]
        total += librosa.feature.tempogram(onset_envelope=part, sr=FPS, hop_length=1, win_length=SPAN).sum(
            axis=1
        )
    tempos = librosa.tempo_frequencies(SPAN, sr=FPS, hop_length=1)[1:]  # without lag 0
    octaves = np.log2(tempos / USUAL)
    weighted = np.log(total[1:] / len(strength) + 1e-6) - octaves**2 / 2
    return float(tempos[np.argmax(np.where(np.abs(octaves) < 1.5, weighted, -np.inf))])


def repetition(strength: Onsets, lag: int) -> Onsets:
    """Autocorrelation of the onsets around each moment at about `lag` onsets, from -1 to 1."""
    width = 2 * round(STEADY * FPS) + 1
    centred = ndimage.gaussian_filter1d(strength, 2.0)  # beats of people are 20 ms early and late
    centred = centred - ndimage.gaussian_filter1d(centred, width / 4)
    energy = ndimage.uniform_filter1d(centred**2, width)
    found = np.zeros(len(strength))
    for nearby in range(max(1, lag - 2), min(lag + 3, len(strength))):
        product = np.zeros(len(strength))
        product[nearby:] = centred[nearby:] * centred[:-nearby]
        found = np.maximum(found, ndimage.uniform_filter1d(product, width))
    return np.asarray(found / np.maximum(energy, FAINTEST * max(float(energy.max()), 1e-30)))


def aligned(beats: Seconds, strength: Onsets, reach: float) -> tuple[Seconds, Seconds]:
    """Beats moved to the highest onset within `reach` seconds, to a fraction of 10 ms, and its strength.
    Those without an onset stay, with 0."""
    width = round(reach * FPS)
    padded = np.pad(strength, width + 1)
    rows = np.rint(beats * FPS).astype(np.int64) + width + 1
    around = padded[rows[:, None] + np.arange(-width, width + 1)]
    top = rows + around.argmax(axis=1) - width
    below, peak, above = padded[top - 1], padded[top], padded[top + 1]
    curve = below - 2 * peak + above
    struck = (peak > below) & (peak >= above) & (peak > STRONG * np.median(peak))
    within = np.divide((below - above) / 2, curve, out=np.zeros(len(beats)), where=struck)
    return np.where(struck, (top - width - 1 + within) / FPS, beats), np.where(struck, peak, 0.0)


def _tempos(beats: Seconds) -> Seconds:
    """Tempo at each beat, over about four beats on either side."""
    intervals = np.gradient(beats)
    return np.asarray(60 / ndimage.gaussian_filter1d(intervals, 2.0, mode="nearest"))


def scaled(raw: Columns, present: Column, settings: AnalysisSettings) -> Columns:
    """The beat as a wave, 1 on each beat and -1 halfway between and without one; the tempo in octaves
    from 120 bpm, 0 without one."""
    phase, bpm = raw.T.astype(np.float64)
    heard = bpm > 0
    wave = np.where(heard, np.cos(2 * np.pi * phase), -1)
    octaves = np.log2(np.where(heard, bpm, USUAL) / USUAL)
    return np.stack([wave, np.clip(octaves, -1, 1)], axis=1).astype(np.float32)
