"""What musicians count: beats, bars and sections of a track, and the moments that are named by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import AnalysisSettings
from explorer.progress import Progress

COLUMNS = {"beats": slice(0, 2), "bars": slice(2, 4)}  # of the table of a rhythm
ALWAYS = ("bars",)  # groups that version 1 has no way of its own to measure


def measures(group: str, settings: AnalysisSettings) -> bool:
    """Whether a group of features is measured here."""
    return group in ALWAYS or (group in COLUMNS and settings.structure > 1)


def columns(
    group: str, path: Path, track: FeatureTable, cache: bool, progress: Progress
) -> Float32[np.ndarray, "frames columns"]:
    """The raw columns of a group at the times of a track."""
    from explorer.audio.structure import rhythm

    beats_and_bars = rhythm.cached_rhythm(path, track.sha256, track.settings.tempo_hint, cache, progress)
    return rhythm.columns(beats_and_bars, track.times)[:, COLUMNS[group]]
