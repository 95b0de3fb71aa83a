"""Sounds to train on: live features of every file, remembered; tracks held out; sequences of moments.

Remembered are the rows of the live analysis, by the content of the file (see `audio.extras.live`). Windows
and deltas are cut from them anew each time, so no setting can find old numbers.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Int64

from explorer.audio.cache import content_hash
from explorer.audio.extras.live import remembered_rows
from explorer.audio.live import LIVE_FPS, live_features
from explorer.audio.load import existing_file
from explorer.errors import ExplorerWarning, SoundError
from explorer.formatting import count_text
from explorer.learn.clips import clips
from explorer.learn.settings import CLIPS, HEARING
from explorer.progress import Progress, silent

ENDINGS = {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wma", ".caf"}
TELLING = 5.0  # seconds below which a track tells nothing about what was learned
NAMED = 5  # of the sounds that are left out


@dataclass(frozen=True, eq=False)
class Track:
    """The live features of one sound, or of an excerpt of it."""

    name: str
    sha256: str
    values: Float32[np.ndarray, "frames 6"]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.values) / LIVE_FPS


class Unusable(NamedTuple):
    """A file that cannot be heard, and why in words."""

    name: str
    reason: str


def load_tracks(
    source: str | Path | Iterable[str | Path], progress: Progress = silent
) -> tuple[list[Track], list[Unusable]]:
    """The tracks of a folder (with its folders) or of files, each content once, in order of their hash.

    A file that cannot be used is skipped with an ExplorerWarning and named; none at all is a SoundError.
    """
    files, tracks, unusable = sound_files(source), {}, []
    for number, path in enumerate(files):
        progress(HEARING, number, len(files))
        try:
            track = load_track(path)
            tracks[track.sha256] = track
        except SoundError as error:
            warnings.warn(f"skipped: {error}", ExplorerWarning, stacklevel=2)
            unusable.append(Unusable(path.name, str(error).replace(str(path), path.name)))
    progress(HEARING, len(files), len(files))
    if not tracks:
        said = f"in {files[0].name}" if len(files) == 1 else f"in {count_text(len(files), 'file')}"
        raise SoundError(f"no usable sound {said}; give a folder with music (wav, flac, ogg, mp3, m4a)")
    return [tracks[key] for key in sorted(tracks)], unusable


def sound_files(source: str | Path | Iterable[str | Path]) -> list[Path]:
    """The files of a folder that look like sounds, or the files given. Raises SoundError for none."""
    if not isinstance(source, str | Path):
        return [Path(path) for path in source]
    folder = Path(source).expanduser()
    if not folder.exists() and folder.suffix.lower() not in ENDINGS:
        raise SoundError(f"there is no folder {folder.absolute()}; check the name")
    if not folder.is_dir():
        return [existing_file(folder)]
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS and not p.name.startswith("."))
    if not found:
        raise SoundError(f"{folder} holds no sound file; give a folder with music (wav, flac, ogg, mp3, m4a)")
    return found


def load_track(path: str | Path) -> Track:
    """The live features of a file, remembered by its content. Raises SoundError."""
    path = existing_file(path)
    sha256 = content_hash(path)
    values = remembered_rows(path, sha256)
    return Track(path.name, sha256, values)


def load_proof(paths: Iterable[str | Path], progress: Progress = silent) -> list[Track]:
    """The tracks of files to prove on, each content once. Raises SoundError for one that cannot be used."""
    files = [file for path in paths for file in sound_files(path)]
    tracks = {}
    for number, path in enumerate(files):
        progress(HEARING, number, len(files))
        track = load_track(path)
        tracks[track.sha256] = track
    return list(tracks.values())


def by_length(tracks: list[Track], frames: int) -> tuple[list[Track], list[Track]]:
    """The tracks that have so many frames, and those that do not. Raises SoundError where none has.

    A track shorter than a sequence would stand still for the rest of it.
    """
    short = [track for track in tracks if len(track.values) < frames]
    if not short:
        return tracks, []
    about = f"shorter than a sequence, {frames / LIVE_FPS:.1f} s"
    if len(short) == len(tracks):
        raise SoundError(f"every sound is {about}; give longer ones, or shorter sequences (--sequence)")
    names = ", ".join(track.name for track in short[:NAMED]) + (", ..." if len(short) > NAMED else "")
    warnings.warn(
        f"left out {len(short)} of {len(tracks)} sounds, {about}: {names}", ExplorerWarning, stacklevel=2
    )
    return [track for track in tracks if len(track.values) >= frames], short


def made_tracks(count: int, seed: int = 0, progress: Progress = silent) -> list[Track]:
    """Tracks of generated clips (see `clips`)."""
    tracks = []
    for name, samples in clips(count, seed):
        tracks.append(Track(name, hashlib.sha256(samples.tobytes()).hexdigest(), live_features(samples)))
        progress(CLIPS, len(tracks), count)
    return tracks


def split(tracks: list[Track], share: float, seed: int) -> tuple[list[Track], list[Track]]:
    """Tracks to train on and tracks held out, at least one of each; which, follows from hash and seed.

    What is shorter than `TELLING` seconds is not held out. Where that leaves fewer than two tracks, the last
    part of the longest is. Raises SoundError when there is too little sound.
    """
    telling = [track for track in tracks if track.seconds >= TELLING]
    if len(telling) < 2:
        longest = max(tracks, key=lambda track: track.seconds)
        first, last = _cut(longest, share)
        return [first, *(track for track in tracks if track is not longest)], [last]
    order = sorted(telling, key=lambda track: hashlib.sha256(f"{seed} {track.sha256}".encode()).digest())
    held = order[: min(len(order) - 1, max(1, round(share * len(order))))]
    return [track for track in tracks if track not in held], held


def _cut(track: Track, share: float) -> tuple[Track, Track]:
    if track.seconds < TELLING:
        raise SoundError(f"{track.name} is all there is, {track.seconds:.1f} s; give {TELLING:.0f} s or more")
    at = round(len(track.values) * (1 - share))
    parts = (("first part", track.values[:at]), ("last part", track.values[at:]))
    first, last = (Track(f"{track.name} ({which})", track.sha256, values) for which, values in parts)
    return first, last


def sequence_starts(
    frames: int, length: int, stride: int, offset: int = 0
) -> Iterator[Int64[np.ndarray, " length"]]:
    """Frame numbers of sequences of `length` moments, `stride` frames apart, one after the other.

    The first begins at `offset`; a track too short for one sequence gives one that rests on its first frame.
    """
    span = length * stride
    moments = np.arange(length) * stride
    if frames < offset + span:
        yield np.clip(moments + frames - span, 0, frames - 1)
    for first in range(offset, frames - span + 1, span):
        yield first + moments


def mean_and_spread(rows: Float[np.ndarray, "frames inputs"]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of every column, the spread at least a thousandth."""
    return rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-3)
