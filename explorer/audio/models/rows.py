"""The rows of a model for one sound, measured once and cached piece by piece.

A piece holds some minutes, so that ten hours fit in memory and a stopped analysis resumes. The last piece is
the one that is not full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float32

from explorer.audio.array_cache import load_array, save_array
from explorer.audio.models.stream import Framing, Window, windows
from explorer.audio.sound_file import Sound

PIECE_SECONDS = 180.0

Rows = Float32[np.ndarray, "rows row_columns"]
StoredRows = Float16[np.ndarray, "rows row_columns"]
Network = Callable[[Window], Rows]
"""The rows of one window."""


class ModelRows:
    """Rows of a model; iterated over piece by piece, as often as needed.

    `folder` is where the pieces are cached; without one they stay in memory. `load_network` is called only
    when there is something to measure.
    """

    def __init__(
        self,
        sound: Sound,
        framing: Framing,
        columns: int,
        load_network: Callable[[], Network],
        folder: Path | None,
        progress: Callable[[float, float], None],
    ) -> None:
        self.framing, self._columns = framing, columns
        self._sound, self._load_network = sound, load_network
        self._folder, self._progress = folder, progress
        self._memory: dict[int, StoredRows] = {}
        self._piece_windows = max(1, round(PIECE_SECONDS * framing.rate / framing.step))

    def __iter__(self) -> Iterator[Rows]:
        number = 0
        while (piece := self._load(number)) is not None:
            yield piece.astype(np.float32)
            if len(piece) < self._piece_windows * self.framing.rows:
                return
            number += 1
        for piece in self._measure(number):
            yield piece.astype(np.float32)

    def _measure(self, first: int) -> Iterator[StoredRows]:
        """The pieces from a number on, stored as they come."""
        network = self._load_network()
        parts = []
        done = first * self._piece_windows
        with closing(windows(self._sound, self.framing)) as every:
            for window, rows in islice(every, done, None):
                parts.append(network(window)[:rows].astype(np.float16))
                done += 1
                self._report(done)
                if done % self._piece_windows == 0:
                    yield self._store(done // self._piece_windows - 1, np.concatenate(parts))
                    parts = []
        rest = np.concatenate([np.zeros((0, self._columns), np.float16), *parts])
        yield self._store(done // self._piece_windows, rest)

    def _report(self, done_windows: int) -> None:
        seconds = done_windows * self.framing.step / self.framing.rate
        total = self._sound.header_duration or seconds
        self._progress(min(seconds, total), total)

    def _store(self, number: int, piece: StoredRows) -> StoredRows:
        if self._folder is None:
            self._memory[number] = piece
        else:
            save_array(_piece_path(self._folder, number), piece)
        return piece

    def _load(self, number: int) -> StoredRows | None:
        """A stored piece; None where it has to be measured."""
        if self._folder is None:
            return self._memory.get(number)
        piece = load_array(_piece_path(self._folder, number), np.float16)
        return piece if piece is not None and piece.ndim == 2 and piece.shape[1] == self._columns else None


def _piece_path(folder: Path, number: int) -> Path:
    return folder / f"{number:04}.npy"
