"""Which family suits the music: loud is geometric, bright is fractal, medium flows, quiet is organic.

Over a window of some seconds, centered:

    energy       loudness, 10 log10 of the mean square, in dB relative to full scale
    brightness   the spectral centroid, weighted by energy, in octaves

Thresholds are relative to the track: beyond its median by half the way to its loudest (brightest, quietest)
windows, and by a minimum step; below `SILENCE_DBFS` everything is quiet. A family stays a little longer than
its threshold says (hysteresis) and for a minimum time (dwell), and a change waits for a strong onset nearby.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Int64

from explorer.audio import FeatureTrack

FAMILIES = ("fractal", "organic", "flowing", "geometric")
FRACTAL, ORGANIC, FLOWING, GEOMETRIC = range(4)

SILENCE_DBFS = -50.0  # quieter than this is silence
# minimum steps of the thresholds from the median
MIN_LOUD_STEP_DB, MIN_QUIET_STEP_DB, MIN_BRIGHT_STEP_OCTAVES = 2.0, 3.0, 1 / 3
HYSTERESIS = 0.25  # of a step: how far back a family stays
ONSET_SEARCH_SECONDS = 0.75  # around a change, for an onset that it may be moved to
STRONG_ONSET = 0.4  # an onset worth waiting for, in [-1, 1]
MIN_CENTROID_HZ = 20.0

Levels = Float64[np.ndarray, " frames"]
Threshold = tuple[float, float]  # with the size of its step from the median


def windowed(track: FeatureTrack, window: float) -> tuple[Levels, Levels]:
    """(energy in dBFS, brightness in octaves above `MIN_CENTROID_HZ`) of the window around each frame."""
    power = _raw(track, "rms") ** 2
    mean = _centered_mean(power, window * track.fps)
    octaves = np.log2(np.maximum(_raw(track, "centroid"), MIN_CENTROID_HZ) / MIN_CENTROID_HZ)
    weighted = _centered_mean(power * octaves, window * track.fps)
    brightness = np.divide(weighted, mean, out=np.zeros_like(mean), where=mean > 1e-12)
    return 10 * np.log10(np.maximum(mean, 1e-12)), brightness


def select(track: FeatureTrack, window: float, dwell: float) -> Int64[np.ndarray, " frames"]:
    """The family of every frame. A pure function of the whole track: any moment can be drawn alone."""
    energy, brightness = windowed(track, window)
    audible = energy > SILENCE_DBFS
    loud, quiet, bright = _thresholds(energy[audible], brightness[audible])
    onset = track.values[:, track.names.index("onset")]
    families = np.empty(len(energy), dtype=np.int64)
    current, since = _suitable_family(energy[0], brightness[0], loud, quiet, bright, -1), 0
    changes: dict[int, int] = {0: current}
    for n in range(len(energy)):
        family = _suitable_family(energy[n], brightness[n], loud, quiet, bright, current)
        if family != current and n - since >= dwell * track.fps:
            current, since = family, nearby_onset(onset, n, since + int(dwell * track.fps), track.fps)
            changes[since] = current
    for start, family in sorted(changes.items()):
        families[start:] = family
    return families


def shares(
    family: Int64[np.ndarray, " frames"], fade: float, fps: float
) -> Float64[np.ndarray, "frames families"]:
    """The share of each family in every frame, a sum of 1, changing over `fade` seconds from a change on."""
    one_hot = np.eye(len(FAMILIES))[family]
    length = max(1, round(fade * fps))
    x = (np.arange(length) + 0.5) / length
    slope = x * (1 - x)  # of the smooth step 3 x^2 - 2 x^3
    padded = np.concatenate((np.repeat(one_hot[:1], length - 1, axis=0), one_hot))
    return np.column_stack([np.convolve(column, slope / slope.sum(), "valid") for column in padded.T])


def _thresholds(energy: Levels, brightness: Levels) -> tuple[Threshold, Threshold, Threshold]:
    """(threshold, step) for loud, quiet and bright."""
    if not len(energy):
        return ((np.inf, 1.0),) * 3
    low, middle, high = np.percentile(energy, (5, 50, 95))
    louder = max(MIN_LOUD_STEP_DB, (high - middle) / 2)
    quieter = max(MIN_QUIET_STEP_DB, (middle - low) / 2)
    usual, top = np.percentile(brightness, (50, 95))
    brighter = max(MIN_BRIGHT_STEP_OCTAVES, (top - usual) / 2)
    return (middle + louder, louder), (middle - quieter, quieter), (usual + brighter, brighter)


def _suitable_family(
    energy: float, brightness: float, loud: Threshold, quiet: Threshold, bright: Threshold, current: int
) -> int:
    """The family for a moment; the current one stays a little beyond its threshold."""
    if energy <= SILENCE_DBFS:
        return ORGANIC
    if energy > loud[0] - HYSTERESIS * loud[1] * (current == GEOMETRIC):
        return GEOMETRIC
    if brightness > bright[0] - HYSTERESIS * bright[1] * (current == FRACTAL):
        return FRACTAL
    return ORGANIC if energy < quiet[0] + HYSTERESIS * quiet[1] * (current == ORGANIC) else FLOWING


def nearby_onset(onset: np.ndarray, frame: int, earliest: int, fps: float) -> int:
    """The frame of the strongest onset near a change, or that of the change when there is none."""
    near = round(ONSET_SEARCH_SECONDS * fps)
    start, end = max(earliest, frame - near), min(len(onset), frame + near + 1)
    best = start + int(np.argmax(onset[start:end])) if start < end else frame
    return best if start < end and onset[best] > STRONG_ONSET else frame


def _raw(track: FeatureTrack, name: str) -> Levels:
    return np.nan_to_num(track.raw[:, track.names.index(name)].astype(np.float64))


def _centered_mean(values: Levels, width: float) -> Levels:
    """Mean over `width` frames around each; over fewer at the ends."""
    half = max(0, round(width / 2))
    total = np.concatenate(([0.0], np.cumsum(values)))
    n = np.arange(len(values))
    start, end = np.maximum(n - half, 0), np.minimum(n + half + 1, len(values))
    mean: Levels = (total[end] - total[start]) / (end - start)
    return mean
