"""From physical units to [-1, 1], for pictures: hits stay crisp, rests stay at rest, gain does not matter.

Levels (bass, mid, treble, rms, flux, onset): loudness by a power law, silence cut away, centered
smoothing, full scale at a percentile of the local peaks, then attack and release. Rest is -1.
Timbres (centroid, rolloff, zcr, flatness): octaves around the track's own middle, fading to 0 in silence.
Every threshold is relative to the track itself; only a track that is a noise floor throughout, below
-70 dBFS, stays at rest.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32, Float64
from scipy import ndimage

from explorer.audio.features import FEATURES, TIMBRES, AnalysisSettings

LOUDNESS_EXPONENTS = {"flux": 1.2, "onset": 1.2}
"""Exponents that make a level loudness-like: 0.6 of sound pressure (Stevens, "The measurement of
loudness", JASA 27, 1955). Flux is of degree 0.5 in pressure already, so 1.2 is the same law."""
STEVENS_EXPONENT = 0.6

EVENT_FEATURES = ("onset",)  # never smoothed: an event keeps its time and its edge
EVENT_RELEASE_SECONDS = 0.25  # at most: the next event must stay visible

NOISE_FLOOR_DBFS = -70.0  # a track whose loud passages lie below is silence
FADE_DB = 12.0  # over which the presence gate opens
PEAK_RADIUS_SECONDS = 0.1  # on either side: a local peak is the maximum within it
MIN_PEAK_SHARE = 0.1  # of the highest peak: ripples in rests do not define full scale
RANGE_PERCENTILES = (5, 95)  # of the frames with sound, between which a timbre's range lies
MIN_HALF_RANGE_OCTAVES = 0.5  # a tone that hardly moves must not swing from -1 to 1

Column = Float64[np.ndarray, " frames"]


def normalize(
    raw: Float32[np.ndarray, "frames features"], settings: AnalysisSettings
) -> Float32[np.ndarray, "frames features"]:
    """Values in [-1, 1] from raw features in the order of `FEATURES`; never NaN."""
    columns = dict(zip(FEATURES, raw.T.astype(np.float64), strict=True))
    presence = presence_of(raw, settings)
    values = [_normalize_column(name, column, presence, settings) for name, column in columns.items()]
    return np.stack(values, axis=1).astype(np.float32)


def _normalize_column(name: str, column: Column, presence: Column, settings: AnalysisSettings) -> Column:
    if name in TIMBRES:
        return timbre(column, presence, settings)
    exponent = LOUDNESS_EXPONENTS.get(name, STEVENS_EXPONENT)
    return level(column, presence, exponent, settings, is_smoothed=name not in EVENT_FEATURES)


def presence_of(raw: Float32[np.ndarray, "frames features"], settings: AnalysisSettings) -> Column:
    """`presence_from_rms` of raw features in the order of `FEATURES`."""
    return presence_from_rms(raw[:, FEATURES.index("rms")].astype(np.float64), settings)


def presence_from_rms(rms: Column, settings: AnalysisSettings) -> Column:
    """How much each frame is sound rather than silence, 0 to 1.

    0 at `rest_below` dB under the track's loud passages and below, 1 from 12 dB above that.
    """
    loud_db = float(decibels(peak_level(rms, settings)))
    audible = smoothstep((loud_db - NOISE_FLOOR_DBFS) / FADE_DB)
    return np.asarray(audible * smoothstep((decibels(rms) - loud_db - settings.rest_below) / FADE_DB))


def level(
    column: Column,
    presence: Column,
    exponent: float,
    settings: AnalysisSettings,
    is_smoothed: bool = True,
    min_full_scale: float = 0.0,
) -> Column:
    """A level as loudness re its own peaks: -1 at rest, 1 at the loud hits.

    Where even its peaks lie below `min_full_scale`, it does not reach 1.
    """
    loudness = smooth(column**exponent * presence, settings.smoothing * settings.fps * is_smoothed)
    full_scale = max(peak_level(loudness, settings), min_full_scale)
    if full_scale <= 0:
        return np.full(len(column), -1.0)
    if not is_smoothed:
        settings = settings.replace(release=min(settings.release, EVENT_RELEASE_SECONDS))
    envelope = attack_and_release(np.clip(loudness / full_scale, 0, 1), settings)
    return np.asarray(2 * envelope - 1)


def normalize_column(column: Column, settings: AnalysisSettings) -> Column:
    """Any column from its rest, -1, to its full scale, 1, without smoothing; -1 where it never changes.

    As for levels, full scale is the percentile of the local peaks; rest is as far from the other end.
    """
    low = float(np.percentile(column, 100 - settings.peak_percentile))
    high = low + peak_level(np.maximum(column - low, 0), settings)
    if high <= low:
        return np.full(len(column), -1.0)
    return np.asarray(2 * np.clip((column - low) / (high - low), 0, 1) - 1)


def timbre(column: Column, presence: Column, settings: AnalysisSettings) -> Column:
    """A frequency in octaves from the track's middle, over half the track's range, faded by presence."""
    mask = (presence > 0.5) & (column > 0)
    if not mask.any():
        return np.zeros(len(column))
    octaves = np.log2(np.maximum(column, column[mask].min()))
    return centered(octaves, mask, presence, MIN_HALF_RANGE_OCTAVES, settings)


def centered(
    column: Column,
    mask: Bool[np.ndarray, " frames"],
    presence: Column,
    min_half_range: float,
    settings: AnalysisSettings,
) -> Column:
    """Distance from the middle of the masked frames, over half their range, faded by presence."""
    low, high = np.percentile(column[mask], RANGE_PERCENTILES)
    position = (column - (low + high) / 2) / max((high - low) / 2, min_half_range)
    # Weighted before smoothing: silence then neither pulls at its neighbors nor cuts them off.
    return smooth(np.clip(position, -1, 1) * presence, settings.timbre_smoothing * settings.fps)


def smooth(column: Column, width: float) -> Column:
    """Centered Gaussian of standard deviation `width` in frames (no lag), reflected at both ends."""
    if width < 0.1 or len(column) < 2:  # neighbors would weigh exp(-50)
        return column
    smoothed: Column = ndimage.gaussian_filter1d(column, width, mode="reflect")
    return smoothed


def peak_level(column: Column, settings: AnalysisSettings) -> float:
    """Percentile of the local peaks: one loud hit does not flatten the rest, rests do not lift it."""
    size = 2 * round(PEAK_RADIUS_SECONDS * settings.fps) + 1
    local_max = ndimage.maximum_filter1d(column, size, mode="nearest")
    peaks = column[(column == local_max) & (column > MIN_PEAK_SHARE * column.max())]
    return float(np.percentile(peaks, settings.peak_percentile)) if len(peaks) else 0.0


def attack_and_release(column: Column, settings: AnalysisSettings) -> Column:
    """Attack and release: straight ramps up to and down from every hit, at `1 / seconds` of full scale.

    release: y[n] = max over k <= n of x[k] - (n - k) / (release fps), by a running maximum, so that it
    costs no loop and reaches rest exactly. The attack is its mirror in time: since the future is known
    here, a rise can end at the hit instead of lagging behind it.
    """
    falling = _ramp_down(column, settings.release * settings.fps)
    rising = _ramp_down(column[::-1], settings.attack * settings.fps)[::-1]
    return np.asarray(np.maximum(falling, rising))


def _ramp_down(column: Column, frames: float) -> Column:
    if frames <= 1:  # from full to rest within one frame
        return column
    slope = np.arange(len(column)) / frames
    return np.asarray(np.maximum(np.maximum.accumulate(column + slope) - slope, column))


def decibels(amplitude: Column | float) -> Float64[np.ndarray, "*shape"]:
    """20 log10 of an amplitude re full scale; silence is -240 dBFS."""
    return np.asarray(20 * np.log10(np.maximum(amplitude, 1e-12)))


def smoothstep(x: Column | float) -> Float64[np.ndarray, "*shape"]:
    """0 up to x = 0, 1 from x = 1, and 3 x^2 - 2 x^3 between."""
    x = np.clip(x, 0, 1)
    return np.asarray(x * x * (3 - 2 * x))
