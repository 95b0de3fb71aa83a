"""What light takes from the sound: loudness, hits, and the hits of the last two seconds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float64
from scipy.ndimage import gaussian_filter1d

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows

LOUDNESS_SECONDS = 0.12  # over which loudness is smoothed
LOUDNESS_PERCENTILES = (5, 98)  # are 0 and 1
MIN_LOUDNESS_SPAN = 0.05  # of the feature; less than this between the percentiles is no change
HIT_PERCENTILES = (50, 98)  # of the onset feature are 0 and 1: between hits nothing glows
MIN_HIT_SPAN = 0.3
ATTACK_SECONDS, RELEASE_SECONDS = 0.06, 0.25  # of a hit
DELAYS = np.arange(96) / 45  # seconds, of the history of hits
NAMES = ("loud", "hit", *(f"hit {delay:.3f} s ago" for delay in DELAYS[1:]))


def columns(
    track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> Float64[np.ndarray, "moments columns"]:
    """`NAMES` at any times in seconds: all in [0, 1], 0 before the start."""
    table = _frame_columns(track)
    loud = interpolate_rows(table[:, :1], times * track.fps)
    past = times[:, None] - DELAYS
    hits = interpolate_rows(table[:, 1:], np.maximum(past, 0).ravel() * track.fps).reshape(past.shape)
    return np.column_stack((loud, np.where(past < 0, 0, hits)))


@lru_cache(maxsize=8)
def _frame_columns(track: FeatureTrack) -> Float64[np.ndarray, "frames 2"]:
    """Loudness and hits at every frame of a track."""
    loud, onset = track.levels("rms", "onset").T
    return np.column_stack((_loudness(loud, track.fps), _hits(onset, track.fps)))


def _loudness(loud: Float64[np.ndarray, " frames"], fps: float) -> Float64[np.ndarray, " frames"]:
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
