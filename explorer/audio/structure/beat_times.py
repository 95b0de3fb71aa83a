"""The beats and bars of a track in seconds, read back from its columns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float64

from explorer.audio.track import FeatureTrack

Seconds = Float64[np.ndarray, " beats"]


@lru_cache(maxsize=16)
def beat_times(track: FeatureTrack) -> Seconds:
    """Where `beat_phase` begins anew."""
    return _wraps(track, "beat_phase")


@lru_cache(maxsize=16)
def bar_times(track: FeatureTrack) -> Seconds:
    """Where `bar_phase` begins anew."""
    return _wraps(track, "bar_phase")


def _wraps(track: FeatureTrack, name: str) -> Seconds:
    """Where a phase reaches 1 and begins again at 0, to a fraction of a row."""
    phase = track.raw[:, track.names.index(name)].astype(np.float64)
    counted = "tempo" if name == "beat_phase" else "meter"
    is_counted = track.raw[:, track.names.index(counted)] > 0
    rows = np.flatnonzero((phase[1:] < phase[:-1]) & is_counted[1:] & is_counted[:-1])
    before, step = 1 - phase[rows], phase[rows] - phase[np.maximum(rows - 1, 0)]
    step = np.where(step > 0, step, before + phase[rows + 1])
    is_reached = before <= 1.5 * step  # else another stretch of sound begins in the middle of a beat
    rows, share = rows[is_reached], (before / np.maximum(step, 1e-12))[is_reached]
    times = (rows + share.clip(0, 1)) / track.fps
    return np.concatenate([np.zeros(int(is_counted[0] and phase[0] == 0)), times])
