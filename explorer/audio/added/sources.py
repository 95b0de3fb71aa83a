"""Columns of one's own from pairs of arrays, tables, CSV files and MIDI files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from explorer.audio.added.columns import MAX_COLUMNS, AddedColumns, Column, check_names, plain_name
from explorer.audio.added.csv_tables import csv_chunks
from explorer.audio.added.samples import ColumnSamples, Times
from explorer.errors import SettingsError, warn

TIME_NAMES = ("time", "seconds", "t")
MIDI_SUFFIXES = (".mid", ".midi")
LENGTH_TOLERANCE_SECONDS = 0.5  # by which columns may be longer or shorter than the sound
EXAMPLE = "give {'energy': (seconds, values)}, a DataFrame, or the name of a .csv or .mid file"


def read_columns(columns: Any, duration: float, normalize: bool = True) -> AddedColumns:
    """The columns in any form that `explorer.analyze` takes, for a sound of so many seconds.

    Raises SettingsError that says what is wrong and where; warns of gaps and of another length.
    """
    if isinstance(columns, AddedColumns):
        return columns
    if isinstance(columns, list | tuple):
        parts = [read_columns(part, duration, normalize) for part in columns]
        return AddedColumns(tuple(column for part in parts for column in part.columns))
    return AddedColumns(tuple(_finished(_samples(columns), duration, normalize)))


def _finished(samples: ColumnSamples, duration: float, normalize: bool) -> Iterator[Column]:
    """The columns, cut to the length of the sound."""
    check_names(samples.names)
    last = -np.inf
    for name, seconds, values in samples.column_samples():
        last = max(last, float(seconds[-1]))
        what = f"{samples.source}: column '{name}'"
        if not normalize and (largest := float(np.abs(values).max())) > 1:
            raise SettingsError(
                f"{what} reaches {largest:.4g}; as given, without normalizing, it must lie in [-1, 1]"
            )
        end = int(np.searchsorted(seconds, duration)) + 1  # one sample after the end, to interpolate towards
        start = max(0, int(np.searchsorted(seconds, 0.0, side="right")) - 1)
        if start >= min(end, len(seconds)) or seconds[start] > duration:
            raise SettingsError(
                f"{what} lies from {seconds[0]:.2f} to {seconds[-1]:.2f} s, outside of the sound "
                f"(0 to {duration:.2f} s); give its times in seconds from the start of the sound"
            )
        yield Column(name, seconds[start:end], values[start:end], normalize)
    _warn_of_length(samples.source, last, duration)


def _warn_of_length(source: str, last: float, duration: float) -> None:
    if abs(last - duration) <= LENGTH_TOLERANCE_SECONDS:
        return
    text = f"{source}: the last row is at {last:.2f} s, the sound ends at {duration:.2f} s: "
    if last < duration:
        text += "its last values stay to the end"
    else:
        text += "what comes later is not used"
        text += "; are its times milliseconds?" if last > 100 * duration else ""
    warn(text)


def _samples(columns: Any) -> ColumnSamples:
    """The samples in one source."""
    if isinstance(columns, str | Path):
        path = Path(columns).expanduser()
        if path.suffix.lower() in MIDI_SUFFIXES:
            from explorer.audio.added.midi import midi_table

            return _table_samples(midi_table(path), path.name)
        return _csv_samples(path)
    if isinstance(columns, pd.Series):
        columns = columns.to_frame(columns.name or "column")
    if isinstance(columns, pd.DataFrame):
        return _table_samples(columns, "the table")
    if isinstance(columns, Mapping) and columns:
        return _pair_samples(columns)
    raise SettingsError(f"columns: got {_short(columns)}; {EXAMPLE}")


def _pair_samples(columns: Mapping[Any, Any]) -> ColumnSamples:
    """Columns as pairs (seconds, values), each with times of its own."""
    check_names(columns)
    return PairSamples({name: _pair(name, pair) for name, pair in columns.items()})


class PairSamples(ColumnSamples):
    """Columns that each have times of their own."""

    def __init__(self, pairs: Mapping[str, tuple[Times, Times]]) -> None:
        super().__init__("columns", list(pairs))
        self._samples = {}
        for name, (seconds, values) in pairs.items():
            samples = self._samples[name] = ColumnSamples("columns", [name])
            try:
                samples.append(seconds, values[:, None])
            except SettingsError as error:
                text = str(error).removeprefix("columns: ")
                raise SettingsError(f"columns: '{name}': {text}") from None

    def column_samples(self) -> Iterator[tuple[str, Times, Times]]:
        """See `ColumnSamples.column_samples`."""
        for samples in self._samples.values():
            yield from samples.column_samples()


def _pair(name: str, pair: Any) -> tuple[Times, Times]:
    """(seconds, values) as two rows of numbers of the same length; of a Series those of its index."""
    pair = (pair.index, pair) if isinstance(pair, pd.Series) else pair
    try:
        seconds, values = (np.asarray(part, dtype=np.float64) for part in pair)
    except (TypeError, ValueError):
        raise SettingsError(
            f"columns: '{name}' is {_short(pair)}; give (seconds, values), two lists of numbers"
        ) from None
    if seconds.ndim != 1 or seconds.shape != values.shape or not len(seconds):
        raise SettingsError(
            f"columns: '{name}' has times of shape {seconds.shape} and values of shape {values.shape}; "
            "give as many times as values, one or more"
        )
    return seconds, values


def _short(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 40 else text[:37] + "..."


def _csv_samples(path: Path) -> ColumnSamples:
    """The columns of a CSV file, read in pieces."""
    chunks = csv_chunks(path)
    header = next(chunks)
    _check_count(path.name, len(header.columns))
    time = _time_column(header, path.name)
    samples = ColumnSamples(path.name, _names(header.columns.drop(time)), "line", 2)
    for chunk in chunks:
        first = samples.row
        numbers = _numbers(chunk, path.name, "line {}", first)
        seconds = numbers.pop(time).to_numpy()
        samples.append(seconds, numbers.to_numpy())
    return samples


def _table_samples(table: pd.DataFrame, source: str) -> ColumnSamples:
    """The columns of a DataFrame: its time column, or an index of seconds, or the first column."""
    by_index = not isinstance(table.index, pd.RangeIndex) and _named_time(table) is None
    if by_index:
        table = table.reset_index()
    _check_count(source, len(table.columns))
    time = table.columns[0] if by_index else _time_column(table, source)
    samples = ColumnSamples(source, _names(table.columns.drop(time)))
    numbers = _numbers(table, source, "row {}", 0)
    samples.append(numbers.pop(time).to_numpy(), numbers.to_numpy())
    return samples


def _check_count(source: str, count: int) -> None:
    if not 2 <= count <= MAX_COLUMNS + 1:
        raise SettingsError(
            f"{source} has {count} column{'s' * (count != 1)}; give a column of seconds and "
            f"1 to {MAX_COLUMNS} more"
        )


def _named_time(table: pd.DataFrame) -> Any:
    """The column that is named like a time; None where there is none."""
    names = {str(name).strip().lower(): name for name in reversed(table.columns)}
    return next((names[name] for name in TIME_NAMES if name in names), None)


def _time_column(table: pd.DataFrame, source: str) -> Any:
    time = _named_time(table)
    return table.columns[0] if time is None else time


def _names(columns: Iterable[Any]) -> list[str]:
    """Names that can be typed, from those of a table: `Valence (%)` is `valence`."""
    return [plain_name(str(column)) or str(column) for column in columns]


def _numbers(table: pd.DataFrame, source: str, where: str, first: int) -> pd.DataFrame:
    """A table of numbers; empty cells are NaN, lengths of time seconds.

    Raises SettingsError for text and dates, with the place.
    """
    numbers = {}
    for name, column in table.items():
        column = column.dt.total_seconds() if column.dtype.kind == "m" else column
        converted = pd.to_numeric(column, errors="coerce")
        text = np.flatnonzero(converted.isna() & column.notna())
        if len(text) or column.dtype.kind == "M" or converted.dtype.kind not in "iuf":
            value = column.iloc[text[0]] if len(text) else column.iloc[0]
            place = where.format(first + (text[0] if len(text) else 0))
            raise SettingsError(
                f"{source}: column '{name}' has {_short(value)} in {place}; give numbers, "
                "empty for a gap, or leave the column out"
            )
        numbers[name] = converted.astype(np.float64)
    return pd.DataFrame(numbers)
