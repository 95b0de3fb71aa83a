"""The analyzed sound of a sweep: a track for each distinct analysis, in the folder for all processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from explorer.audio import AnalysisSettings, FeatureTrack
from explorer.errors import ExplorerError
from explorer.experiments.runs.recipe import Recipe
from explorer.experiments.runs.run_folder import TRACKS
from explorer.experiments.runs.sound_input import SoundInput
from explorer.files import path_within
from explorer.progress import Progress, silent


def analyze_all(
    sweep: Path, recipes: Iterable[Recipe], sound: SoundInput, progress: Progress = silent
) -> None:
    """Write the track of every distinct analysis into the folder, unless it is there."""
    for settings in dict.fromkeys(recipe.analysis for recipe in recipes):
        if not _exists(_stem(sweep, settings)):
            track = sound.analyze(settings, progress=progress)
            _stem(sweep, settings).parent.mkdir(exist_ok=True)
            # the columns lie in the folder of the sweep, once for all tracks
            replace(track, added=None).save(_stem(sweep, settings))


def track_of(sweep: Path, recipe: Recipe) -> FeatureTrack:
    """The track that a recipe draws from. Raises ExplorerError when it is missing or damaged."""
    return _load(_stem(sweep, recipe.analysis))


@lru_cache(maxsize=4)
def _load(stem: Path) -> FeatureTrack:
    return FeatureTrack.load(stem)


def _exists(stem: Path) -> bool:
    """Whether there is a track that can be read."""
    try:
        return bool(_load(stem))
    except ExplorerError:
        return False


def _stem(sweep: Path, settings: AnalysisSettings) -> Path:
    digest = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:12]
    return path_within(sweep, TRACKS) / digest
