"""How well sections and their letters are found, in pieces of known form: python -m tests.benchmarks.sections

`boundaries` is the F-measure of section boundaries within 1 s, those at both ends of a piece left out;
`letters` the F-measure of pairs of moments that have the same letter (mir_eval.segment; Levy and Sandler,
"Structural segmentation of musical audio by constrained clustering", 2008). Structure 2 is that of earlier
recipes, and has no letters.
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

from explorer.audio import FeatureTrack, analyze
from tests.benchmarks.instruments import RATE
from tests.benchmarks.song_forms import FORMS, FormPiece
from tests.signals import write_wav


def measure(piece: FormPiece, folder: Path) -> dict[str, object]:
    """One row of the table: structure 2 beside 3."""
    path = write_piece(piece, folder)
    before = analyze(path, extras=("sections",), structure=2)
    start = time.process_time()
    after = analyze(path, extras=("sections", "letters"), cache=False)
    seconds = time.process_time() - start
    return {
        "piece": piece.name,
        "form": piece.letters,
        "letters found": "".join(section.name for section in after.sections),
        "boundaries 2": boundary_f_measure(piece, before),
        "boundaries 3": boundary_f_measure(piece, after),
        "letters 3": letter_f_measure(piece, after),
        "CPU s a minute": seconds / after.duration * 60,
    }


def write_piece(piece: FormPiece, folder: Path) -> Path:
    """A piece as a sound file."""
    samples = 0.8 * piece.samples / np.abs(piece.samples).max()
    return write_wav(folder / "piece.wav", samples.astype(np.float32), RATE)


def intervals(track: FeatureTrack) -> np.ndarray:
    """Begin and end of each section of a track in seconds."""
    return np.array([(section.start, section.end) for section in track.sections])


def boundary_f_measure(piece: FormPiece, track: FeatureTrack) -> float:
    """F-measure of the boundaries within 1 s; 0 where none is found."""
    return float(mir_eval.segment.detection(piece.intervals, intervals(track), window=1.0, trim=True)[2])


def letter_f_measure(piece: FormPiece, track: FeatureTrack) -> float:
    """F-measure of pairs of moments with the same letter."""
    names = [section.name for section in track.sections]
    truth, estimate = piece.intervals, intervals(track)
    estimate[-1, 1] = truth[-1, 1]  # they end with the same sample, which is no row of a track
    return float(mir_eval.segment.pairwise(truth, list(piece.letters), estimate, names)[2])


def table(names: Iterable[str] = FORMS) -> pd.DataFrame:
    """All pieces, and the mean of each column of numbers."""
    with tempfile.TemporaryDirectory() as folder:
        rows = pd.DataFrame([measure(FORMS[name](), Path(folder)) for name in names]).set_index("piece")
    return pd.concat([rows, rows.mean(numeric_only=True).to_frame("mean").T])


if __name__ == "__main__":
    sys.stdout.write(f"{table(sys.argv[1:] or FORMS).round(2).to_string()}\n")
