"""analyze(): the whole way from a sound file to its FeatureTrack."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.audio import cache as remembered
from explorer.audio.features import EXTRAS, FEATURES, AnalysisSettings
from explorer.audio.load import Block, Sound, existing_file, open_sound
from explorer.audio.track import FeatureTrack
from explorer.progress import Progress, silent

STEP = "analyzing"


def analyze(
    path: str | Path,
    fps: float = 60,
    *,
    progress: Progress = silent,
    cache: bool = True,
    **settings: Any,
) -> FeatureTrack:
    """Features of a sound file at t = n / fps, normalised to [-1, 1].

    `settings` are those of `AnalysisSettings` (smoothing, attack, release, …); `extras` names groups of
    features that take longer (separation, chroma, beats, sections, live). Results are remembered
    on disk unless `cache` is false. Raises SoundError for what is no usable sound, SettingsError for
    wrong settings; an exception from `progress` stops the work.
    """
    chosen = AnalysisSettings(fps=fps, **settings)
    path = existing_file(path)
    sha256 = remembered.content_hash(path)
    basic = chosen.replace(extras=())
    track = remembered.find(sha256, basic, path.name) if cache else None
    if track is None:
        track = analyze_sound(open_sound(path), sha256, basic, progress)
        if cache:
            remembered.remember(track)
    return add_extras(track, path, chosen.extras, cache, progress) if chosen.extras else track


def add_extras(
    track: FeatureTrack, path: Path, groups: tuple[str, ...], cache: bool, progress: Progress
) -> FeatureTrack:
    """A basic track and the columns of these groups, measured unless they are remembered."""
    from explorer.audio.extras import scaled
    from explorer.audio.normalize import sounding

    present = sounding(track.raw, track.settings)
    raw = [_measured(track, path, group, cache, progress) for group in groups]
    values = [scaled(group, found, present, track.settings) for group, found in zip(groups, raw, strict=True)]
    settings = track.settings.with_extras(groups)
    return replace(
        track,
        values=np.hstack([track.values, *values]),
        raw=np.hstack([track.raw, *raw]),
        names=settings.names,
        settings=settings,
    )


def _measured(
    track: FeatureTrack, path: Path, group: str, cache: bool, progress: Progress
) -> Float32[np.ndarray, "frames columns"]:
    from explorer.audio.extras import live, measure, version

    if cache and group == "live":
        return live.at_times(live.cached_rows(path, track.sha256, progress), track.times)
    facts = {"group": group, "version": version(group), "fps": track.fps}
    found = (
        remembered.find_columns(track.sha256, facts, (len(track.raw), len(EXTRAS[group]))) if cache else None
    )
    if found is None:
        found = measure(group, open_sound(path), track.times, progress)
        if cache:
            remembered.remember_columns(track.sha256, facts, found)
    return found


def analyze_sound(
    sound: Sound, sha256: str, settings: AnalysisSettings, progress: Progress = silent
) -> FeatureTrack:
    """Measure the basic features of an open sound and normalise, without the cache."""
    from explorer.audio.normalize import normalise  # slow to load
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
