"""What musicians count: beats, bars and sections of a track, and the moments that are named by them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import AnalysisSettings
from explorer.errors import warn
from explorer.formatting import count_text
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
    from explorer.audio.structure.edited_beats import edited_beats, rhythm_of

    beats_and_bars = rhythm.cached_rhythm(path, track.sha256, track.settings.tempo_hint, cache, progress)
    edits = track.settings.edits
    if edits is not None:
        beats, misfits = edited_beats(beats_and_bars, edits)
        beats_and_bars = rhythm_of(beats_and_bars, beats)
        if misfits and group == "beats":
            warn(misfits_text(track.name, misfits))
    return rhythm.columns(beats_and_bars, track.times)[:, COLUMNS[group]]


def misfits_text(name: str, misfits: list[str]) -> str:
    """A line about the edits of a sound that do not fit what is measured now."""
    more = f", and {len(misfits) - 3} more" if len(misfits) > 3 else ""
    edits = count_text(len(misfits), "edit")
    return f"{edits} of {name} no longer fit{'s' * (len(misfits) == 1)}: {'; '.join(misfits[:3])}{more}"
