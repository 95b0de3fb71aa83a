"""A Julia set along a track: the visual parameters of every frame, smoothed and integrated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64
from scipy.ndimage import gaussian_filter1d

from explorer.audio import FeatureTrack
from explorer.audio.live import LIVE_FPS
from explorer.audio.track import between_rows
from explorer.fields.base import Controls
from explorer.fields.julia.mapping import by_hand
from explorer.fields.julia.model import load_model
from explorer.fields.julia.parameters import NAMES, PARAMETERS, SPEED, TURN

if TYPE_CHECKING:
    from explorer.fields.julia.settings import Julia

NAMED = ("angle", "rotation", "distance", "zoom", "hue", "saturation", "brightness")
LOW = np.array([parameter.low for parameter in PARAMETERS])
HIGH = np.array([parameter.high for parameter in PARAMETERS])
CIRCLE = 2 * np.pi


@lru_cache(maxsize=8)
def along(settings: Julia, track: FeatureTrack) -> tuple[Float64[np.ndarray, "frames 7"], float]:
    """The columns `NAMED` at every frame, and the frames a second: all that remembers.

    Speed and turn are integrated (trapezium rule) from the start of the track, whatever part is drawn.
    """
    parameters, fps = visual_parameters(settings, track)
    column = dict(zip(NAMES, parameters.T, strict=True))
    step = settings.speed * settings.audio_gain / fps
    distance = np.clip(1 + settings.distance * (column["distance"] - 1), 1.0, 1.5)
    return np.column_stack(
        (
            settings.start_angle + SPEED * step * _integrated(column["speed"]),
            settings.rotation + TURN * step * _integrated(column["turn"]),
            distance,
            settings.zoom * column["zoom"],
            settings.hue + column["hue"],
            np.clip(settings.saturation * column["saturation"], 0, 1),
            np.clip(settings.brightness * column["brightness"], 0.2, 1),
        )
    ), fps


def columns(settings: Julia, track: FeatureTrack, times: Float64[np.ndarray, " moments"]) -> Controls:
    """See `Julia.controls`; between frames of the track values lie on straight lines."""
    remembered, fps = along(settings, track)
    values = np.column_stack((times, between_rows(remembered, times * fps)))
    values[:, 1:3] %= CIRCLE  # float32 is fine enough within a circle
    return Controls(values.astype(np.float32), ("time", *NAMED))


def visual_parameters(settings: Julia, track: FeatureTrack) -> tuple[Float64[np.ndarray, "frames 7"], float]:
    """`PARAMETERS` at every frame within their ranges, smoothed, and the frames a second.

    `audio_gain` scales how far they go from rest (speed and turn: see `along`).
    """
    if settings.model == "none":
        found, fps = by_hand(settings, track), track.fps
    else:
        found, fps = load_model(settings.model).along(track), LIVE_FPS
    rest = np.array([parameter.rest for parameter in PARAMETERS])
    gain = np.array([1.0 if name in ("speed", "turn") else settings.audio_gain for name in NAMES])
    cut = np.clip(rest + gain * (found - rest), LOW, HIGH)
    if settings.motion_smoothing:
        cut = gaussian_filter1d(cut, settings.motion_smoothing * fps, axis=0, mode="reflect")
    return cut, fps


def _integrated(rate: Float64[np.ndarray, " frames"]) -> Float64[np.ndarray, " frames"]:
    """The sum of a rate up to each frame, 0 at the first."""
    return np.concatenate(([0.0], np.cumsum((rate[1:] + rate[:-1]) / 2)))
