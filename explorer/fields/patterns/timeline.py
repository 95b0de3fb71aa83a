"""Patterns along a track: motion as an integral of the sound, and which family has which share when."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows
from explorer.fields import keyframes
from explorer.fields.controls import Controls
from explorer.fields.keyframes import AnimatedSettings
from explorer.fields.patterns import selection
from explorer.fields.patterns.section_selection import select_by_section
from explorer.fields.patterns.selection import FAMILIES
from explorer.fields.patterns.settings import PatternSettings

SILENT_RATE = 0.35  # radians of phase a second in silence
ENERGY_RATE = 1.3  # radians a second on top of it at full energy


@lru_cache(maxsize=8)
def frame_columns(
    settings: PatternSettings, track: FeatureTrack
) -> tuple[Float64[np.ndarray, "frames all"], tuple[str, ...]]:
    """The columns with a history at every frame of a track: `time`, `motion`, the shares of the families.

    Energy is integrated into phase, so loud passages move faster and nothing ever jumps.
    """
    current = AnimatedSettings(settings, keyframes.values(settings, track, track.times))
    loudness = track.levels("rms")[:, 0]
    drive = ENERGY_RATE if "rms" in settings.features else 0.0
    rate = loudness * drive * current.speed * current.audio_gain / track.fps
    motion = np.concatenate(([0.0], np.cumsum((rate[1:] + rate[:-1]) / 2)))
    base_rate = np.broadcast_to(SILENT_RATE * current.speed / track.fps, len(loudness))
    time = np.concatenate(([0.0], np.cumsum((base_rate[1:] + base_rate[:-1]) / 2)))
    return np.column_stack((time, motion, _shares(settings, track))), ("time", "motion", *FAMILIES)


def controls(
    settings: PatternSettings, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> Controls:
    """See `Patterns.controls`; linear interpolation between frames of the track."""
    table, names = frame_columns(settings, track)
    features, animated = track.at(times, settings.features), keyframes.values(settings, track, times)
    values = np.column_stack((interpolate_rows(table, times * track.fps), features, *animated.values()))
    return Controls(values.astype(np.float32), (*names, *settings.features, *animated))


def passages(settings: PatternSettings, track: FeatureTrack) -> list[tuple[float, float, Any]]:
    """See `Patterns.families`."""
    table, _ = frame_columns(settings, track)
    family = table[:, 2:].argmax(axis=1)
    starts = [0, *(np.flatnonzero(np.diff(family)) + 1)]
    ends = [*(start / track.fps for start in starts[1:]), track.duration]
    return [
        (float(start / track.fps), float(end), FAMILIES[family[start]])
        for start, end in zip(starts, ends, strict=True)
    ]


def _shares(settings: PatternSettings, track: FeatureTrack) -> Float64[np.ndarray, "frames families"]:
    frames = len(track.values)
    if settings.weights is not None:
        share = np.array(settings.weights) / sum(settings.weights)
        return np.broadcast_to(share, (frames, len(FAMILIES)))
    if settings.timeline is not None:
        starts = [start for start, _ in settings.timeline]
        entry = np.maximum(np.searchsorted(starts, track.times, side="right") - 1, 0)
        family = np.array([FAMILIES.index(name) for _, name in settings.timeline])[entry]
    elif settings.family == "music":
        family = selection.select(track, settings.window, settings.dwell)
    elif settings.family == "sections":
        family = select_by_section(track, settings.window, settings.dwell)
    else:
        family = np.full(frames, FAMILIES.index(settings.family))
    return selection.shares(family, settings.fade, track.fps)
