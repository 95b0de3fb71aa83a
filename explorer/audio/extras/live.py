"""The causal live analysis as columns of a track: the inputs of a trained model (see `explorer.audio.live`).

The cache holds its own rows and not columns of a track: tracks of all rates are interpolated from them, and
training takes them as they are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.array_cache import cache_folder, load_array, save_array
from explorer.audio.feature_table import interpolate_rows
from explorer.audio.features import AnalysisSettings
from explorer.audio.live import LIVE_FEATURES, LIVE_FPS, LIVE_VERSION, LiveRows, live_features_of
from explorer.audio.sound_file import Sound, open_sound
from explorer.progress import Progress, silent

VERSION = LIVE_VERSION
STEP = "measuring live features"

Columns = Float32[np.ndarray, "frames columns"]


def measure(sound: Sound, times: Float64[np.ndarray, " frames"], progress: Progress) -> Columns:
    """See `FeatureExtractor.measure`. Row n of 60 a second is frame n of the live analysis, to the bit."""
    return at_times(_rows(sound, progress), times)


def at_times(rows: Float32[np.ndarray, "rows 6"], times: Float64[np.ndarray, " frames"]) -> Columns:
    """Rows of the live analysis at any seconds, by linear interpolation."""
    return interpolate_rows(rows, times * LIVE_FPS).astype(np.float32)


def cached_rows(path: Path, sha256: str, progress: Progress = silent) -> LiveRows:
    """The live features of a file with this content, `LIVE_FPS` rows a second, cached."""
    entry = cache_folder() / "live" / f"{sha256[:40]}-{LIVE_VERSION}.npy"
    rows = load_array(entry)
    if rows is None or rows.ndim != 2 or rows.shape[1] != len(LIVE_FEATURES):
        rows = _rows(open_sound(path), progress)
        save_array(entry, rows)
    return rows


def _rows(sound: Sound, progress: Progress) -> LiveRows:
    progress(STEP, 0.0, 1.0)
    rows = live_features_of(sound)
    progress(STEP, 1.0, 1.0)
    return rows


def normalize(raw: Columns, presence: Float64[np.ndarray, " frames"], settings: AnalysisSettings) -> Columns:
    """See `FeatureExtractor.normalize`: from [0, 1] to [-1, 1], unsmoothed and without the whole track."""
    return np.asarray(np.clip(2 * raw - 1, -1, 1), np.float32)
