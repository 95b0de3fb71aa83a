"""Sounds to train on: live features of every file, held-out tracks, sequences of moments.

The rows of the live analysis are cached by the content of the file (see `audio.extras.live`). Windows and
deltas are computed from these rows each time, so a changed setting never meets stale numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Int64

from explorer.audio.cache import content_hash
from explorer.audio.extras.live import cached_rows
from explorer.audio.live import LIVE_FPS, live_features
from explorer.audio.sound_file import existing_file
from explorer.errors import SoundError, warn
from explorer.formatting import count_text
from explorer.learn.settings import ANALYSIS_PHASE, CLIPS_PHASE
from explorer.learn.synthetic_clips import synthetic_clips
from explorer.progress import Progress, silent

AUDIO_SUFFIXES = {
    *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3"),
    *(".m4a", ".aac", ".aif", ".aiff", ".wma", ".caf"),
}
MIN_HELD_OUT_SECONDS = 5.0  # a shorter track says nothing about what was learned
MAX_LISTED_NAMES = 5  # of the sounds that are left out


@dataclass(frozen=True, eq=False)
class LiveTrack:
    """The live features of one sound, or of an excerpt of it."""

    name: str
    sha256: str
    values: Float32[np.ndarray, "frames 6"]

    @property
    def seconds(self) -> float:
        """Duration."""
        return len(self.values) / LIVE_FPS


class SkippedFile(NamedTuple):
    """A file that cannot be decoded, and the reason in words."""

    name: str
    reason: str


def load_tracks(
    source: str | Path | Iterable[str | Path], progress: Progress = silent
) -> tuple[list[LiveTrack], list[SkippedFile]]:
    """The tracks of a folder (searched recursively) or of files, each content once, in order of their hash.

    An unusable file is skipped with an ExplorerWarning that names it. Raises SoundError if no file is usable.
    """
    files, tracks, skipped = sound_files(source), {}, []
    for number, path in enumerate(files):
        progress(ANALYSIS_PHASE, number, len(files))
        try:
            track = load_track(path)
            tracks[track.sha256] = track
        except SoundError as error:
            warn(f"skipped: {error}")
            skipped.append(SkippedFile(path.name, str(error).replace(str(path), path.name)))
    progress(ANALYSIS_PHASE, len(files), len(files))
    if not tracks:
        location = files[0].name if len(files) == 1 else count_text(len(files), "file")
        raise SoundError(
            f"no usable sound in {location}; give a folder with music (wav, flac, ogg, mp3, m4a)"
        )
    return [tracks[key] for key in sorted(tracks)], skipped


def sound_files(source: str | Path | Iterable[str | Path]) -> list[Path]:
    """The sound files of a folder, by suffix, or the listed files. Raises SoundError if there are none.

    Links in the folder that lead out of it are left out with an ExplorerWarning.
    """
    if not isinstance(source, str | Path):
        return [Path(path) for path in source]
    folder = Path(source).expanduser()
    if not folder.exists() and folder.suffix.lower() not in AUDIO_SUFFIXES:
        raise SoundError(f"there is no folder {folder.absolute()}; check the name")
    if not folder.is_dir():
        return [existing_file(folder)]
    candidates = (path for path in folder.rglob("*") if not path.name.startswith("."))
    sounds = sorted(path for path in candidates if path.suffix.lower() in AUDIO_SUFFIXES)
    files = [path for path in sounds if path.resolve().is_relative_to(folder.resolve())]
    outside = f"links that lead out of {folder} are not followed; copy the files into it"
    if not sounds:
        raise SoundError(f"{folder} holds no sound file; give a folder with music (wav, flac, ogg, mp3, m4a)")
    if not files:
        raise SoundError(f"{folder} holds no sound file of its own: {outside}")
    if len(files) < len(sounds):
        warn(f"left out {len(sounds) - len(files)} sounds: {outside}")
    return files


def load_track(path: str | Path) -> LiveTrack:
    """The live features of a file, cached by its content. Raises SoundError."""
    path = existing_file(path)
    sha256 = content_hash(path)
    values = cached_rows(path, sha256)
    return LiveTrack(path.name, sha256, values)


def load_evaluation_tracks(paths: Iterable[str | Path], progress: Progress = silent) -> list[LiveTrack]:
    """The tracks of files to evaluate on, each content once. Raises SoundError for an unusable file."""
    files = [file for path in paths for file in sound_files(path)]
    tracks = {}
    for number, path in enumerate(files):
        progress(ANALYSIS_PHASE, number, len(files))
        track = load_track(path)
        tracks[track.sha256] = track
    return list(tracks.values())


def split_by_length(tracks: list[LiveTrack], frames: int) -> tuple[list[LiveTrack], list[LiveTrack]]:
    """The tracks with at least `frames` frames, and the shorter ones. Raises SoundError if all are shorter.

    A track shorter than a sequence would repeat its last frame for the rest of it.
    """
    short = [track for track in tracks if len(track.values) < frames]
    if not short:
        return tracks, []
    limit = f"shorter than a sequence, {frames / LIVE_FPS:.1f} s"
    if len(short) == len(tracks):
        raise SoundError(f"every sound is {limit}; give longer ones, or shorter sequences (--sequence)")
    names = ", ".join(track.name for track in short[:MAX_LISTED_NAMES])
    names += ", ..." if len(short) > MAX_LISTED_NAMES else ""
    warn(f"left out {len(short)} of {len(tracks)} sounds, {limit}: {names}")
    return [track for track in tracks if len(track.values) >= frames], short


def synthetic_tracks(count: int, seed: int = 0, progress: Progress = silent) -> list[LiveTrack]:
    """Tracks of generated clips (see `synthetic_clips`)."""
    tracks = []
    for name, samples in synthetic_clips(count, seed):
        tracks.append(LiveTrack(name, hashlib.sha256(samples.tobytes()).hexdigest(), live_features(samples)))
        progress(CLIPS_PHASE, len(tracks), count)
    return tracks


def split(tracks: list[LiveTrack], share: float, seed: int) -> tuple[list[LiveTrack], list[LiveTrack]]:
    """Tracks to train on and held-out tracks, at least one of each; the choice follows from hash and seed.

    A track shorter than `MIN_HELD_OUT_SECONDS` is not held out. If that leaves fewer than two tracks, the
    last part of the longest track is held out. Raises SoundError when there is too little sound.
    """
    candidates = [track for track in tracks if track.seconds >= MIN_HELD_OUT_SECONDS]
    if len(candidates) < 2:
        source = max(tracks, key=lambda track: track.seconds)
        first, last = _split_track(source, share)
        return [first, *(track for track in tracks if track is not source)], [last]
    order = sorted(candidates, key=lambda track: hashlib.sha256(f"{seed} {track.sha256}".encode()).digest())
    held_out = order[: min(len(order) - 1, max(1, round(share * len(order))))]
    return [track for track in tracks if track not in held_out], held_out


def _split_track(track: LiveTrack, share: float) -> tuple[LiveTrack, LiveTrack]:
    if track.seconds < MIN_HELD_OUT_SECONDS:
        raise SoundError(
            f"the only sound, {track.name}, has {track.seconds:.1f} s; "
            f"give {MIN_HELD_OUT_SECONDS:.0f} s or more"
        )
    boundary = round(len(track.values) * (1 - share))
    parts = (("first part", track.values[:boundary]), ("last part", track.values[boundary:]))
    first, last = (LiveTrack(f"{track.name} ({name})", track.sha256, values) for name, values in parts)
    return first, last


def sequence_frames(
    frames: int, length: int, stride: int, offset: int = 0
) -> Iterator[Int64[np.ndarray, " length"]]:
    """Yield the frame numbers of consecutive sequences of `length` moments, `stride` frames apart.

    The first begins at `offset`. A track too short for one sequence gives one that repeats its first frame.
    """
    span = length * stride
    moments = np.arange(length) * stride
    if frames < offset + span:
        yield np.clip(moments + frames - span, 0, frames - 1)
    for first in range(offset, frames - span + 1, span):
        yield first + moments


def mean_and_spread(rows: Float[np.ndarray, "frames inputs"]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of every column, the deviation at least 0.001."""
    return rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-3)
