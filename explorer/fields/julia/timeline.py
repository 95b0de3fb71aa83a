"""A Julia set along a track: the visual parameters of every frame, smoothed and integrated."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float64
from scipy.ndimage import gaussian_filter1d

from explorer.audio import FeatureTrack
from explorer.audio.feature_table import interpolate_rows
from explorer.audio.live import LIVE_FPS
from explorer.fields import keyframes
from explorer.fields.controls import Controls
from explorer.fields.julia.mapping import parameters_by_hand
from explorer.fields.julia.model import VisualModel, load_model
from explorer.fields.julia.parameters import CONTROL_LIMITS, NAMES, PARAMETERS, SPEED, TURN
from explorer.fields.julia.settings import JuliaSettings
from explorer.fields.keyframes import AnimatedSettings

CONTROL_NAMES = ("angle", "rotation", "distance", "zoom", "hue", "saturation", "brightness")
LOW = np.array([parameter.low for parameter in PARAMETERS])
HIGH = np.array([parameter.high for parameter in PARAMETERS])
REST = np.array([parameter.rest for parameter in PARAMETERS])
CIRCLE = 2 * np.pi


@lru_cache(maxsize=8)
def frame_columns(
    settings: JuliaSettings, track: FeatureTrack, model: VisualModel | None
) -> tuple[Float64[np.ndarray, "frames 7"], float]:
    """The columns `CONTROL_NAMES` at every frame, and the frames a second.

    Speed and turn are summed from the start of the track, whatever part is drawn. Each frame's counts in full
    on that frame: a hit moves the picture at once, as it does live.
    """
    if model is None:
        raw, fps = parameters_by_hand(settings, track), track.fps
    else:
        raw, fps = model.parameters_of_track(track), LIVE_FPS
    current = AnimatedSettings(settings, keyframes.values(settings, track, np.arange(len(raw)) / fps))
    parameters = visual_parameters(raw, current.audio_gain, settings.smoothing * fps)
    column = dict(zip(NAMES, parameters.T, strict=True))
    rate = current.speed * current.audio_gain / fps
    return np.column_stack(
        (
            current.start_angle + _integral(SPEED * rate * column["speed"]),
            current.rotation + _integral(TURN * rate * column["turn"]),
            np.clip(1 + current.distance * (column["distance"] - 1), *CONTROL_LIMITS["distance"]),
            current.zoom * column["zoom"],
            current.hue + column["hue"],
            np.clip(current.saturation * column["saturation"], *CONTROL_LIMITS["saturation"]),
            np.clip(current.brightness * column["brightness"], *CONTROL_LIMITS["brightness"]),
        )
    ), fps


def controls(
    settings: JuliaSettings, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
) -> Controls:
    """See `Julia.controls`; linear interpolation between frames of the track."""
    model = None if settings.model == "none" else load_model(settings.model)
    table, fps = frame_columns(settings, track, model)
    values = np.column_stack((times, interpolate_rows(table, times * fps)))
    values[:, 1:3] %= CIRCLE  # float32 is fine enough within a circle
    return Controls(values.astype(np.float32), ("time", *CONTROL_NAMES))


def visual_parameters(
    raw: Float64[np.ndarray, "frames 7"], gain: float | Float64[np.ndarray, " frames"], width: float
) -> Float64[np.ndarray, "frames 7"]:
    """`PARAMETERS` clipped to their ranges and smoothed over `width` frames (standard deviation).

    `gain` scales their difference from rest; speed and turn are scaled where they are integrated.
    """
    gains = np.broadcast_to(gain, len(raw))
    share = np.column_stack([np.ones_like(gains) if name in ("speed", "turn") else gains for name in NAMES])
    clipped: Float64[np.ndarray, "frames 7"] = np.clip(REST + share * (raw - REST), LOW, HIGH)
    if width:
        clipped = gaussian_filter1d(clipped, width, axis=0, mode="reflect")
    return clipped


def _integral(rate: Float64[np.ndarray, " frames"]) -> Float64[np.ndarray, " frames"]:
    """The sum of a rate up to and including each frame, 0 at the first."""
    sums: Float64[np.ndarray, " frames"] = np.cumsum(rate) - rate[0]
    return sums
