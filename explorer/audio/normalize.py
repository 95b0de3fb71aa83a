"""From physical units to [-1, 1], as an eye wants it: hits crisp, rests at rest, any gain the same.

Levels (bass, mid, treble, rms, flux, onset): loudness by a power law, silence cut away, centred
smoothing, full scale at a percentile of the local peaks, then attack and release. Rest is -1.
Timbres (centroid, rolloff, zcr, flatness): octaves around the track's own middle, fading to 0 in silence.
Every threshold is relative to the track itself; only a track that is nothing but a noise floor,
below -70 dBFS throughout, stays at rest.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64
from scipy import ndimage

from explorer.audio.features import FEATURES, TIMBRES, AnalysisSettings

LOUDNESS = {"flux": 1.2, "onset": 1.2}
"""Exponents that make a level loudness-like: 0.6 of sound pressure (Stevens, "The measurement of
loudness", JASA 27, 1955). Flux is of degree 0.5 in pressure already, so 1.2 is the same law."""
STEVENS = 0.6

EVENTS = ("onset",)  # never smoothed: an event keeps its moment and its edge,
EVENT_RELEASE = 0.25  # seconds, and falls at least so fast that the next one shows

NOISE_FLOOR = -70.0  # dBFS; a track whose loud passages lie below is silence
FADE = 12.0  # dB over which the presence gate opens
PEAK_REACH = 0.1  # seconds on either side over which a local peak is the highest
LEAST_PEAK = 0.1  # of the highest peak: ripples in rests say nothing about full scale
MIDDLE = (5, 95)  # percentiles of sounding frames between which a timbre's range lies
LEAST_SPREAD = 0.5  # octaves on either side: a tone that hardly moves must not swing from -1 to 1

Column = Float64[np.ndarray, " frames"]


def normalise(
    raw: Float32[np.ndarray, "frames features"], settings: AnalysisSettings
) -> Float32[np.ndarray, "frames features"]:
    """Values in [-1, 1] from raw features in the order of `FEATURES`; never NaN."""
    columns = dict(zip(FEATURES, raw.T.astype(np.float64), strict=True))
    present = sounding(raw, settings)
    values = [
        timbre(column, present, settings)
        if name in TIMBRES
        else level(column, present, LOUDNESS.get(name, STEVENS), settings, smoothed=name not in EVENTS)
        for name, column in columns.items()
    ]
    return np.stack(values, axis=1).astype(np.float32)


def sounding(raw: Float32[np.ndarray, "frames features"], settings: AnalysisSettings) -> Column:
    """See `presence`, from raw features in the order of `FEATURES`."""
    return presence(raw[:, FEATURES.index("rms")].astype(np.float64), settings)


def presence(rms: Column, settings: AnalysisSettings) -> Column:
    """How much each frame is sound rather than silence, 0 to 1.

    0 from `rest_below` dB under the track's loud passages downwards, 1 from 12 dB above that.
    """
    loud = float(decibels(peak_level(rms, settings)))
    audible = smoothstep((loud - NOISE_FLOOR) / FADE)
    return np.asarray(audible * smoothstep((decibels(rms) - loud - settings.rest_below) / FADE))


def level(
    column: Column, present: Column, exponent: float, settings: AnalysisSettings, smoothed: bool = True
) -> Column:
    """A level as loudness re its own peaks: -1 at rest, 1 at the loud hits."""
    loudness = smooth(column**exponent * present, settings.smoothing * settings.fps * smoothed)
    full = peak_level(loudness, settings)
    if full <= 0:
        return np.full(len(column), -1.0)
    if not smoothed:
        settings = settings.replace(release=min(settings.release, EVENT_RELEASE))
    held = hold(np.clip(loudness / full, 0, 1), settings)
    return np.asarray(2 * held - 1)


def timbre(column: Column, present: Column, settings: AnalysisSettings) -> Column:
    """A frequency in octaves from the track's middle, over half the track's range, faded by presence."""
    heard = (present > 0.5) & (column > 0)
    if not heard.any():
        return np.zeros(len(column))
    octaves = np.log2(np.maximum(column, column[heard].min()))
    low, high = np.percentile(octaves[heard], MIDDLE)
    place = (octaves - (low + high) / 2) / max((high - low) / 2, LEAST_SPREAD)
    # Weighted before smoothing: silence then neither pulls at its neighbours nor cuts them off.
    return smooth(np.clip(place, -1, 1) * present, settings.timbre_smoothing * settings.fps)


def smooth(column: Column, width: float) -> Column:
    """Centred Gaussian of standard deviation `width` in frames (no lag), reflected at both ends."""
    if width < 0.1 or len(column) < 2:  # neighbours would weigh exp(-50)
        return column
    smoothed: Column = ndimage.gaussian_filter1d(column, width, mode="reflect")
    return smoothed


def peak_level(column: Column, settings: AnalysisSettings) -> float:
    """Percentile of the local peaks: one loud hit does not flatten the rest, rests do not lift it."""
    size = 2 * round(PEAK_REACH * settings.fps) + 1
    highest = ndimage.maximum_filter1d(column, size, mode="nearest")
    peaks = column[(column == highest) & (column > LEAST_PEAK * column.max())]
    return float(np.percentile(peaks, settings.peak_percentile)) if len(peaks) else 0.0


def hold(column: Column, settings: AnalysisSettings) -> Column:
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
