"""Tracks cached on disk, so that a sound is analyzed once.

    <root>/features/<key>.npy, <key>.json     a track; key = hash of contents, settings and version
    <root>/features/models/<key>/<n>.npy      rows of a pretrained model, some minutes in each file
    <root>/features/paths/<hash>.json         content hash of a path, while its mtime and size stay

Everything here may be deleted at any time. Files appear whole or not at all, and two processes that
write the same entry write the same bytes, so they need no lock. What cannot be read is computed
again; what cannot be written only costs time.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.audio.array_cache import cache_folder, digest, load_array, save_array
from explorer.audio.features import FEATURES, AnalysisSettings
from explorer.audio.track import FeatureTrack
from explorer.errors import ExplorerError, OutputError
from explorer.files import read_json_or_empty, sha256_of, write_json

FEATURE_VERSION = 2
"""Raise it whenever the same sound and settings give other numbers."""

MTIME_RESOLUTION = 2.0  # seconds; on coarse file systems two writes within this time have the same mtime


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, cached by path, mtime and size."""
    status = path.stat()
    state = {"mtime_ns": status.st_mtime_ns, "size": status.st_size}
    entry = cache_folder() / "paths" / f"{digest(str(path.resolve()))}.json"
    cached = read_json_or_empty(entry)
    if state.items() <= cached.items() and "sha256" in cached:
        return str(cached["sha256"])
    sha256 = sha256_of(path)
    if time.time() - status.st_mtime > MTIME_RESOLUTION:
        with contextlib.suppress(OutputError, OSError):
            write_json(entry, {**state, "sha256": sha256})
    return sha256


def load_track(sha256: str, settings: AnalysisSettings, name: str) -> FeatureTrack | None:
    """The cached track of this content under these settings, under the name `name`; None if there is none."""
    try:
        track = FeatureTrack.load(_track_stem(sha256, settings))
    except ExplorerError:
        return None
    matches = (track.sha256, track.names, track.settings) == (sha256, FEATURES, settings)
    return replace(track, name=name) if matches else None


def save_track(track: FeatureTrack) -> None:
    """Cache a track, if the folder can be written."""
    with contextlib.suppress(OutputError, OSError):
        track.save(_track_stem(track.sha256, track.settings))


def load_columns(
    sha256: str, key: dict[str, Any], shape: tuple[int, int]
) -> Float32[np.ndarray, "frames columns"] | None:
    """Cached columns of this content; `key` is how they are measured. None unless they have this shape."""
    columns = load_array(_columns_path(sha256, key))
    return columns if columns is not None and columns.shape == shape else None


def save_columns(sha256: str, key: dict[str, Any], columns: Float32[np.ndarray, "frames columns"]) -> None:
    """Cache columns, if the folder can be written."""
    save_array(_columns_path(sha256, key), columns)


def _columns_path(sha256: str, key: dict[str, Any]) -> Path:
    return cache_folder() / "extras" / f"{digest(json.dumps({'sha256': sha256, **key}, sort_keys=True))}.npy"


def _track_stem(sha256: str, settings: AnalysisSettings) -> Path:
    values = settings.model_dump(mode="json")
    key: dict[str, Any] = {"sha256": sha256, "version": FEATURE_VERSION, "settings": values}
    return cache_folder() / digest(json.dumps(key, sort_keys=True))
