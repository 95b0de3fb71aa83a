"""analyze(): the whole way from a sound file to its FeatureTrack."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from explorer.audio import cache as remembered
from explorer.audio.features import FEATURES, AnalysisSettings
from explorer.audio.load import Block, Sound, existing_file, open_sound
from explorer.audio.track import FeatureTrack
from explorer.progress import Progress, silent

STEP = "analysing"


def analyze(
    path: str | Path,
    fps: float = 60,
    *,
    progress: Progress = silent,
    cache: bool = True,
    **settings: Any,
) -> FeatureTrack:
    """Features of a sound file at t = n / fps, normalised to [-1, 1].

    `settings` are those of `AnalysisSettings` (smoothing, attack, release, …). Results are remembered
    on disk unless `cache` is false. Raises SoundError for what is no usable sound, SettingsError for
    wrong settings; an exception from `progress` stops the work.
    """
    chosen = AnalysisSettings(fps=fps, **settings)
    path = existing_file(path)
    sha256 = remembered.content_hash(path)
    if cache and (track := remembered.find(sha256, chosen, path.name)):
        return track
    track = analyze_sound(open_sound(path), sha256, chosen, progress)
    if cache:
        remembered.remember(track)
    return track


def analyze_sound(
    sound: Sound, sha256: str, settings: AnalysisSettings, progress: Progress = silent
) -> FeatureTrack:
    """Measure an open sound and normalise, without the cache."""
    from explorer.audio.normalise import normalise  # slow to load
    from explorer.audio.spectral import measure

    with closing(sound.blocks()) as blocks:
        raw, samples = measure(_reported(blocks, sound, progress), sound.sample_rate, settings.fps)
    return FeatureTrack(
        values=normalise(raw, settings),
        raw=raw,
        names=FEATURES,
        fps=settings.fps,
        duration=samples / sound.sample_rate,
        name=sound.name,
        sha256=sha256,
        settings=settings,
    )


def _reported(blocks: Iterable[Block], sound: Sound, progress: Progress) -> Generator[Block, None, None]:
    """The same blocks, with progress in seconds of sound; a length that was not promised grows along."""
    done = 0.0
    for block in blocks:
        yield block
        done += len(block) / sound.sample_rate
        progress(STEP, done, max(sound.promised, done))
    progress(STEP, done, done)
