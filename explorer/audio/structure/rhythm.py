"""The rhythm of a sound: its beats and bars, measured, cached, and as columns of a track."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64
from scipy import ndimage

from explorer.audio.array_cache import cache_folder, load_array, save_array
from explorer.audio.extras.beats import LAST_PHASE, blocks_with_progress
from explorer.audio.extras.mono import RATE, read_mono
from explorer.audio.features import FEATURES
from explorer.audio.sound_file import Sound, open_sound
from explorer.audio.spectral import measure as measure_spectra
from explorer.audio.structure.beat_tracking import ONSET_FPS, Seconds, beat_runs
from explorer.audio.structure.meter import METERS, downbeats
from explorer.progress import Progress

VERSION = 1  # raise it whenever the same sound gives other beats or bars

Columns = Float32[np.ndarray, "frames 4"]


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Beats in seconds, which of them begin a bar, and the number of the stretch of sound that each is in.

    Between two stretches there is no beat.
    """

    beats: Seconds
    is_downbeat: Bool[np.ndarray, " beats"]
    stretch: Int64[np.ndarray, " beats"]


def measure(sound: Sound, progress: Progress, tempo_hint: float | None = None) -> Rhythm:
    """Beats and bars of a sound."""
    samples = read_mono(sound)
    levels, _ = measure_spectra(blocks_with_progress(samples, progress), RATE, ONSET_FPS)
    runs = beat_runs(levels[:, FEATURES.index("onset")].astype(np.float64), tempo_hint)
    starts = downbeats(runs, levels, samples)
    stretch = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
    return Rhythm(
        np.concatenate([np.zeros(0), *runs]),
        np.concatenate([np.zeros(0, bool), *starts]),
        stretch.astype(np.int64),
    )


def cached_rhythm(
    path: Path, sha256: str, tempo_hint: float | None, cache: bool, progress: Progress
) -> Rhythm:
    """The rhythm of a file with this content."""
    stored = stored_rhythm(sha256, tempo_hint) if cache else None
    if stored is not None:
        return stored
    rhythm = measure(open_sound(path), progress, tempo_hint)
    if cache:
        rows = np.stack([rhythm.beats, rhythm.is_downbeat, rhythm.stretch])
        save_array(_cache_entry(sha256, tempo_hint), rows.astype(np.float64))
    return rhythm


def stored_rhythm(sha256: str, tempo_hint: float | None) -> Rhythm | None:
    """The rhythm of this content from the cache; None where it was not measured yet."""
    table = load_array(_cache_entry(sha256, tempo_hint), np.float64)
    if table is None or table.ndim != 2 or table.shape[0] != 3:
        return None
    beats, is_downbeat, stretch = table
    return Rhythm(beats, is_downbeat > 0, stretch.astype(np.int64))


def _cache_entry(sha256: str, tempo_hint: float | None) -> Path:
    hint = f"-{tempo_hint:g}" if tempo_hint else ""
    return cache_folder() / "rhythm" / f"{sha256[:40]}-{VERSION}{hint}.npy"


def columns(rhythm: Rhythm, times: Float64[np.ndarray, " frames"]) -> Columns:
    """`beat_phase`, `tempo`, `bar_phase` and `meter` at any times; all are 0 without a beat.

    Phases rise from 0 on a beat or downbeat towards 1 at the next.
    """
    table = np.zeros((len(times), 4), np.float32)
    for number in np.unique(rhythm.stretch):
        here = rhythm.stretch == number
        beats = rhythm.beats[here]
        if len(beats) < 2:
            continue
        ends = 2 * beats[0] - beats[1], 2 * beats[-1] - beats[-2]
        extended = np.concatenate([ends[:1], beats, ends[1:]])
        inside = (times >= (ends[0] + beats[0]) / 2) & (times < (ends[1] + beats[-1]) / 2)
        moments = times[inside]
        places, meters = _bars(rhythm.is_downbeat[here])
        for column, values in ((0, np.arange(len(extended))), (2, places)):
            phase = np.interp(moments, extended, values) % 1
            table[inside, column] = np.minimum(phase, LAST_PHASE)
        table[inside, 1] = np.interp(moments, beats, _tempos(beats))
        last = np.searchsorted(beats, moments + 1e-9, side="right") - 1
        table[inside, 3] = meters[last.clip(0)]
    return table


def _bars(is_downbeat: Bool[np.ndarray, " beats"]) -> tuple[np.ndarray, np.ndarray]:
    """How many bars have begun at each beat, with one more at either end; and the beats of its bar."""
    count = len(is_downbeat)
    starts = np.flatnonzero(is_downbeat)
    lengths = np.diff(starts)
    usual = int(np.median(lengths)) if len(lengths) else METERS[0]
    starts = starts if len(starts) else np.zeros(1, int)
    first, last = starts[0] - usual * (starts[0] // usual + 1), starts[-1]
    before = np.arange(first, starts[0], usual)
    after = np.arange(last + usual, count + usual + 1, usual)
    edges = np.concatenate([before, starts, after])
    places = np.interp(np.arange(-1, count + 1), edges, np.arange(len(edges)))
    number = np.searchsorted(edges, np.arange(count), side="right") - 1
    return places, np.diff(edges)[number]


def _tempos(beats: Seconds) -> Seconds:
    """Tempo at each beat, over about four beats on either side."""
    return np.asarray(60 / ndimage.gaussian_filter1d(np.gradient(beats), 2.0, mode="nearest"))
