"""Columns of one's own: numbers over time and stems that join the features of a sound.

They are stored as they came, at most 240 times a second, and brought to the grid of a track from there, so
that another rate of the analysis needs no other file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from explorer.audio.features import FEATURES, UNITS, AnalysisSettings
from explorer.errors import ReadError, SettingsError
from explorer.files import is_file, read_bytes, write_bytes

SUFFIX = "-columns.safetensors"  # of their file, after the stem of the track's files
MAX_NAME_CHARACTERS = 64
MAX_COLUMNS = 512  # of a track, those of stems included
HEADER = "columns"  # the entry of the file's metadata

Seconds = Float64[np.ndarray, " samples"]
Rows = Float32[np.ndarray, "frames columns"]


@dataclass(frozen=True, eq=False)
class Column:
    """Finite values at seconds that never decrease; `normalized`: scaled to [-1, 1] for pictures."""

    name: str
    seconds: Seconds
    values: Seconds
    normalized: bool = True


@dataclass(frozen=True, eq=False)
class Stem:
    """One voice of a mix: the basic features of its sound, in the order of `FEATURES`, at t = n / fps."""

    name: str
    fps: float
    raw: Rows

    @property
    def columns(self) -> tuple[str, ...]:
        """`drums_bass`, `drums_mid` and so on."""
        return tuple(f"{self.name}_{feature}" for feature in FEATURES)


@dataclass(frozen=True, eq=False)
class AddedColumns:
    """All that somebody added to the features of a sound, in order: columns, then stems."""

    columns: tuple[Column, ...] = ()
    stems: tuple[Stem, ...] = ()

    def __post_init__(self) -> None:
        check_names(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that a track gets."""
        own = (column.name for column in self.columns)
        return (*own, *(name for stem in self.stems for name in stem.columns))

    @property
    def units(self) -> dict[str, str]:
        """The units of the raw columns that are known: those of stems."""
        pairs = (zip(stem.columns, FEATURES, strict=True) for stem in self.stems)
        return {name: UNITS[feature] for names in pairs for name, feature in names}

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of names and numbers, whatever file they came from."""
        digest = hashlib.sha256(self._header.encode())
        for array in self._arrays.values():
            digest.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
        return digest.hexdigest()

    def merged(self, other: AddedColumns) -> AddedColumns:
        """These and others. Raises SettingsError for a name that both have."""
        return AddedColumns(self.columns + other.columns, self.stems + other.stems)

    def rows(self, settings: AnalysisSettings, frames: int) -> tuple[Rows, Rows]:
        """(values in [-1, 1], raw numbers) at t = n / fps of an analysis, in the order of `names`."""
        from explorer.audio.normalize import normalize, normalize_column  # slow to load

        raw = [np.zeros((frames, 0), np.float32)]
        values = [np.zeros((frames, 0), np.float32)]
        for column in self.columns:
            resampled = resample(column.seconds, column.values, settings.fps, frames)
            raw.append(resampled[:, None].astype(np.float32))
            scaled = normalize_column(resampled, settings) if column.normalized else resampled
            values.append(scaled[:, None].astype(np.float32))
        for stem in self.stems:
            resampled_stem = _stem_rows(stem, settings.fps, frames)
            raw.append(resampled_stem)
            values.append(normalize(resampled_stem, settings))
        return np.hstack(values), np.hstack(raw)

    def save(self, path: str | Path) -> None:
        """Write names and numbers into one file, whole or not at all."""
        from safetensors.numpy import save

        write_bytes(path, save(self._arrays, {HEADER: self._header}))

    @classmethod
    def load(cls, path: str | Path) -> AddedColumns:
        """Read what `save` wrote. Raises ReadError for what is missing or damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        data = read_bytes(path)
        try:
            header = json.loads(_metadata(data)[HEADER])
            arrays = iter(load(data)[f"{n:04}"] for n in range(len(header["arrays"])))
            columns = [
                Column(entry["name"], next(arrays), next(arrays), bool(entry["normalized"]))
                for entry in header["columns"]
            ]
            stems = [Stem(entry["name"], float(entry["fps"]), next(arrays)) for entry in header["stems"]]
            added = cls(tuple(columns), tuple(stems))
            added.check_numbers()
        except (SafetensorError, SettingsError, LookupError, TypeError, ValueError, StopIteration) as error:
            raise ReadError(path, f"it holds no columns ({error})") from None
        return added

    def check_numbers(self) -> None:
        """Raise ValueError unless all numbers are finite and fit together."""
        for column in self.columns:
            pair = column.seconds, column.values
            if any(part.dtype != np.float64 or part.ndim != 1 or not len(part) for part in pair):
                raise ValueError(f"column '{column.name}' has no row of numbers")
            if len(column.seconds) != len(column.values) or not np.isfinite(np.concatenate(pair)).all():
                raise ValueError(f"column '{column.name}' has other times than numbers")
            if (np.diff(column.seconds) < 0).any():
                raise ValueError(f"the times of column '{column.name}' decrease")
            if not column.normalized and np.abs(column.values).max() > 1:
                raise ValueError(f"column '{column.name}' leaves [-1, 1]")
        for stem in self.stems:
            shape = stem.raw.shape
            if stem.raw.dtype != np.float32 or shape != (len(stem.raw), len(FEATURES)) or not len(stem.raw):
                raise ValueError(f"stem '{stem.name}' has no table of features")
            if not np.isfinite(stem.raw).all() or not 1 <= stem.fps <= 240:
                raise ValueError(f"stem '{stem.name}' has no usable numbers")

    @property
    def _arrays(self) -> dict[str, np.ndarray]:
        """All arrays by their number, in the order of the header."""
        arrays = [part for column in self.columns for part in (column.seconds, column.values)]
        return {f"{n:04}": array for n, array in enumerate([*arrays, *(stem.raw for stem in self.stems)])}

    @property
    def _header(self) -> str:
        """Names and shapes as JSON, the same for the same content."""
        header: dict[str, Any] = {
            "columns": [{"name": c.name, "normalized": c.normalized} for c in self.columns],
            "stems": [{"name": stem.name, "fps": float(stem.fps)} for stem in self.stems],
            "arrays": [list(array.shape) for array in self._arrays.values()],
        }
        return json.dumps(header, sort_keys=True, separators=(",", ":"))


