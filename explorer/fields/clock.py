"""A clock that runs on sound: hits push it forward, and in silence it nearly stops."""

from __future__ import annotations

from collections.abc import Container

import numpy as np
from jaxtyping import Float64

from explorer.audio import FeatureTrack

SILENT_RATE = 0.06  # units of the clock a second in silence
LOUDNESS_RATE, ONSET_RATE, FLUX_RATE = 0.2, 4.5, 0.3  # on top of it at full levels
MIN_ONSET = 0.12  # weaker onsets do not push the clock
FEATURES = ("rms", "onset", "flux")


def sound_rate(track: FeatureTrack, features: Container[str] = FEATURES) -> Float64[np.ndarray, " frames"]:
    """Units a second that the clock runs on sound, at every frame; features that are left out do nothing."""
    rms, onset, flux = (track.levels(name)[:, 0] * (name in features) for name in FEATURES)
    return LOUDNESS_RATE * rms**2 + FLUX_RATE * flux + ONSET_RATE * np.where(onset > MIN_ONSET, onset, 0)


def integral(
    rates: Float64[np.ndarray, "frames columns"], fps: float
) -> Float64[np.ndarray, "frames columns"]:
    """The integral of rates a second from the start to each frame."""
    steps = (rates[1:] + rates[:-1]) / (2 * fps)
    return np.concatenate((np.zeros((1, rates.shape[1])), np.cumsum(steps, axis=0)))
