"""Which notes sound and begin, by the network of Basic Pitch.

Bittner et al., "A lightweight instrument-agnostic model for polyphonic note transcription and multipitch
estimation", ICASSP 2022. The weights ship with the project (basic_pitch/LICENSE, Apache-2.0) and run in ONNX
Runtime. A window of the network is 171.27 rows long; here windows follow one another by whole rows, so that
row n belongs to exactly n 256 / 22050 s, and 15 rows at either end of a window are left out.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from explorer.audio.feature_table import FeatureTable, interpolate_rows
from explorer.audio.features import MODELS, NOTES, AnalysisSettings
from explorer.audio.models.rows import ModelRows, Network, Rows
from explorer.audio.models.stream import Framing, Window
from explorer.audio.models.weights import checked_bytes
from explorer.audio.normalize import Column, level, timbre
from explorer.errors import ExplorerError

VERSION = 1
WEIGHTS = Path(__file__).parent / "basic_pitch" / "nmp.onnx"
WEIGHTS_SHA256 = "2c3c1d144bfa61ad236e92e169c13535c880469a12a047d4e73451f2c059a0ec"
INPUT = "serving_default_input_2:0"
OUTPUTS = ("StatefulPartitionedCall:1", "StatefulPartitionedCall:2")  # notes, onsets

PITCHES = range(21, 109)  # MIDI numbers, A0 to C8
EDGE_ROWS = 15
FRAMING = Framing(rate=22050, hop=256, rows=141, before=EDGE_ROWS * 256, samples=2 * 22050 - 256)
ROW_NAMES = tuple(
    f"{what}_{NOTES[pitch % 12]}{pitch // 12 - 1}" for what in ("note", "onset") for pitch in PITCHES
)

SILENT, SOUNDING = 0.2, 0.5  # what the network says of a note that does not sound, and of one that does
MIN_FULL_ONSET = 0.5  # weaker ones are what it says of drums and noise
MIN_FULL_COUNT = 1.0

Table = Float32[np.ndarray, "times columns"]


def weights_sha256() -> str:
    """See `PretrainedModel.weights_sha256`."""
    if importlib.util.find_spec("onnxruntime") is None:
        raise ExplorerError(
            "the model notes needs ONNX Runtime, which is not installed; "
            'run: pip install "audio-feature-explorer[models]"'
        )
    return WEIGHTS_SHA256


def load_network() -> Network:
    """See `PretrainedModel.load_network`. One thread: the same bits on any number of cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        checked_bytes("notes", WEIGHTS, WEIGHTS_SHA256), options, providers=["CPUExecutionProvider"]
    )

    def network(window: Window) -> Rows:
        answers = session.run(OUTPUTS, {INPUT: window[None, :, None]})
        rows = slice(EDGE_ROWS, EDGE_ROWS + FRAMING.rows)
        return np.hstack([answer[0, rows] for answer in answers]).astype(np.float32)

    return network


def columns(rows: ModelRows, track: FeatureTable) -> Table:
    """See `PretrainedModel.columns`. Pitches are those of the nearest row: none lies between two notes."""
    native = np.concatenate([_native_columns(piece) for piece in rows])
    position = track.times * FRAMING.rate / FRAMING.hop
    nearest = np.clip(np.rint(position).astype(np.int64), 0, len(native) - 1)
    levels = interpolate_rows(native[:, :2], position)
    return np.hstack([levels, native[nearest, 2:]]).astype(np.float32)


def _native_columns(rows: Rows) -> Table:
    """The strongest beginning of a note, how many sound, and their mean, lowest and highest pitch in Hz.

    The pitches are 0 where no note sounds.
    """
    notes, onsets = np.hsplit(rows, 2)
    sounding = np.clip((notes - SILENT) / (SOUNDING - SILENT), 0, 1)
    count = sounding.sum(axis=1)
    pitches = np.arange(PITCHES.start, PITCHES.stop, dtype=np.float32)
    is_note = sounding > 0.5
    mean = (sounding * is_note) @ pitches / np.maximum((sounding * is_note).sum(axis=1), 1e-9)
    low = np.where(is_note, pitches, np.inf).min(axis=1)
    high = np.where(is_note, pitches, -np.inf).max(axis=1)
    silent = ~is_note.any(axis=1, keepdims=True)
    midi = np.where(silent, -np.inf, np.stack([mean, low, high], axis=1))
    hertz = 440 * 2 ** ((midi - 69) / 12)
    return np.column_stack([(onsets * sounding).max(axis=1), count, hertz]).astype(np.float32)


def normalize(raw: Table, presence: Column, settings: AnalysisSettings) -> Table:
    """See `PretrainedModel.normalize`. Onsets and count are levels, pitches are timbres."""
    columns = dict(zip(MODELS["notes"], raw.T.astype(np.float64), strict=True))
    onset, count = columns.pop("notes_onset"), columns.pop("notes_count")
    values = [
        level(onset, presence, 1.0, settings, is_smoothed=False, min_full_scale=MIN_FULL_ONSET),
        level(count, presence, 1.0, settings, min_full_scale=MIN_FULL_COUNT),
        *(timbre(pitch, presence * (pitch > 0), settings) for pitch in columns.values()),
    ]
    return np.stack(values, axis=1).astype(np.float32)
