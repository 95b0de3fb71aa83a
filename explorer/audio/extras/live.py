"""The causal live analysis as columns of a track: what a trained model hears (see `explorer.audio.live`)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.features import AnalysisSettings
from explorer.audio.live import LIVE_FPS, LIVE_VERSION, live_features_of
from explorer.audio.load import Sound
from explorer.audio.track import between_rows
from explorer.progress import Progress

VERSION = LIVE_VERSION
STEP = "listening as a live page does"

Columns = Float32[np.ndarray, "frames columns"]


def measure(sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """See `Group.measure`. Row n of 60 a second is frame n of the live analysis, to the bit."""
    progress(STEP, 0.0, 1.0)
    rows = live_features_of(sound)
    progress(STEP, 1.0, 1.0)
    return between_rows(rows, times * LIVE_FPS).astype(np.float32)


def scaled(raw: Columns, present: Float64[np.ndarray, " frames"], settings: AnalysisSettings) -> Columns:
    """See `Group.scaled`: from [0, 1] to [-1, 1], unsmoothed, with nothing that needs the whole track."""
    return np.asarray(np.clip(2 * raw - 1, -1, 1), np.float32)