def columns_path(stem: Path) -> Path:
    """The file of the columns of a track with this stem."""
    return stem.with_name(stem.name + SUFFIX)


def load_if_there(path: Path) -> AddedColumns | None:
    """The columns in a file; None where there is none that can be read."""
    try:
        return AddedColumns.load(path) if is_file(path) else None
    except ReadError:
        return None


def check_names(names: Iterable[str]) -> None:
    """Raise SettingsError for a name that a feature has, that is given twice, or that is no plain word."""
    names = list(names)
    if len(names) > MAX_COLUMNS:
        raise SettingsError(f"got {len(names)} columns; allowed: up to {MAX_COLUMNS}; leave some out")
    for name in names:
        check_plain(name, "a column")
        if name in UNITS:
            raise SettingsError(
                f"a column is named '{name}', as a feature that ships; rename it, as in 'my_{name}'"
            )
        if names.count(name) > 1:
            raise SettingsError(f"two columns are named '{name}'; rename one")


def check_plain(name: object, what: str) -> None:
    """Raise SettingsError unless a name can be typed in a list of features."""
    if not isinstance(name, str) or not name.isidentifier() or len(name) > MAX_NAME_CHARACTERS:
        example = plain_name(str(name)) or "energy"
        raise SettingsError(
            f"{what} is named {str(name)[:40]!r}; allowed: letters, digits and _, as in '{example}'"
        )


def plain_name(text: str) -> str:
    """A name from any text: `Valence (%)` is `valence`; empty where nothing of it is left."""
    letters = "".join(letter if f"a{letter}".isidentifier() else "_" for letter in text.strip().lower())
    name = "_".join(filter(None, letters.split("_")))[:MAX_NAME_CHARACTERS]
    return name if not name or name.isidentifier() else f"column_{name}"


def resample(seconds: Seconds, values: Seconds, fps: float, frames: int) -> Float64[np.ndarray, " frames"]:
    """Values at t = n / fps, held before the first and after the last.

    Where at most one sample falls into the 1 / fps around a moment, they are interpolated linearly. Where
    there are more, the value is the mean over that time of the line through the samples: faster changes
    are averaged and do not appear as slow ones (aliasing).
    """
    times = np.arange(frames) / fps
    result: Float64[np.ndarray, " frames"] = np.interp(times, seconds, values)
    edges = (np.arange(frames + 1) - 0.5) / fps
    dense = np.diff(np.searchsorted(seconds, edges)) > 1
    if dense.any():
        result[dense] = (np.diff(_integral(seconds, values, edges)) * fps)[dense]
    return result


def _integral(seconds: Seconds, values: Seconds, ends: np.ndarray) -> Float64[np.ndarray, " ends"]:
    """The integral of the line through the samples, up to some moments; the line is held at its ends."""
    sums = np.concatenate(([0.0], np.cumsum(np.diff(seconds) * (values[1:] + values[:-1]) / 2)))
    inside = np.clip(ends, seconds[0], seconds[-1])
    left = np.clip(np.searchsorted(seconds, inside, side="right") - 1, 0, len(seconds) - 1)
    at_ends = np.interp(inside, seconds, values)
    within = sums[left] + (inside - seconds[left]) * (values[left] + at_ends) / 2
    return np.asarray(within + (ends - inside) * at_ends)


def _stem_rows(stem: Stem, fps: float, frames: int) -> Rows:
    """The features of a stem on the grid of a track, at rest where the stem has ended."""
    if stem.fps != fps:
        times = np.arange(len(stem.raw)) / stem.fps
        count = max(1, round(len(stem.raw) / stem.fps * fps))
        columns = [resample(times, column, fps, count) for column in stem.raw.T.astype(np.float64)]
        return _padded(np.stack(columns, axis=1).astype(np.float32), frames)
    return _padded(stem.raw, frames)


def _padded(rows: Float32[np.ndarray, "rows columns"], frames: int) -> Rows:
    rows = rows[:frames]
    return np.pad(rows, ((0, frames - len(rows)), (0, 0)))


def _metadata(data: bytes) -> dict[str, str]:
    """The texts in the header of a safetensors file."""
    length = int.from_bytes(data[:8], "little")
    metadata: dict[str, str] = json.loads(data[8 : 8 + length])["__metadata__"]
    return metadata


NO_COLUMNS = AddedColumns()
