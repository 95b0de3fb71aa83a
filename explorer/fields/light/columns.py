"""What light takes from the sound: loudness, the hits of the last two seconds, and how loudness swells."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows

LOUDNESS_SECONDS = 0.12  # over which loudness is smoothed
LOUDNESS_PERCENTILES = (5, 98)  # are 0 and 1
MIN_LOUDNESS_SPAN = 0.05  # of the feature; less than this between the percentiles is no change
HIT_PERCENTILES = (50, 98)  # of the onset feature are 0 and 1: between hits nothing glows
MIN_HIT_SPAN = 0.3
ATTACK_SECONDS, RELEASE_SECONDS = 0.06, 0.25  # of a hit
DELAYS = np.arange(96) / 45  # seconds, of the history of hits
SWELL_SECONDS = (2.0, 8.0)  # memory of two running means of loudness: about the last 4 s against 16 s
MIN_SWELL, MAX_SWELL = 0.03, 0.25  # differences of the two that are 0 and 1
HIT_NAMES = ("hit", *(f"hit {delay:.3f} s ago" for delay in DELAYS[1:]))
NAMES = ("loud", *HIT_NAMES, "swell")
LINE_COLUMN, ECHO_MARK = "line light", ", echo "  # of echoes: the light of lines; names of columns end in it


def plain_name(name: str) -> str:
    """The name of a column without the number of its echo."""
    return name.partition(ECHO_MARK)[0]


def columns(
    track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> Float64[np.ndarray, "moments columns"]:
    """`NAMES` at any times in seconds: all in [0, 1], 0 before the start."""
    table = _frame_columns(track)
    now = interpolate_rows(table[:, ::2], times * track.fps)
    past = times[:, None] - DELAYS
    hits = interpolate_rows(table[:, 1:2], np.maximum(past, 0).ravel() * track.fps).reshape(past.shape)
    return np.column_stack((now[:, 0], np.where(past < 0, 0, hits), now[:, 1]))


@lru_cache(maxsize=8)
def _frame_columns(track: FeatureTrack) -> Float64[np.ndarray, "frames 3"]:
    """Loudness, hits and swell at every frame of a track."""
    rms, onset = track.levels("rms", "onset").T
    loud = _loudness(rms, track.fps)
    return np.column_stack((loud, _hits(onset, track.fps), _swell(loud, track.fps)))


def _loudness(loud: Float64[np.ndarray, " frames"], fps: float) -> Float64[np.ndarray, " frames"]:
    from scipy.ndimage import gaussian_filter1d  # slow to load

    smooth = gaussian_filter1d(loud, LOUDNESS_SECONDS * fps, mode="nearest")
    low, high = np.percentile(smooth, LOUDNESS_PERCENTILES)
    stretched: Float64[np.ndarray, " frames"] = ((smooth - low) / max(high - low, MIN_LOUDNESS_SPAN)).clip(
        0, 1
    )
    return stretched


def _hits(onset: Float64[np.ndarray, " frames"], fps: float) -> Float64[np.ndarray, " frames"]:
    """Peaks that decay with the release and begin softly within the attack, which is centered."""
    low, high = np.percentile(onset, HIT_PERCENTILES)
    onset = ((onset - low) / max(high - low, MIN_HIT_SPAN)).clip(0, 1)
    held, decay = np.empty_like(onset), np.exp(-1 / (fps * RELEASE_SECONDS))
    level = 0.0
    for n, value in enumerate(onset):
        level = held[n] = max(value, level * decay)
    half = round(ATTACK_SECONDS * fps)
    window = np.hanning(2 * half + 3)[1:-1]
    padded = np.pad(held, half, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")


def _swell(loud: Float64[np.ndarray, " frames"], fps: float) -> Float64[np.ndarray, " frames"]:
    """How far the loudness of the last seconds is above that of more of them; it never looks ahead."""
    short, long = (_running_mean(loud, 1 - np.exp(-1 / (fps * seconds))) for seconds in SWELL_SECONDS)
    swell: Float64[np.ndarray, " frames"] = ((short - long - MIN_SWELL) / (MAX_SWELL - MIN_SWELL)).clip(0, 1)
    return swell


def _running_mean(values: Float64[np.ndarray, " frames"], share: float) -> Float64[np.ndarray, " frames"]:
    """Each value adds its share to the mean of those before; the mean begins at the first."""
    from scipy.signal import lfilter  # slow to load

    mean, _ = lfilter([share], [1, share - 1], values, zi=[(1 - share) * values[0]])
    return np.asarray(mean)
