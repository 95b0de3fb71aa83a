"""analyze(): the whole way from a sound file to its FeatureTrack."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from explorer.audio import cache as disk_cache
from explorer.audio.added.columns import NO_COLUMNS, AddedColumns, Stem
from explorer.audio.features import EXTRAS, FEATURES, MODELS, AnalysisSettings
from explorer.audio.saved_edits import edits_of
from explorer.audio.sound_file import Block, Sound, existing_file, open_sound
from explorer.audio.track import FeatureTrack
from explorer.progress import Progress, silent

STEP = "analyzing"
SEPARATED = "demucs"  # stems that a model separates
TAG_SHARES = [n for n, unit in enumerate(MODELS["tags"].values()) if unit == "share"]


def analyze(
    path: str | Path,
    fps: float = 60,
    *,
    columns: Any = None,
    stems: Mapping[str, str | Path] | str | Path | None = None,
    edits: Any = None,
    normalize: bool = True,
    progress: Progress = silent,
    cache: bool = True,
    **settings: Any,
) -> FeatureTrack:
    """Features of a sound file at t = n / fps, normalized to [-1, 1].

    `settings` are those of `AnalysisSettings` (smoothing, attack, release, …); `extras` names groups of
    features that take longer (separation, chroma, beats, bars, sections, letters, live), `models` pretrained
    models (notes, tags, yamnet, vggish, openl3). Results are cached on disk unless `cache` is false. Raises
    SoundError for a file without usable sound, SettingsError for wrong settings; an exception from `progress`
    stops the work.

    `columns` adds columns of your own at any rate: `{"energy": (seconds, values)}`, a DataFrame or CSV file
    with a time column (`time`, `seconds`, `t`, or the first) in seconds, a MIDI file (notes as columns, with
    the extra [midi]), or a list of these. They are brought to the grid and scaled to [-1, 1], with full scale
    where a level has it; with `normalize` false they must lie in [-1, 1] as they are. `stems` adds the basic
    features of the voices of a mix, `{"drums": "drums.wav"}` or a folder, as `drums_rms`, `drums_onset` and
    so on. Neither is cached. `stems="demucs"` separates drums, bass, other and vocals with that model, where
    its package and weights are.

    `edits` are corrections of beats, bars and sections: `timeline.edits`, the path of a file of them, their
    values as a dict, or 'saved' for those that a timeline saved for this sound. The groups that they change
    are measured, too. Edits that fit no more are left out with a warning; those of another sound raise
    SettingsError.
    """
    analysis = AnalysisSettings(fps=fps, **settings)
    check_models(analysis.extras)  # before the sound is analyzed
    path = existing_file(path)
    sha256 = disk_cache.content_hash(path)
    corrections = edits_of(edits, path.name, sha256)
    if corrections is not None:
        analysis = analysis.with_extras(corrections.feature_groups).replace(edits=corrections)
    track = _basic_track(path, sha256, analysis.basic, progress, cache)
    track = replace(track, source=path, settings=analysis.replace(extras=()))
    if analysis.extras:
        track = add_extras(track, path, analysis.extras, cache, progress)
    added = NO_COLUMNS
    if columns is not None:
        added = track.with_columns(columns, normalize=normalize).added or added
    if stems is not None:
        added = added.merged(_analyze_stems(track, stems, progress, cache))
    return track.with_added(added) if added.names else track


def check_models(groups: Iterable[str]) -> None:
    """Raise ExplorerError, with what to do, unless the models among these groups can be used."""
    for name in groups:
        if name in MODELS:
            from explorer.audio import models

            models.weights_sha256(name)


def _basic_track(
    path: Path, sha256: str, settings: AnalysisSettings, progress: Progress, cache: bool
) -> FeatureTrack:
    """The track of the basic features, from the cache or measured."""
    track = disk_cache.load_track(sha256, settings, path.name) if cache else None
    if track is None:
        track = analyze_sound(open_sound(path), sha256, settings, progress)
        if cache:
            disk_cache.save_track(track)
    return track


def _analyze_stems(
    track: FeatureTrack,
    sources: Mapping[str, str | Path] | str | Path,
    progress: Progress,
    cache: bool,
) -> AddedColumns:
    """The basic features of every stem of a track, each in the length of the track."""
    from explorer.audio.added.stems import stem_sounds, warn_of_stem  # slow to load
    from explorer.audio.models import demucs

    def is_song(path: Path) -> bool:
        return disk_cache.content_hash(path) == track.sha256

    assert track.source is not None
    basic = track.settings.basic
    if sources == SEPARATED and not Path(SEPARATED).is_dir():
        sources = demucs.separated_stems(track.source, track.sha256, progress)
    stems = []
    for name, path in stem_sounds(sources, track.source, is_song).items():
        voice = _basic_track(path, disk_cache.content_hash(path), basic, progress, cache)
        warn_of_stem(name, voice, track)
        stems.append(Stem(name, track.fps, voice.raw[: len(track.raw)]))
    return AddedColumns(stems=tuple(stems))


def add_extras(
    track: FeatureTrack, path: Path, groups: tuple[str, ...], cache: bool, progress: Progress
) -> FeatureTrack:
    """A basic track and the columns of these groups, measured unless they are cached."""
    from explorer.audio import extras, models, structure
    from explorer.audio.normalize import presence_of

    presence = presence_of(track.raw, track.settings)
    measured: dict[str, Float32[np.ndarray, "frames columns"]] = {}
    for group in sorted(groups, key=lambda group: group != "tags"):  # before letters, which use them
        measured[group] = _columns(track, path, group, cache, progress, measured.get("tags"))
    raw = [measured[group] for group in groups]
    values = [
        structure.normalize(group, columns)
        if group in ("bars", "letters")
        else (models if group in MODELS else extras).normalize(group, columns, presence, track.settings)
        for group, columns in zip(groups, raw, strict=True)
    ]
    settings = track.settings.with_extras(groups)
    return replace(
        track,
        values=np.hstack([track.values, *values]),
        raw=np.hstack([track.raw, *raw]),
        names=settings.names,
        settings=settings,
    )


def _columns(
    track: FeatureTrack,
    path: Path,
    group: str,
    cache: bool,
    progress: Progress,
    tags: Float32[np.ndarray, "frames columns"] | None,
) -> Float32[np.ndarray, "frames columns"]:
    from explorer.audio import models, structure
    from explorer.audio.extras import live, measure, version
    from explorer.audio.extras.section_columns import section_columns

    if group in MODELS:
        return models.columns(group, path, track, cache, progress)
    edits = track.settings.edits
    if group == "sections" and edits is not None and edits.sections is not None:
        return section_columns(np.array([start for start, _ in edits.sections[1:]]), track.times)
    if structure.measures(group, track.settings):
        shares = None if tags is None else tags[:, TAG_SHARES]
        return structure.columns(group, path, track, cache, progress, shares)
    if cache and group == "live":
        return live.at_times(live.cached_rows(path, track.sha256, progress), track.times)
    key = {"group": group, "version": version(group), "fps": track.fps}
    shape = len(track.raw), len(EXTRAS[group])
    columns = disk_cache.load_columns(track.sha256, key, shape) if cache else None
    if columns is None:
        columns = measure(group, open_sound(path), track.times, progress)
        if cache:
            disk_cache.save_columns(track.sha256, key, columns)
    return columns


def analyze_sound(
    sound: Sound, sha256: str, settings: AnalysisSettings, progress: Progress = silent
) -> FeatureTrack:
    """Measure the basic features of an open sound and normalize them, without the cache."""
    from explorer.audio.normalize import normalize  # slow to load
    from explorer.audio.spectral import measure

    with closing(sound.blocks()) as blocks:
        raw, samples = measure(_with_progress(blocks, sound, progress), sound.sample_rate, settings.fps)
    return FeatureTrack(
        values=normalize(raw, settings),
        raw=raw,
        names=FEATURES,
        fps=settings.fps,
        duration=samples / sound.sample_rate,
        name=sound.name,
        sha256=sha256,
        settings=settings,
    )


def _with_progress(blocks: Iterable[Block], sound: Sound, progress: Progress) -> Generator[Block, None, None]:
    """The same blocks, with progress in seconds of sound; an unknown length grows with them."""
    done = 0.0
    for block in blocks:
        yield block
        done += len(block) / sound.sample_rate
        progress(STEP, done, max(sound.header_duration, done))
    progress(STEP, done, done)
