"""Beats by dynamic programming over onsets and tempos: the tempo may change, and quiet passages count.

The path of beats t_1 < t_2 < ... has the highest sum, over its beats, of

    salience(t) - tempo_weight p log2(p / p0)^2 - change_weight min(log(p / p')^2, jump)

where p is the interval before a beat, p' the one before that, and p0 the interval of the preferred tempo.
As in Krebs, Boeck and Widmer, "An efficient state-space model for joint tempo and meter tracking" (ISMIR
2015), a state is a moment and a tempo; only beats are states here, so a minute takes a third of a second.
Salience is how strong an onset is beside those around it, so a quiet passage is tracked like a loud one.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64
from scipy import ndimage

ONSET_FPS = 100.0  # onset strengths a second
SLOWEST_BPM, FASTEST_BPM = 40.0, 222.0
PREFERRED_BPM = 115.0  # of two tempos an octave apart the one nearer to it is taken
TEMPO_WEIGHT, HINT_WEIGHT = 0.6, 6.0  # a second, and octave squared: without and with a known tempo
HINT_OCTAVES = 0.5  # to either side of a known tempo that beats may be
CHANGE_WEIGHT, MAX_CHANGE_COST = 300.0, 6.0
LEVEL_SECONDS = 4.0  # before and after that an onset is compared with
MIN_RELATIVE_ONSET = 0.006  # of the highest level of onsets: below lies the flutter of long tones
MISS, HIT = -1.0, 1.5  # salience of a moment without an onset, and with the strongest
MAX_PIECE_SECONDS, OVERLAP_SECONDS = 600.0, 12.0  # tracked together, so that memory does not grow

MIN_BEATS = 8  # clear beats in a row; a few repeat by chance
PHASES = 16  # of a beat at which its onsets are compared with those of other beats
CLEAR_BEATS = 5  # to either side in which a beat must repeat
LAGS = (1, 2, 4)  # beats after which music repeats
MIN_REPETITION = 0.4  # correlation of the onsets of beats
MIN_PATTERN_ENERGY = 0.02  # of a beat: below there are no onsets to compare
MIN_BEAT_LEVEL = 0.3  # of relative onsets on clear beats, on average
MIN_ONSET_SHARE = 0.3  # of the median beat: the first and last beat of a run have such an onset
BEAT_SNAP_SECONDS = 0.06  # within which a beat moves to its onset

Seconds = Float64[np.ndarray, " beats"]
Onsets = Float64[np.ndarray, " onsets"]


def beat_runs(strength: Onsets, tempo_hint: float | None = None) -> list[np.ndarray]:
    """Times of the beats, one array for each stretch of sound with a clear beat."""
    if len(strength) < 2 * ONSET_FPS or not strength.any():
        return []
    level = relative_onsets(strength)
    beats = _track(level, tempo_hint)
    if len(beats) < MIN_BEATS:
        return []
    is_clear = _repetition(level, beats) > MIN_REPETITION
    beats, heights = _aligned(beats, level)
    is_clear &= ndimage.uniform_filter1d(heights, 2 * CLEAR_BEATS + 1, mode="nearest") > MIN_BEAT_LEVEL
    edges = np.flatnonzero(np.diff(is_clear, prepend=False, append=False)).reshape(-1, 2)
    runs = [_trimmed(beats[first:last], heights[first:last]) for first, last in edges]
    return [run for run in runs if len(run) >= MIN_BEATS]


def relative_onsets(strength: Onsets) -> Onsets:
    """Onsets beside the strong ones around them: 0 for none, 1 for a strong one."""
    smooth = ndimage.gaussian_filter1d(strength, 1.2)  # people play beats 20 ms early or late
    width = round(ONSET_FPS)
    seconds = np.pad(smooth, (0, -len(smooth) % width)).reshape(-1, width).max(axis=1)
    reach = round(LEVEL_SECONDS)
    padded = np.pad(seconds, reach, mode="symmetric")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    strong = np.percentile(around, 60, axis=1)
    strong = np.maximum(strong, MIN_RELATIVE_ONSET * max(float(smooth.max()), 1e-30))
    middles = (np.arange(len(strong)) + 0.5) * width
    return np.asarray((smooth / np.interp(np.arange(len(smooth)), middles, strong)).clip(0, 1.5))


def _track(level: Onsets, tempo_hint: float | None) -> Seconds:
    """The best path through the whole sound, piece by piece."""
    piece, overlap = round(MAX_PIECE_SECONDS * ONSET_FPS), round(OVERLAP_SECONDS * ONSET_FPS)
    frames: list[np.ndarray] = []
    for first in range(0, len(level), piece):
        start = max(0, first - overlap)
        path = start + best_path(level[start : first + piece + overlap], tempo_hint)
        joint = frames[-1][-1] if frames and len(frames[-1]) else -1
        path = path[(path >= first) & (path < first + piece)]
        if joint >= 0 and len(path) > 1 and path[0] - joint < (path[1] - path[0]) / 2:
            path = path[1:]
        frames.append(path)
    return np.concatenate(frames).astype(np.float64) / ONSET_FPS


def best_path(level: Onsets, tempo_hint: float | None = None) -> np.ndarray:
    """Frames of the beats on the best path."""
    slowest, fastest = SLOWEST_BPM, FASTEST_BPM
    if tempo_hint:
        slowest, fastest = (tempo_hint * 2**octaves for octaves in (-HINT_OCTAVES, HINT_OCTAVES))
    periods = np.arange(max(2, round(60 * ONSET_FPS / fastest)), round(60 * ONSET_FPS / slowest) + 1)
    octaves = np.log2(60 * ONSET_FPS / periods / (tempo_hint or PREFERRED_BPM))
    weight = HINT_WEIGHT if tempo_hint else TEMPO_WEIGHT
    tempo_cost = weight * periods / ONSET_FPS * octaves**2
    ratio = np.log(periods[:, None] / periods)
    change = -np.minimum(CHANGE_WEIGHT * ratio**2, MAX_CHANGE_COST)
    salience = MISS + (HIT - MISS) * level.clip(0, 1)
    max_period, count = int(periods[-1]), len(level)
    columns = np.arange(len(periods))
    # rows of the last `max_period` frames: of paths whose last beat and interval these are, and the same with
    # the best interval before
    totals, best = np.full((2, max_period, len(periods)), -np.inf)
    is_first = np.zeros((max_period, len(periods)), bool)
    origins = np.zeros((count, len(periods)), np.uint8)
    for t in range(count):
        row = best[(t - periods) % max_period, columns]
        if t < max_period:
            is_first[t] = row < 0
            row = np.maximum(row, 0.0)
        totals[t % max_period] = row - tempo_cost + salience[t]
        steps = totals[t % max_period] + change
        origins[t] = steps.argmax(axis=1)
        best[t % max_period] = steps[columns, origins[t]]
    frames = np.arange(max(0, count - max_period), count)
    last, period = divmod(int(totals[frames % max_period].argmax()), len(periods))
    path = [int(frames[last])]
    while not (path[-1] < max_period and is_first[path[-1], period]):
        path.append(path[-1] - int(periods[period]))
        period = int(origins[path[-1], period])
    return np.array(path[::-1], np.int64)


def _repetition(level: Onsets, beats: Seconds) -> np.ndarray:
    """How well the onsets of the beats around each one repeat from beat to beat, or over two or four."""
    edges = np.append(beats, 2 * beats[-1] - beats[-2])
    places = (edges[:-1, None] + np.diff(edges)[:, None] * (np.arange(PHASES) / PHASES - 0.25)) * ONSET_FPS
    patterns = ndimage.map_coordinates(level, [places], order=1, mode="constant")
    patterns = patterns - patterns.mean(axis=1, keepdims=True)
    energy = np.square(patterns).sum(axis=1)
    highest = np.full(len(beats), -1.0)
    for lag in LAGS:
        if 2 * lag < len(beats):
            product, first, second = (
                ndimage.uniform_filter1d(values, 2 * CLEAR_BEATS + 1, mode="nearest")
                for values in ((patterns[lag:] * patterns[:-lag]).sum(axis=1), energy[lag:], energy[:-lag])
            )
            correlation = product / np.sqrt(np.maximum(first * second, MIN_PATTERN_ENERGY**2))
            highest[:-lag] = np.maximum(highest[:-lag], correlation)
            highest[lag:] = np.maximum(highest[lag:], correlation)
    return highest


def _aligned(beats: Seconds, level: Onsets) -> tuple[Seconds, Seconds]:
    """Beats moved to their onsets, to a fraction of 10 ms, and the strength there."""
    from explorer.audio.extras.beats import align_to_onsets

    reach = min(BEAT_SNAP_SECONDS, float(np.diff(beats).min()) / 5)  # neighbors never meet
    return align_to_onsets(beats, level, reach)


def _trimmed(beats: Seconds, heights: Seconds) -> Float64[np.ndarray, " trimmed"]:
    """Beats from the first to the last one with a strong onset."""
    if not len(beats):
        return beats
    has_onset = np.flatnonzero(heights > MIN_ONSET_SHARE * np.median(heights))
    return beats[has_onset[0] : has_onset[-1] + 1] if len(has_onset) else beats[:0]
