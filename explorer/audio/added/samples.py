"""Samples of columns gathered piece by piece: their times checked, dense ones averaged, gaps left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float64

from explorer.errors import SettingsError, warn

MAX_RATE = 240.0  # samples a second that are stored: the highest rate of an analysis
MAX_GAP_SECONDS = 1.0  # a longer gap is filled with a warning

Times = Float64[np.ndarray, " samples"]
Table = Float64[np.ndarray, "samples columns"]


class ColumnSamples:
    """The samples of some columns that share their times, gathered piece by piece.

    More than 240 samples a second are averaged at once, so that memory follows the length of the sound.
    Messages say where a row is: `place` is "line" for a file, "row" for a table; `row` is the next one's
    number.
    """

    def __init__(self, source: str, names: list[str], place: str = "row", first: int = 0) -> None:
        self.source, self.names = source, names
        self._place, self.row = place, first
        self._last = -np.inf
        self._pending = np.zeros((0, 1 + len(names)))
        self._parts: list[np.ndarray] = []

    def append(self, seconds: Times, table: Table) -> None:
        """The next samples. Raises SettingsError for times that are none or that decrease, and infinity."""
        self._check_times(seconds)
        row, column = np.nonzero(np.isinf(table))[0:2]
        if len(row):
            raise SettingsError(
                f"{self.source}: column '{self.names[column[0]]}' is infinite in {self._where(int(row[0]))}; "
                "give a number, or leave it empty for a gap"
            )
        self.row += len(seconds)
        self._last = seconds[-1] if len(seconds) else self._last
        rows = np.concatenate([self._pending, np.column_stack((seconds, table))])
        bins = np.floor(rows[:, 0] * MAX_RATE + 0.5)
        complete = int(np.searchsorted(bins, bins[-1])) if len(bins) else 0
        self._parts.append(_averaged(rows[:complete], bins[:complete]))
        self._pending = rows[complete:]

    def column_samples(self) -> Iterator[tuple[str, Times, Times]]:
        """(name, seconds, values) of each column, without its gaps."""
        bins = np.zeros(len(self._pending))
        rows = np.concatenate([*self._parts, _averaged(self._pending, bins)])
        if not len(rows):
            raise SettingsError(f"{self.source} has no row of numbers; give one or more")
        seconds = rows[:, 0]
        for name, values in zip(self.names, rows[:, 1:].T, strict=True):
            finite = np.isfinite(values)
            if not finite.any():
                raise SettingsError(f"{self.source}: column '{name}' holds no number; leave it out")
            _warn_of_gaps(f"{self.source}: column '{name}'", seconds, finite)
            yield name, np.ascontiguousarray(seconds[finite]), np.ascontiguousarray(values[finite])

    def _check_times(self, seconds: Times) -> None:
        bad = np.flatnonzero(~np.isfinite(seconds))
        if len(bad):
            raise SettingsError(
                f"{self.source}: the time in {self._where(int(bad[0]))} is no number; give it in every row"
            )
        before = np.concatenate(([self._last], seconds[:-1]))
        back = np.flatnonzero(seconds < before)
        if len(back):
            n = int(back[0])
            raise SettingsError(
                f"{self.source}: the time goes back from {before[n]:.10g} to {seconds[n]:.10g} s in "
                f"{self._where(n)}; sort the rows by time"
            )

    def _where(self, row: int) -> str:
        return f"{self._place} {self.row + row}"


def _averaged(rows: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """The mean of the rows of each bin, gaps left out; a bin with one row has exactly that row."""
    starts = np.flatnonzero(np.diff(bins, prepend=np.nan) != 0)
    if len(starts) == len(rows):
        return rows
    finite = np.isfinite(rows)
    counts = np.add.reduceat(finite, starts, axis=0, dtype=np.int64)
    sums = np.add.reduceat(np.where(finite, rows, 0.0), starts, axis=0)
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def _warn_of_gaps(what: str, seconds: Times, finite: np.ndarray) -> None:
    """Warn of the longest gap when it is long: what stands there is a straight line."""
    if finite.all():
        return
    length, start = max(((end - start, start) for start, end in _gaps(seconds, finite)), default=(0.0, 0.0))
    if length > MAX_GAP_SECONDS:
        text = f"{what} has a gap of {length:.3g} s from {start:.2f} s on; a straight line fills it"
        warn(text)


def _gaps(seconds: Times, finite: np.ndarray) -> Iterator[tuple[float, float]]:
    """(last known second before, first one after) of each gap within the column."""
    places = np.flatnonzero(finite)
    for before in np.flatnonzero(np.diff(places) > 1):
        yield float(seconds[places[before]]), float(seconds[places[before + 1]])
