"""Where the beat is, and how fast: only where there is a clear one. The tracker of recipes before version 2.

A beat tracker (Ellis, "Beat tracking by dynamic programming", JNMR 36, 2007, as in librosa) runs on
the onsets of `audio.spectral`, which lie at their exact times. Each beat then moves to the nearest
onset. A beat is clear where the onsets repeat from beat to beat; speech, noise and long tones have no beat.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float32, Float64
from scipy import ndimage

from explorer.audio.extras.mono import RATE, Mono, read_mono
from explorer.audio.features import FEATURES, AnalysisSettings
from explorer.audio.normalize import Column
from explorer.audio.sound_file import Sound
from explorer.audio.spectral import measure as measure_spectra
from explorer.compilation import librosa
from explorer.progress import Progress

VERSION = 1
STEP = "finding beats"

ONSET_FPS = 100.0  # onset strengths a second
TEMPOGRAM_FRAMES = 800  # over which a tempo is estimated, 8 s
PREFERRED_BPM = 120.0  # of two tempos an octave apart the one nearer to it is taken
BEAT_SNAP_SECONDS = 0.06  # within which a beat moves to its onset
REPETITION_SECONDS = 3.0  # on either side, in which a beat must repeat
MIN_REPETITION = 0.3  # autocorrelation from beat to beat: 0.6 and more for drums, below 0.2 for speech
LAST_PHASE = np.nextafter(np.float32(1), np.float32(0))  # the phase of a beat is 0, never 1
MIN_BEATS = 6  # clear beats in a row; a few repeat by chance
MIN_ONSET_SHARE = 0.3  # of the median beat: weaker onsets are ignored
MIN_RELATIVE_ENERGY = 1e-3  # of the highest energy of onsets: below lies the flutter of long tones

Seconds = Float64[np.ndarray, " beats"]
Onsets = Float64[np.ndarray, " onsets"]
Columns = Float32[np.ndarray, "frames 2"]


def measure(sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """Phase, rising from 0 on one beat towards 1 at the next, and tempo in bpm; both 0 without a beat."""
    columns = np.zeros((len(times), 2), np.float32)
    for run in clear_runs(onsets(read_mono(sound), progress)):
        ends = 2 * run[0] - run[1], 2 * run[-1] - run[-2]
        beats = np.concatenate([ends[:1], run, ends[1:]])
        inside = (times >= (ends[0] + run[0]) / 2) & (times < (ends[1] + run[-1]) / 2)
        phase = np.interp(times[inside], beats, np.arange(len(beats))) % 1
        columns[inside, 0] = np.minimum(phase, LAST_PHASE)
        columns[inside, 1] = np.interp(times[inside], run, _tempos(run))
    return columns


def onsets(samples: Mono, progress: Progress) -> Onsets:
    """Onset strength at n / ONSET_FPS seconds."""
    raw, _ = measure_spectra(blocks_with_progress(samples, progress), RATE, ONSET_FPS)
    return raw[:, FEATURES.index("onset")].astype(np.float64)


def blocks_with_progress(samples: Mono, progress: Progress) -> Iterator[Float32[np.ndarray, "_ 1"]]:
    """The samples in blocks of 10 s."""
    for first in range(0, len(samples), 10 * RATE):
        yield samples[first : first + 10 * RATE, None]
        progress(STEP, min(first / RATE + 10, len(samples) / RATE), len(samples) / RATE)


def clear_runs(strength: Onsets) -> list[Seconds]:
    """Times of the beats, one array for each stretch of sound with a clear beat."""
    if len(strength) < ONSET_FPS or not strength.any():
        return []
    _, frames = librosa.beat.beat_track(
        onset_envelope=strength, sr=ONSET_FPS, hop_length=1, bpm=tempo(strength), trim=False
    )
    if len(frames) < MIN_BEATS:
        return []
    interval = float(np.median(np.diff(frames)))
    is_clear = repetition(strength, round(interval))[frames] > MIN_REPETITION
    reach = min(BEAT_SNAP_SECONDS, interval / ONSET_FPS / 5)  # neighbors never meet
    beats, heights = align_to_onsets(frames / ONSET_FPS, strength, reach)
    edges = np.flatnonzero(np.diff(is_clear, prepend=False, append=False)).reshape(-1, 2)
    runs = [_trim_to_onsets(beats[first:last], heights[first:last]) for first, last in edges]
    return [run for run in runs if len(run) >= MIN_BEATS]


def _trim_to_onsets(beats: Seconds, heights: Seconds) -> Float64[np.ndarray, " trimmed"]:
    """Beats from the first to the last one with a strong onset."""
    has_onset = np.flatnonzero(heights > MIN_ONSET_SHARE * np.median(heights))
    return beats[has_onset[0] : has_onset[-1] + 1] if len(has_onset) else beats[:0]


def tempo(strength: Onsets) -> float:
    """The tempo in bpm at which most of the sound repeats; octaves away from PREFERRED_BPM count less."""
    piece = 8 * TEMPOGRAM_FRAMES  # so that memory does not grow with the sound
    total = np.zeros(TEMPOGRAM_FRAMES)
    for first in range(0, len(strength), piece):
        part = strength[first : first + piece]
        tempogram = librosa.feature.tempogram(
            onset_envelope=part, sr=ONSET_FPS, hop_length=1, win_length=TEMPOGRAM_FRAMES
        )
        total += tempogram.sum(axis=1)
    tempos = librosa.tempo_frequencies(TEMPOGRAM_FRAMES, sr=ONSET_FPS, hop_length=1)[1:]  # without lag 0
    octaves = np.log2(tempos / PREFERRED_BPM)
    weighted = np.log(total[1:] / len(strength) + 1e-6) - octaves**2 / 2
    return float(tempos[np.argmax(np.where(np.abs(octaves) < 1.5, weighted, -np.inf))])


def repetition(strength: Onsets, lag: int) -> Onsets:
    """Autocorrelation of the onsets around each moment at about `lag` onsets, from -1 to 1."""
    width = 2 * round(REPETITION_SECONDS * ONSET_FPS) + 1
    centered = ndimage.gaussian_filter1d(strength, 2.0)  # people play beats 20 ms early or late
    centered = centered - ndimage.gaussian_filter1d(centered, width / 4)
    energy = ndimage.uniform_filter1d(centered**2, width)
    highest = np.zeros(len(strength))
    for n in range(max(1, lag - 2), min(lag + 3, len(strength))):
        product = np.zeros(len(strength))
        product[n:] = centered[n:] * centered[:-n]
        highest = np.maximum(highest, ndimage.uniform_filter1d(product, width))
    return np.asarray(highest / np.maximum(energy, MIN_RELATIVE_ENERGY * max(float(energy.max()), 1e-30)))


def align_to_onsets(beats: Seconds, strength: Onsets, reach: float) -> tuple[Seconds, Seconds]:
    """Beats moved to the highest onset within `reach` seconds, to a fraction of 10 ms, and its strength.
    Those without an onset stay, with 0."""
    width = round(reach * ONSET_FPS)
    padded = np.pad(strength, width + 1)
    rows = np.rint(beats * ONSET_FPS).astype(np.int64) + width + 1
    neighborhood = padded[rows[:, None] + np.arange(-width, width + 1)]
    top = rows + neighborhood.argmax(axis=1) - width
    below, peak, above = padded[top - 1], padded[top], padded[top + 1]
    curve = below - 2 * peak + above
    has_onset = (peak > below) & (peak >= above) & (peak > MIN_ONSET_SHARE * np.median(peak))
    fraction = np.divide((below - above) / 2, curve, out=np.zeros(len(beats)), where=has_onset)
    return np.where(has_onset, (top - width - 1 + fraction) / ONSET_FPS, beats), np.where(
        has_onset, peak, 0.0
    )


def _tempos(beats: Seconds) -> Seconds:
    """Tempo at each beat, over about four beats on either side."""
    intervals = np.gradient(beats)
    return np.asarray(60 / ndimage.gaussian_filter1d(intervals, 2.0, mode="nearest"))


def normalize(raw: Columns, presence: Column, settings: AnalysisSettings) -> Columns:
    """The beat as a wave, 1 on each beat and -1 halfway between and without one; the tempo in octaves
    from 120 bpm, 0 without one."""
    phase, bpm = raw.T.astype(np.float64)
    has_beat = bpm > 0
    wave = np.where(has_beat, np.cos(2 * np.pi * phase), -1)
    octaves = np.log2(np.where(has_beat, bpm, PREFERRED_BPM) / PREFERRED_BPM)
    return np.stack([wave, np.clip(octaves, -1, 1)], axis=1).astype(np.float32)
