"""Patterns along a track: what was heard so far, and which family is seen when."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.track import interpolate_rows
from explorer.fields import keyframes
from explorer.fields.base import Controls
from explorer.fields.keyframes import Moving
from explorer.fields.patterns import selection
from explorer.fields.patterns.selection import FAMILIES

if TYPE_CHECKING:
    from explorer.fields.patterns.settings import Patterns

DRIFT = 0.35  # radians of phase a second in silence
DRIVE = 1.3  # more of them at full energy


@lru_cache(maxsize=8)
def along(
    settings: Patterns, track: FeatureTrack
) -> tuple[Float64[np.ndarray, "frames all"], tuple[str, ...]]:
    """`motion` and the weights of the families at every frame of a track: all that remembers.

    Energy is integrated into phase, so loud passages move faster and nothing ever jumps.
    """
    now = Moving(settings, keyframes.values(settings, track, track.times))
    loudness = (track.values[:, track.names.index("rms")].astype(np.float64) + 1) / 2
    drive = DRIVE if "rms" in settings.features else 0.0
    rate = loudness * drive * now.speed * now.audio_gain / track.fps
    motion = np.concatenate(([0.0], np.cumsum((rate[1:] + rate[:-1]) / 2)))
    own = np.broadcast_to(DRIFT * now.speed / track.fps, len(loudness))
    itself = np.concatenate(([0.0], np.cumsum((own[1:] + own[:-1]) / 2)))
    return np.column_stack((itself, motion, _weights(settings, track))), ("time", "motion", *FAMILIES)


def columns(settings: Patterns, track: FeatureTrack, times: Float64[np.ndarray, " moments"]) -> Controls:
    """See `Patterns.controls`; between frames of the track values lie on straight lines."""
    remembered, names = along(settings, track)
    heard, moved = track.at(times, settings.features), keyframes.values(settings, track, times)
    values = np.column_stack((interpolate_rows(remembered, times * track.fps), heard, *moved.values()))
    return Controls(values.astype(np.float32), (*names, *settings.features, *moved))


def stretches(settings: Patterns, track: FeatureTrack) -> list[tuple[float, float, Any]]:
    """See `Patterns.families`."""
    remembered, _ = along(settings, track)
    chosen = remembered[:, 2:].argmax(axis=1)
    begins = [0, *(np.flatnonzero(np.diff(chosen)) + 1)]
    seconds = [*(begin / track.fps for begin in begins[1:]), track.duration]
    return [
        (float(begin / track.fps), float(end), FAMILIES[chosen[begin]])
        for begin, end in zip(begins, seconds, strict=True)
    ]


def _weights(settings: Patterns, track: FeatureTrack) -> Float64[np.ndarray, "frames families"]:
    frames = len(track.values)
    if settings.weights is not None:
        share = np.array(settings.weights) / sum(settings.weights)
        return np.broadcast_to(share, (frames, len(FAMILIES)))
    if settings.timeline is not None:
        begins = [begin for begin, _ in settings.timeline]
        which = np.maximum(np.searchsorted(begins, track.times, side="right") - 1, 0)
        chosen = np.array([FAMILIES.index(family) for _, family in settings.timeline])[which]
    elif settings.family == "music":
        chosen = selection.choose(track, settings.window, settings.dwell)
    else:
        chosen = np.full(frames, FAMILIES.index(settings.family))
    return selection.weights(chosen, settings.fade, track.fps)
