"""The analysed sound of a sweep: once for each distinct analysis, kept in the folder for every process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from explorer.audio import AnalysisSettings, FeatureTrack, analyze
from explorer.errors import ExplorerError
from explorer.experiments.runs.recipe import Recipe
from explorer.progress import Progress, silent

FOLDER = "tracks"


def analyse_all(
    sweep: Path, recipes: Iterable[Recipe], sound: Path | None, progress: Progress = silent
) -> None:
    """Put the track of every distinct analysis into the folder; those that are there are kept."""
    for settings in dict.fromkeys(recipe.analysis for recipe in recipes):
        if _load(_stem(sweep, settings)) is None:
            if sound is None:
                raise ExplorerError(f"{sweep} has lost its analysis and the sound file was not found")
            track = analyze(sound, progress=progress, **settings.model_dump())
            _stem(sweep, settings).parent.mkdir(exist_ok=True)
            track.save(_stem(sweep, settings))


def track_of(sweep: Path, recipe: Recipe) -> FeatureTrack:
    """The track that a recipe draws from. Raises ExplorerError when it is missing or damaged."""
    return _kept(_stem(sweep, recipe.analysis))


@lru_cache(maxsize=4)
def _kept(stem: Path) -> FeatureTrack:
    return FeatureTrack.load(stem)


def _load(stem: Path) -> FeatureTrack | None:
    try:
        return _kept(stem)
    except ExplorerError:
        return None


def _stem(sweep: Path, settings: AnalysisSettings) -> Path:
    digest = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:12]
    return sweep / FOLDER / digest
