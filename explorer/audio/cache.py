"""Tracks remembered on disk, so that a sound is analysed once.

    <root>/features/<key>.npy, <key>.json     a track; key = hash of contents, settings and version
    <root>/features/paths/<hash>.json         content hash of a path, while its mtime and size stay

Everything here may be deleted at any time. Files appear whole or not at all, and two processes that
write the same entry write the same bytes, so they need no lock. What cannot be read is computed
again; what cannot be written only costs time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from jaxtyping import Float32

from explorer.audio.features import FEATURES, AnalysisSettings
from explorer.audio.track import FeatureTrack
from explorer.errors import ExplorerError, OutputError
from explorer.files import read_json_or_empty, sha256_of, write_bytes, write_json

FEATURE_VERSION = 2
"""Raise it whenever the same sound and settings give other numbers."""

SETTLED = 2.0  # seconds; coarse file systems give two writes within this time the same mtime


def cache_folder() -> Path:
    """$EXPLORER_CACHE or the user's cache folder, and `features` in it."""
    root = os.environ.get("EXPLORER_CACHE") or platformdirs.user_cache_dir("audio-feature-explorer")
    return Path(root) / "features"


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, remembered by path, mtime and size."""
    status = path.stat()
    seen = {"mtime_ns": status.st_mtime_ns, "size": status.st_size}
    note = cache_folder() / "paths" / f"{_digest(str(path.resolve()))}.json"
    known = read_json_or_empty(note)
    if seen.items() <= known.items() and "sha256" in known:
        return str(known["sha256"])
    found = sha256_of(path)
    if time.time() - status.st_mtime > SETTLED:
        with contextlib.suppress(OutputError, OSError):
            write_json(note, {**seen, "sha256": found})
    return found


def find(sha256: str, settings: AnalysisSettings, name: str) -> FeatureTrack | None:
    """The remembered track of this content under these settings, called `name`; None if there is none."""
    try:
        track = FeatureTrack.load(_entry(sha256, settings))
    except ExplorerError:
        return None
    fits = (track.sha256, track.names, track.settings) == (sha256, FEATURES, settings)
    return replace(track, name=name) if fits else None


def remember(track: FeatureTrack) -> None:
    """Keep a track for next time, if the folder can be written."""
    with contextlib.suppress(OutputError, OSError):
        track.save(_entry(track.sha256, track.settings))


def find_columns(
    sha256: str, facts: dict[str, Any], shape: tuple[int, int]
) -> Float32[np.ndarray, "frames columns"] | None:
    """Remembered columns of this content, measured as `facts` says; None unless they have this shape."""
    found = kept(_columns_file(sha256, facts))
    return found if found is not None and found.shape == shape else None


def remember_columns(
    sha256: str, facts: dict[str, Any], columns: Float32[np.ndarray, "frames columns"]
) -> None:
    """Keep columns for next time, if the folder can be written."""
    keep(_columns_file(sha256, facts), columns)


def kept(path: Path) -> Float32[np.ndarray, ...] | None:
    """The float32 array that `keep` wrote; None where there is none, or it is damaged."""
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.dtype == np.float32 else None


def keep(path: Path, values: Float32[np.ndarray, ...]) -> None:
    """Write an array, whole or not at all, if the folder can be written."""
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    with contextlib.suppress(OutputError, OSError):
        write_bytes(path, buffer.getvalue())


def _columns_file(sha256: str, facts: dict[str, Any]) -> Path:
    return (
        cache_folder() / "extras" / f"{_digest(json.dumps({'sha256': sha256, **facts}, sort_keys=True))}.npy"
    )


def _entry(sha256: str, settings: AnalysisSettings) -> Path:
    facts: dict[str, Any] = {"sha256": sha256, "version": FEATURE_VERSION, "settings": settings.model_dump()}
    return cache_folder() / _digest(json.dumps(facts, sort_keys=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
