"""The beats and bars of a track in seconds, read back from its columns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float64

from explorer.audio.track import FeatureTrack

SAME_MOMENT_SECONDS = 0.005

Seconds = Float64[np.ndarray, " beats"]


@lru_cache(maxsize=16)
def beat_times(track: FeatureTrack) -> Seconds:
    """Where `beat_phase` begins anew."""
    return _wraps(track, "beat_phase")


@lru_cache(maxsize=16)
def bar_times(track: FeatureTrack) -> Seconds:
    """Where `bar_phase` begins anew."""
    return _wraps(track, "bar_phase")


def musical_grid(track: FeatureTrack) -> tuple[Float64[np.ndarray, " bars"], Seconds]:
    """Bars and beats of a track in seconds, or of its sound where they were measured before; else none."""
    if {"beat_phase", "bar_phase"} <= {*track.names}:
        return bar_times(track), beat_times(track)
    from explorer.audio.structure.rhythm import stored_rhythm  # loads numba

    stored = stored_rhythm(track.sha256, track.settings.tempo_hint)
    if stored is None:
        return np.zeros(0), np.zeros(0)
    return stored.beats[stored.is_downbeat], stored.beats


def bar_position(track: FeatureTrack, t: float) -> str:
    """Where a moment is in the music, as in `bar 17.3`; empty before the first bar and without bars."""
    bars, beats = musical_grid(track)
    bar = np.searchsorted(bars, t + SAME_MOMENT_SECONDS, side="right")
    if not bar:
        return ""
    first, last = np.searchsorted(beats, [bars[bar - 1] - SAME_MOMENT_SECONDS, t + SAME_MOMENT_SECONDS])
    return f"bar {bar}.{max(1, last - first)}"


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
