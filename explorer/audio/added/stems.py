"""Stems: which sound files are the voices of a mix, and whether they fit it in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64
from scipy import signal

from explorer.audio.added.columns import check_plain, plain_name
from explorer.audio.feature_table import FeatureTable
from explorer.audio.features import BANDS, FEATURES
from explorer.audio.sound_file import existing_file
from explorer.errors import SettingsError, warn

Stems = Mapping[str, str | Path] | str | Path

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wma")
MAX_STEMS = 32
LENGTH_TOLERANCE_SECONDS = 0.25
SILENCE_DBFS = -70.0  # a stem below is silent
MAX_LAG_SECONDS = 20.0  # that a wrong start is searched in
MIN_LAG_SECONDS = 0.1  # a smaller one is not reported
MIN_CORRELATION = 0.5  # with the mix, at the other start; at the start itself it is at most half of that


def stem_sounds(stems: Stems, song: Path, is_song: Callable[[Path], bool]) -> dict[str, Path]:
    """The sound files of stems by name: those given, or those of a folder but the song itself."""
    if isinstance(stems, str | Path):
        return _of_folder(Path(stems).expanduser(), song, is_song)
    if not isinstance(stems, Mapping) or not stems:
        raise SettingsError(
            f"stems: got {stems!r}; give a folder, or sound files by name as in {{'drums': 'drums.wav'}}"
        )
    for name in stems:
        check_plain(name, "a stem")
    _check_count(len(stems))
    return {name: existing_file(path) for name, path in stems.items()}


def _of_folder(folder: Path, song: Path, is_song: Callable[[Path], bool]) -> dict[str, Path]:
    """The sound files in a folder by their names, without what all their names begin with."""
    if not folder.is_dir():
        reason = "it is a file" if folder.exists() else "there is no such folder"
        raise SettingsError(f"stems: cannot read {folder}: {reason}; give a folder of sound files")
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.is_file()]
    files = [path for path in files if not path.name.startswith(".")]
    _check_count(len(files))
    paths = [path for path in files if not is_song(path)]
    if not paths:
        raise SettingsError(f"stems: {folder} holds no sound file but the song; put one file a voice there")
    title = song.stem.lower()
    sounds: dict[str, Path] = {}
    for path in paths:
        name = plain_name(path.stem.lower().removeprefix(title)) or plain_name(path.stem)
        if not name or name in sounds:
            raise SettingsError(f"stems: {path.name} gives no name of its own; rename it, as in drums.wav")
        sounds[name] = path
    return sounds


def _check_count(count: int) -> None:
    if count > MAX_STEMS:
        raise SettingsError(f"stems: got {count} sound files; allowed: up to {MAX_STEMS}")


def warn_of_stem(name: str, stem: FeatureTable, song: FeatureTable) -> None:
    """Warn of a stem that is silent, shorter or longer than the song, or that begins at another moment."""
    if stem.raw[:, FEATURES.index("rms")].max() < 10 ** (SILENCE_DBFS / 20):
        warn(f"stem '{name}' ({stem.name}) is silent: its columns stay at rest")
        return
    lag = _lag(stem, song)
    if lag:
        way = "late" if lag > 0 else "early"
        warn(f"stem '{name}' ({stem.name}) seems {abs(lag):.2f} s {way}; export it from the same start")
    elif abs(stem.duration - song.duration) > LENGTH_TOLERANCE_SECONDS:
        end = "it is at rest after its end" if stem.duration < song.duration else "the rest is not used"
        warn(
            f"stem '{name}' ({stem.name}) lasts {stem.duration:.2f} s, the song {song.duration:.2f} s; {end}"
        )


def _lag(stem: FeatureTable, song: FeatureTable) -> float:
    """Seconds that a stem is late (negative: early), by the correlation of the bands; 0 when it fits."""
    count = min(len(stem.raw), len(song.raw))
    reach = min(round(MAX_LAG_SECONDS * song.fps), count // 2)
    if reach < MIN_LAG_SECONDS * song.fps:
        return 0.0
    columns = [FEATURES.index(band) for band in BANDS]
    bands = [_correlation(stem.raw[:count, n], song.raw[:count, n], reach) for n in columns]
    correlation = np.mean(bands, axis=0)
    best = int(np.argmax(correlation))
    lag = (best - reach) / song.fps
    fits = correlation[best] < MIN_CORRELATION or correlation[reach] > correlation[best] / 2
    return 0.0 if fits or abs(lag) < MIN_LAG_SECONDS else lag


def _correlation(
    stem: Float32[np.ndarray, " frames"], song: Float32[np.ndarray, " frames"], reach: int
) -> Float64[np.ndarray, " lags"]:
    """The correlation of changes of level, by how many frames the stem is late: -reach to reach."""
    first, second = (np.diff(np.sqrt(column.astype(np.float64)), prepend=0.0) for column in (stem, song))
    norm = np.linalg.norm(first) * np.linalg.norm(second)
    middle = len(song) - 1
    all_lags = signal.correlate(first, second, "full", "fft")
    lags: Float64[np.ndarray, " lags"] = all_lags[middle - reach : middle + reach + 1]
    return lags / norm if norm else lags
