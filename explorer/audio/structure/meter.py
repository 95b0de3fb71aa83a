"""Bars: how many beats they have, and which beats begin them.

The meter is the number of beats after which the music best repeats: the share of the variance of what
happens on beats (bass, onsets, treble, change of harmony) that the place in the bar explains. Where bars
begin follows by dynamic programming over the beats: there the harmony changes and the bass enters. A bar
may be cut short, at a cost.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float32, Float64

from explorer.audio.extras.mono import RATE, Mono
from explorer.audio.features import FEATURES
from explorer.audio.structure.beat_tracking import ONSET_FPS, Seconds

METERS = (4, 3, 5, 7)  # of two that fit alike the first is taken
MIN_METER_GAIN = 0.04  # of the explained share, by which another meter than the first must be better
NOVELTY_SECONDS = 0.12  # around a beat in which it is measured
CHORD_SECONDS = 0.09  # after a beat until its chord is measured: it has begun
CHROMA_SAMPLES = 4096  # of a spectrum of a chord
CHROMA_HERTZ = (130.0, 2000.0)  # above kick drums
JUMP_COST = 8.0  # of a bar that is cut short
EVIDENCE = {"bass": 0.8, "flux": 0.2, "treble": -0.1, "harmony": 1.0}  # that a bar begins

Beats = Float64[np.ndarray, "beats features"]
Levels = Float32[np.ndarray, "frames columns"]


def downbeats(runs: list[np.ndarray], levels: Levels, samples: Mono) -> list[np.ndarray]:
    """Which beats of each run begin a bar. `levels`: the basic features, `ONSET_FPS` a second."""
    if not runs:
        return []
    features = [_on_beats(run, levels, samples) for run in runs]
    scale = np.concatenate(features)
    features = [(each - scale.mean(axis=0)) / np.maximum(scale.std(axis=0), 1e-9) for each in features]
    meter = _meter(features)
    return [_bar_starts(each @ np.array(list(EVIDENCE.values())), meter) for each in features]


def _on_beats(beats: Seconds, levels: Levels, samples: Mono) -> Beats:
    """What happens on each beat: `EVIDENCE`."""
    reach = round(NOVELTY_SECONDS / 2 * ONSET_FPS)
    rows = np.rint(beats * ONSET_FPS).astype(int)[:, None] + np.arange(-reach, reach + 1)
    rows = rows.clip(0, len(levels) - 1)
    columns = []
    for name in ("bass", "flux", "treble"):
        level = np.sqrt(levels[:, FEATURES.index(name)].astype(np.float64))
        around = level[rows]
        before = 0.0 if name == "flux" else around[:, :reach].min(axis=1)  # flux is a change already
        columns.append(around[:, reach:].max(axis=1) - before)
    chords = _chords(beats, samples)
    rise = np.diff(chords, axis=0, prepend=chords[:1])
    rise = np.maximum(rise - np.median(rise, axis=1, keepdims=True), 0)  # noise raises all notes alike
    change = rise.sum(axis=1)
    return np.stack([*columns, change], axis=1)


def _chords(beats: Seconds, samples: Mono) -> Float64[np.ndarray, "beats 12"]:
    """How loud the twelve notes are after each beat, compressed."""
    frequencies = np.fft.rfftfreq(CHROMA_SAMPLES, 1 / RATE)
    inside = (frequencies > CHROMA_HERTZ[0]) & (frequencies < CHROMA_HERTZ[1])
    note = np.rint(12 * np.log2(frequencies[inside] / 440)).astype(int) % 12
    window = np.hanning(CHROMA_SAMPLES)
    padded = np.pad(samples, (0, 2 * CHROMA_SAMPLES))
    chords = np.zeros((len(beats), 12))
    for n, beat in enumerate(beats):
        start = min(max(0, round((beat + CHORD_SECONDS) * RATE)), len(samples))
        part = padded[start : start + CHROMA_SAMPLES] * window
        chords[n] = np.bincount(note, np.abs(np.fft.rfft(part))[inside], 12)
    return np.asarray(np.log1p(chords / max(float(np.median(chords.max(axis=1))), 1e-9) * 10))


def _meter(features: list[np.ndarray]) -> int:
    """The number of beats of a bar."""
    shares = {}
    for meter in METERS:
        long = [_explained(each, meter) for each in features if len(each) >= 2 * meter]
        shares[meter] = float(np.mean(long)) if long else -1.0
    best = max(shares, key=lambda meter: shares[meter])
    return best if shares[best] > shares[METERS[0]] + MIN_METER_GAIN else METERS[0]


def _explained(features: Beats, meter: int) -> float:
    """The adjusted share of the variance that the place in the bar explains."""
    count = len(features)
    places = np.arange(count) % meter
    means = np.stack([features[places == place].mean(axis=0) for place in range(meter)])
    rest = np.square(features - means[places]).sum()
    total = np.square(features - features.mean(axis=0)).sum()
    return float(1 - rest / max(total, 1e-9) * (count - 1) / max(count - meter, 1))


def _bar_starts(evidence: Float64[np.ndarray, " beats"], meter: int) -> Bool[np.ndarray, " beats"]:
    """The beats that begin bars, on the cheapest path through places in the bar."""
    total = np.zeros(meter)
    origins = []
    for value in evidence:
        step = np.roll(total, 1)
        jump = total.max() - JUMP_COST
        origins.append(np.where(step >= jump, np.roll(np.arange(meter), 1), int(total.argmax())))
        total = np.maximum(step, jump)
        total = total + np.where(np.arange(meter) == 0, value, -value / (meter - 1))
    place = int(total.argmax())
    places = []
    for origin in reversed(origins):
        places.append(place)
        place = int(origin[place])
    return np.asarray(np.array(places[::-1]) == 0)
