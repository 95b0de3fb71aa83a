"""The notes of a MIDI file as columns: how many, how dense, how high and how strong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from explorer.errors import ExplorerError, SettingsError

ROWS_PER_SECOND = 100
DENSITY_SECONDS = 1.0  # over which beginnings of notes are counted
MAX_SECONDS = 14_400.0

Note = tuple[float, float, int, int]  # start and end in seconds, pitch, velocity


def midi_table(path: Path) -> pd.DataFrame:
    """Columns of the notes of a MIDI file, 100 rows a second.

    `midi_density` counts the notes that begin in a second around the moment, `midi_voices` those that
    sound. `midi_pitch` (MIDI numbers, 60 is middle C) and `midi_velocity` (0 to 127) are means over the
    sounding notes: without notes the pitch stays, and the velocity is 0. Percussion (channel 10) has no
    pitch.
    """
    notes, pitched = _notes(path)
    end = max(note[1] for note in notes)
    rows = int(end * ROWS_PER_SECOND) + 2
    voices, velocity = _sums(notes, rows, lambda note: 1.0), _sums(notes, rows, lambda note: note[3])
    pitches, heights = _sums(pitched, rows, lambda note: 1.0), _sums(pitched, rows, lambda note: note[2])
    starts = np.bincount([_row(note[0]) for note in notes], minlength=rows).astype(float)
    width = round(DENSITY_SECONDS * ROWS_PER_SECOND)
    density = np.convolve(starts, np.ones(width))[(width - 1) // 2 :][:rows] / DENSITY_SECONDS
    table = pd.DataFrame(
        {
            "time": np.arange(rows) / ROWS_PER_SECOND,
            "midi_density": density,
            "midi_voices": voices,
            "midi_velocity": np.divide(velocity, voices, out=np.zeros(rows), where=voices > 0),
        }
    )
    if pitched:
        mean = np.divide(heights, pitches, out=np.full(rows, np.nan), where=pitches > 0)
        table["midi_pitch"] = pd.Series(mean).ffill().bfill()
    return table


def _row(seconds: float) -> int:
    return round(seconds * ROWS_PER_SECOND)


def _sums(notes: list[Note], rows: int, value: Any) -> np.ndarray:
    """The sum of a value over the notes that sound in each row; every note has one row or more."""
    steps = np.zeros(rows + 1)
    for note in notes:
        first = _row(note[0])
        steps[first] += value(note)
        steps[max(first + 1, min(_row(note[1]), rows))] -= value(note)
    return np.cumsum(steps)[:rows]


def _notes(path: Path) -> tuple[list[Note], list[Note]]:
    """All notes, and those that have a pitch. Raises ExplorerError without mido or without notes."""
    try:
        import mido
    except ImportError:
        raise ExplorerError(
            'mido, which reads MIDI files, is not installed; run: pip install "audio-feature-explorer[midi]"'
        ) from None
    notes: list[Note] = []
    pitched: list[Note] = []
    sounding: dict[tuple[int, int], tuple[float, int]] = {}
    seconds = 0.0
    try:
        file = mido.MidiFile(path)
        if file.ticks_per_beat <= 0:
            raise SettingsError(f"{path} counts in video frames (SMPTE); export it with ticks per beat")
        for message in file:
            seconds += message.time
            if seconds > MAX_SECONDS:
                raise SettingsError(f"{path} is longer than 4 hours; give the MIDI file of the sound")
            if message.type not in ("note_on", "note_off"):
                continue
            key = message.channel, message.note
            if key in sounding:
                start, velocity = sounding.pop(key)
                notes.append((start, seconds, message.note, velocity))
                if message.channel != 9:
                    pitched.append(notes[-1])
            if message.type == "note_on" and message.velocity:
                sounding[key] = seconds, message.velocity
    except (OSError, ValueError, EOFError, IndexError, KeyError, TypeError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"{path} is no MIDI file that can be read ({error}); give a .mid file") from None
    if not notes:
        raise SettingsError(f"{path} has no notes; give a MIDI file with notes")
    return notes, pitched
