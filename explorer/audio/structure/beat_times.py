"""The beats of a track in seconds, read back from its columns."""

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


def _wraps(track: FeatureTrack, name: str) -> Seconds:
    """Where a phase reaches 1 and begins again at 0, to a fraction of a row."""
    phase = track.raw[:, track.names.index(name)].astype(np.float64)
    is_counted = track.raw[:, track.names.index("tempo")] > 0
    rows = np.flatnonzero((phase[1:] < phase[:-1]) & is_counted[1:] & is_counted[:-1])
    before, step = 1 - phase[rows], phase[rows] - phase[np.maximum(rows - 1, 0)]
    share = np.where(step > 0, before / np.maximum(step, 1e-12), before / (before + phase[rows + 1] + 1e-12))
    times = (rows + share.clip(0, 1)) / track.fps
    return np.concatenate([np.zeros(int(is_counted[0] and phase[0] == 0)), times])
