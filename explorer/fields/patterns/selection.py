"""Which family suits the music: loud is geometric, bright is fractal, medium flows, quiet is organic.

Over a window of some seconds, centred:

    energy       loudness, 10 log10 of the mean square, in dB relative to full scale
    brightness   the spectral centroid, weighted by energy, in octaves

Thresholds lie relative to the track: beyond its median by half the way to its loudest (brightest, quietest)
windows, and by a least step; below `FLOOR` everything is quiet. A family holds on a little longer than its
threshold says (hysteresis) and for a least time (dwell), and a change waits for a strong onset nearby.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Int64

from explorer.audio import FeatureTrack

FAMILIES = ("fractal", "organic", "flowing", "geometric")
FRACTAL, ORGANIC, FLOWING, GEOMETRIC = range(4)

FLOOR = -50.0  # dBFS; quieter than this is silence
LOUDER, QUIETER, BRIGHTER = 2.0, 3.0, 1 / 3  # least steps from the median: dB, dB, octaves
HOLD = 0.25  # of a step: how far back a family holds on
NEAR = 0.75  # seconds around a change in which an onset may carry it
STRONG = 0.4  # an onset worth waiting for, in [-1, 1]
DARKEST = 20.0  # Hz

Levels = Float64[np.ndarray, " frames"]


def windowed(track: FeatureTrack, window: float) -> tuple[Levels, Levels]:
    """(energy in dBFS, brightness in octaves above `DARKEST`) of the window around each frame."""
    power = _raw(track, "rms") ** 2
    mean = _centred_mean(power, window * track.fps)
    octaves = np.log2(np.maximum(_raw(track, "centroid"), DARKEST) / DARKEST)
    weighted = _centred_mean(power * octaves, window * track.fps)
    brightness = np.divide(weighted, mean, out=np.zeros_like(mean), where=mean > 1e-12)
    return 10 * np.log10(np.maximum(mean, 1e-12)), brightness


def choose(track: FeatureTrack, window: float, dwell: float) -> Int64[np.ndarray, " frames"]:
    """The family of every frame. A pure function of the whole track: any moment can be drawn alone."""
    energy, brightness = windowed(track, window)
    sounding = energy > FLOOR
    loud, quiet, bright = _steps(energy[sounding], brightness[sounding])
    onset = track.values[:, track.names.index("onset")]
    chosen = np.empty(len(energy), dtype=np.int64)
    current, since = _rule(energy[0], brightness[0], loud, quiet, bright, -1), 0
    begins: dict[int, int] = {0: current}
    for n in range(len(energy)):
        wanted = _rule(energy[n], brightness[n], loud, quiet, bright, current)
        if wanted != current and n - since >= dwell * track.fps:
            current, since = wanted, _on_a_hit(onset, n, since + int(dwell * track.fps), track.fps)
            begins[since] = current
    for begin, family in sorted(begins.items()):
        chosen[begin:] = family
    return chosen


def weights(
    chosen: Int64[np.ndarray, " frames"], fade: float, fps: float
) -> Float64[np.ndarray, "frames families"]:
    """How much of each family is seen: shares of 1, changing over `fade` seconds from a change on."""
    seen = np.eye(len(FAMILIES))[chosen]
    length = max(1, round(fade * fps))
    place = (np.arange(length) + 0.5) / length
    slope = place * (1 - place)  # of the smooth step 3 x^2 - 2 x^3
    held = np.concatenate((np.repeat(seen[:1], length - 1, axis=0), seen))
    return np.column_stack([np.convolve(column, slope / slope.sum(), "valid") for column in held.T])


def _steps(energy: Levels, brightness: Levels) -> tuple[tuple[float, float], ...]:
    """(threshold, step) for loud, quiet and bright."""
    if not len(energy):
        return ((np.inf, 1.0),) * 3
    low, middle, high = np.percentile(energy, (5, 50, 95))
    louder, quieter = max(LOUDER, (high - middle) / 2), max(QUIETER, (middle - low) / 2)
    usual, brightest = np.percentile(brightness, (50, 95))
    brighter = max(BRIGHTER, (brightest - usual) / 2)
    return (middle + louder, louder), (middle - quieter, quieter), (usual + brighter, brighter)


def _rule(
    energy: float,
    brightness: float,
    loud: tuple[float, float],
    quiet: tuple[float, float],
    bright: tuple[float, float],
    current: int,
) -> int:
    """The family for a moment; the current one holds on a little beyond its threshold."""
    if energy <= FLOOR:
        return ORGANIC
    if energy > loud[0] - HOLD * loud[1] * (current == GEOMETRIC):
        return GEOMETRIC
    if brightness > bright[0] - HOLD * bright[1] * (current == FRACTAL):
        return FRACTAL
    return ORGANIC if energy < quiet[0] + HOLD * quiet[1] * (current == ORGANIC) else FLOWING


def _on_a_hit(onset: np.ndarray, frame: int, earliest: int, fps: float) -> int:
    """The strongest onset near a change, or the change itself when there is none."""
    near = round(NEAR * fps)
    begin, end = max(earliest, frame - near), min(len(onset), frame + near + 1)
    best = begin + int(np.argmax(onset[begin:end])) if begin < end else frame
    return best if begin < end and onset[best] > STRONG else frame


def _raw(track: FeatureTrack, name: str) -> Levels:
    return np.nan_to_num(track.raw[:, track.names.index(name)].astype(np.float64))


def _centred_mean(values: Levels, width: float) -> Levels:
    """Mean over `width` frames around each, over what there is at the ends."""
    half = max(0, round(width / 2))
    total = np.concatenate(([0.0], np.cumsum(values)))
    n = np.arange(len(values))
    begin, end = np.maximum(n - half, 0), np.minimum(n + half + 1, len(values))
    mean: Levels = (total[end] - total[begin]) / (end - begin)
    return mean
