"""A Julia set along a track: the visual parameters of every frame, smoothed and integrated."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64
from scipy.ndimage import gaussian_filter1d

from explorer.audio import FeatureTrack
from explorer.audio.live import LIVE_FPS
from explorer.audio.track import interpolate_rows
from explorer.fields import keyframes
from explorer.fields.base import Controls
from explorer.fields.julia.mapping import by_hand
from explorer.fields.julia.model import VisualModel, load_model
from explorer.fields.julia.parameters import NAMES, PARAMETERS, SPEED, TURN
from explorer.fields.keyframes import Moving

if TYPE_CHECKING:
    from explorer.fields.julia.settings import Julia

NAMED = ("angle", "rotation", "distance", "zoom", "hue", "saturation", "brightness")
LOW = np.array([parameter.low for parameter in PARAMETERS])
HIGH = np.array([parameter.high for parameter in PARAMETERS])
REST = np.array([parameter.rest for parameter in PARAMETERS])
CIRCLE = 2 * np.pi


@lru_cache(maxsize=8)
def along(
    settings: Julia, track: FeatureTrack, model: VisualModel | None
) -> tuple[Float64[np.ndarray, "frames 7"], float]:
    """The columns `NAMED` at every frame, and the frames a second: all that remembers.

    Speed and turn are summed from the start of the track, whatever part is drawn. Each frame's counts in full
    on that frame: a hit moves the picture at once, as it does live.
    """
    found, fps = (by_hand(settings, track), track.fps) if model is None else (model.along(track), LIVE_FPS)
    now = Moving(settings, keyframes.values(settings, track, np.arange(len(found)) / fps))
    column = dict(
        zip(NAMES, visual_parameters(found, now.audio_gain, settings.smoothing * fps).T, strict=True)
    )
    pace = now.speed * now.audio_gain / fps
    return np.column_stack(
        (
            now.start_angle + _integrated(SPEED * pace * column["speed"]),
            now.rotation + _integrated(TURN * pace * column["turn"]),
            np.clip(1 + now.distance * (column["distance"] - 1), 1.0, 1.5),
            now.zoom * column["zoom"],
            now.hue + column["hue"],
            np.clip(now.saturation * column["saturation"], 0, 1),
            np.clip(now.brightness * column["brightness"], 0.2, 1),
        )
    ), fps


def columns(settings: Julia, track: FeatureTrack, times: Float64[np.ndarray, " moments"]) -> Controls:
    """See `Julia.controls`; between frames of the track values lie on straight lines."""
    model = None if settings.model == "none" else load_model(settings.model)
    remembered, fps = along(settings, track, model)
    values = np.column_stack((times, interpolate_rows(remembered, times * fps)))
    values[:, 1:3] %= CIRCLE  # float32 is fine enough within a circle
    return Controls(values.astype(np.float32), ("time", *NAMED))


def visual_parameters(
    found: Float64[np.ndarray, "frames 7"], gain: float | Float64[np.ndarray, " frames"], width: float
) -> Float64[np.ndarray, "frames 7"]:
    """`PARAMETERS` cut to their ranges and smoothed over `width` frames (standard deviation).

    `gain` scales how far they go from rest; speed and turn are scaled where they are integrated.
    """
    gains = np.broadcast_to(gain, len(found))
    share = np.column_stack([np.ones_like(gains) if name in ("speed", "turn") else gains for name in NAMES])
    cut: Float64[np.ndarray, "frames 7"] = np.clip(REST + share * (found - REST), LOW, HIGH)
    if width:
        cut = gaussian_filter1d(cut, width, axis=0, mode="reflect")
    return cut


def _integrated(rate: Float64[np.ndarray, " frames"]) -> Float64[np.ndarray, " frames"]:
    """The sum of a rate up to each frame and with it, 0 at the first."""
    sums: Float64[np.ndarray, " frames"] = np.cumsum(rate) - rate[0]
    return sums
