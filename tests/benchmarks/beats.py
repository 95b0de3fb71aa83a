"""How well beats and bars are found, in pieces whose beats are known: python -m tests.benchmarks.beats

The F-measure counts a beat within 70 ms; AMLt is the share of beats on a continuous path, half and double
tempo allowed (mir_eval; Davies, Degara and Plumbley, "Evaluation methods for musical audio beat tracking
algorithms", 2009). Version 1 is that of recipes that say no other.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import mir_eval
import numpy as np
import pandas as pd

from explorer.audio import analyze
from explorer.audio.structure.beat_times import bar_times, beat_times
from tests.benchmarks.beat_pieces import PIECES, BeatPiece
from tests.benchmarks.instruments import RATE
from tests.signals import write_wav


def measure(piece: BeatPiece, folder: Path) -> dict[str, object]:
    """One row of the table: version 1 beside version 2; with a tempo hint where the piece has one."""
    samples = 0.8 * piece.samples / np.abs(piece.samples).max()
    path = write_wav(folder / "piece.wav", samples.astype(np.float32), RATE)
    before = beat_times(analyze(path, extras=("beats",), structure=1))
    start = time.process_time()
    after = analyze(path, extras=("beats", "bars"), cache=False)
    seconds = time.process_time() - start
    row: dict[str, object] = {"piece": piece.name}
    for version, beats in (("1", before), ("2", beat_times(after))):
        row[f"beats {version}"] = mir_eval.beat.f_measure(piece.beats, beats)
        row[f"AMLt {version}"] = mir_eval.beat.continuity(piece.beats, beats)[3] if len(beats) > 1 else 0.0
    row["downbeats 2"] = mir_eval.beat.f_measure(piece.downbeats, bar_times(after))
    row["CPU s a minute"] = seconds / after.duration * 60
    return row


def table(names: Iterable[str] = PIECES) -> pd.DataFrame:
    """All pieces, and the mean of each column."""
    with tempfile.TemporaryDirectory() as folder:
        rows = pd.DataFrame([measure(PIECES[name](), Path(folder)) for name in names]).set_index("piece")
    return pd.concat([rows, rows.mean().to_frame("mean").T])


if __name__ == "__main__":
    sys.stdout.write(f"{table(sys.argv[1:] or PIECES).round(2).to_string()}\n")
