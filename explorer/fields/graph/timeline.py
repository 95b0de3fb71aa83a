"""A graph CPPN along a track: a clock that runs on sound, and the sound of the last seconds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows
from explorer.fields import keyframes
from explorer.fields.clock import SILENT_RATE, integral, sound_rate
from explorer.fields.controls import Controls
from explorer.fields.graph.settings import SOUND_INPUTS, GraphSettings
from explorer.fields.keyframes import AnimatedSettings

DELAY_STEP_SECONDS = 0.04
DELAYS = 65  # up to 2.56 s ago

Levels = Float64[np.ndarray, "frames features"]


def delay_columns(name: str) -> tuple[str, ...]:
    """The names of the columns with the past of a feature."""
    return tuple(f"{name} {step * DELAY_STEP_SECONDS:.2f} s ago" for step in range(DELAYS))


def sound_inputs(settings: GraphSettings) -> tuple[str, ...]:
    """The features that every pixel hears, as far as the field draws from them."""
    return tuple(name for name in SOUND_INPUTS if name in settings.features)


@lru_cache(maxsize=8)
def frame_columns(settings: GraphSettings, track: FeatureTrack) -> Float64[np.ndarray, "frames 3"]:
    """`time`, `motion` and `rotation` at every frame of a track, integrated, so that nothing ever jumps.

    The clock shows time + motion: time runs by itself, motion on sound alone. The picture is turned by
    spin x time + rotation.
    """
    current = AnimatedSettings(settings, keyframes.values(settings, track, track.times))

    drive = sound_rate(track, settings.features)
    time_rate = SILENT_RATE * current.speed * np.ones(len(drive))
    motion_rate = drive * current.speed * current.audio_gain
    turn_rate = (time_rate + motion_rate) * current.spin - time_rate * settings.spin
    rates = np.column_stack((time_rate, motion_rate, turn_rate))
    return integral(rates, track.fps)


@lru_cache(maxsize=8)
def smooth_levels(names: tuple[str, ...], track: FeatureTrack) -> Levels:
    """Levels of the past, from 0 in silence to 1, with one row of silence before the start.

    Smoothed over one step of the delays, so that a short hit is not missed between two of them.
    """
    width = max(1, round(DELAY_STEP_SECONDS * track.fps))
    weights = np.convolve(np.ones(width), np.ones(width)) / width**2
    levels = np.pad(track.levels(*names), ((1, 0), (0, 0)))
    rows = [
        np.convolve(np.pad(column, (width - 1, width - 1), "edge"), weights, "valid") for column in levels.T
    ]
    smooth = np.column_stack(rows) if rows else levels
    smooth[0] = 0
    return smooth


def controls(
    settings: GraphSettings, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> Controls:
    """See `GraphCPPN.controls`; linear interpolation between frames of the track."""
    names = sound_inputs(settings)
    clock = interpolate_rows(frame_columns(settings, track), times * track.fps)
    past = (times[:, None] - np.arange(DELAYS) * DELAY_STEP_SECONDS).ravel()
    history = interpolate_rows(smooth_levels(names, track), past * track.fps + 1)
    history = history.reshape(len(times), DELAYS, len(names)).transpose(0, 2, 1).reshape(len(times), -1)
    animated = keyframes.values(settings, track, times)
    values = np.column_stack((clock, track.at(times, names), history, *animated.values()))
    delayed = [column for name in names for column in delay_columns(name)]
    return Controls(values.astype(np.float32), ("time", "motion", "rotation", *names, *delayed, *animated))


def with_hits(controls: Controls, track: FeatureTrack, times: Float64[np.ndarray, " moments"]) -> Controls:
    """Controls with the column `hit` of the light."""
    from explorer.fields.light.columns import HIT_NAMES, columns

    hits = columns(track, times)[:, 1:2].astype(np.float32)
    return Controls(np.hstack((controls.values, hits)), (*controls.names, HIT_NAMES[0]))
