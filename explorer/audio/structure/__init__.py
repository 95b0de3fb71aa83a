"""What musicians count: beats, bars and sections of a track, and the moments that are named by them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import AnalysisSettings
from explorer.errors import warn
from explorer.formatting import count_text
from explorer.progress import Progress

if TYPE_CHECKING:
    from explorer.audio.structure.rhythm import Rhythm

COLUMNS = {"beats": slice(0, 2), "bars": slice(2, 4)}  # of the table of a rhythm
FORM_COLUMNS = {"sections": slice(0, 2), "letters": slice(2, 3)}  # of the table of a form
FIRST_VERSIONS = {"bars": 1, "letters": 1, "beats": 2, "sections": 3}
"""Of `structure`, from which on a group is measured here; before it `extras` does."""


def measures(group: str, settings: AnalysisSettings) -> bool:
    """Whether a group of features is measured here."""
    return settings.structure >= FIRST_VERSIONS.get(group, settings.structure + 1)


def normalize(
    group: str, raw: Float32[np.ndarray, "frames columns"]
) -> Float32[np.ndarray, "frames columns"]:
    """Bars or letters in [-1, 1]: see `bars.normalize`; letters from -1 for A to 1 for the last."""
    from explorer.audio.structure import bars

    if group == "bars":
        return bars.normalize(raw)
    last = raw.max()
    return np.asarray(2 * raw / last - 1 if last > 0 else raw, np.float32)


def columns(
    group: str,
    path: Path,
    track: FeatureTable,
    cache: bool,
    progress: Progress,
    tags: Float32[np.ndarray, "frames tags"] | None = None,
) -> Float32[np.ndarray, "frames columns"]:
    """The raw columns of a group at the times of a track; `tags`, if measured, count for letters."""
    from explorer.audio.structure import rhythm
    from explorer.audio.structure.edited_beats import edited_beats, rhythm_of

    beats_and_bars = rhythm.cached_rhythm(path, track.sha256, track.settings.tempo_hint, cache, progress)
    if group in FORM_COLUMNS:
        return _form_columns(path, track, beats_and_bars, cache, progress, tags)[:, FORM_COLUMNS[group]]
    edits = track.settings.edits
    if edits is not None:
        beats, misfits = edited_beats(beats_and_bars, edits)
        beats_and_bars = rhythm_of(beats_and_bars, beats)
        if misfits and group == "beats":
            warn(misfits_text(track.name, misfits))
    return rhythm.columns(beats_and_bars, track.times)[:, COLUMNS[group]]


def _form_columns(
    path: Path,
    track: FeatureTable,
    rhythm: Rhythm,
    cache: bool,
    progress: Progress,
    tags: Float32[np.ndarray, "frames tags"] | None,
) -> Float32[np.ndarray, "frames 3"]:
    """The columns of sections and letters; sections that somebody edited get letters, too."""
    from explorer.audio.extras.mono import read_mono
    from explorer.audio.extras.sections import boundaries
    from explorer.audio.sound_file import open_sound
    from explorer.audio.structure import song_form

    settings = track.settings
    starts: tuple[float, ...] = ()
    if settings.edits is not None and settings.edits.sections is not None:
        starts = tuple(start for start, _ in settings.edits.sections)
    elif settings.structure < FIRST_VERSIONS["sections"]:
        starts = (0.0, *boundaries(read_mono(open_sound(path)), progress).tolist())
    rows = None if tags is None else song_form.TagRows(np.ascontiguousarray(tags), track.fps)
    form = song_form.cached_form(
        path, track.sha256, rhythm, starts, settings.tempo_hint, cache, progress, rows
    )
    return song_form.columns(form, track.times)


def misfits_text(name: str, misfits: list[str]) -> str:
    """A line about the edits of a sound that do not fit what is measured now."""
    more = f", and {len(misfits) - 3} more" if len(misfits) > 3 else ""
    edits = count_text(len(misfits), "edit")
    return f"{edits} of {name} no longer fit{'s' * (len(misfits) == 1)}: {'; '.join(misfits[:3])}{more}"
