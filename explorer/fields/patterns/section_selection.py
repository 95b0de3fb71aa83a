"""Which family is drawn when, by the sections of the music: no two passages in a row have the same.

A passage is a section, or a part of a long one. Its loudness and brightness relative to the other passages
say how well each family suits it. The whole track gets the sequence that suits best (Viterbi, "Error bounds
for convolutional codes and an asymptotically optimum decoding algorithm", IEEE Trans. Inf. Theory 13, 1967).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Int64

from explorer.audio import FeatureTrack
from explorer.fields.patterns.selection import (
    FAMILIES,
    FLOWING,
    FRACTAL,
    GEOMETRIC,
    ORGANIC,
    SILENCE_DBFS,
    nearby_onset,
    windowed,
)

MAX_PASSAGE_SECONDS = 20.0  # a longer section has several passages
MIN_LOUDNESS_RANGE_DB, MIN_BRIGHTNESS_RANGE_OCTAVES = 6.0, 1.0  # of passages; a smaller one counts less
FRACTAL_COST = 0.1  # bright passages that are loud are geometric rather

Costs = Float64[np.ndarray, "passages families"]


def select_by_section(track: FeatureTrack, window: float, dwell: float) -> Int64[np.ndarray, " frames"]:
    """The family of every frame. A pure function of the whole track; it needs the column `section`."""
    starts = passages(track, dwell)
    family = _cheapest_sequence(_costs(track, starts, window))
    frames = len(track.values)
    return np.repeat(family, np.diff([*starts, frames]))


def passages(track: FeatureTrack, dwell: float) -> list[int]:
    """The first frame of every passage: sections of at least `dwell` seconds, long ones in equal parts."""
    section = track.at(track.times, ("section",))[:, 0]
    onset = track.at(track.times, ("onset",))[:, 0]
    edges, frames = [0], len(section)
    for edge in np.flatnonzero(np.diff(section)) + 1:
        if edge - edges[-1] >= dwell * track.fps and frames - edge >= dwell * track.fps:
            edges.append(int(edge))
    starts = []
    for first, end in zip(edges, [*edges[1:], frames], strict=True):
        limit = max(MAX_PASSAGE_SECONDS, dwell) * track.fps
        parts = np.linspace(first, end, int(np.ceil((end - first) / limit)) + 1)[:-1]
        starts.append(first)
        starts.extend(nearby_onset(onset, round(part), first + 1, track.fps) for part in parts[1:])
    return starts


def _costs(track: FeatureTrack, starts: list[int], window: float) -> Costs:
    """How badly each family suits each passage, 0 to 1, times its length."""
    energy, brightness = windowed(track, window)
    lengths = np.diff([*starts, len(energy)])
    power = np.add.reduceat(10 ** (energy / 10), starts) / lengths
    level = 10 * np.log10(np.maximum(power, 1e-12))
    octaves = np.add.reduceat(brightness, starts) / lengths
    loud = _relative(level, MIN_LOUDNESS_RANGE_DB)
    bright = _relative(octaves, MIN_BRIGHTNESS_RANGE_OCTAVES)
    costs = np.empty((len(starts), len(FAMILIES)))
    costs[:, ORGANIC] = loud
    costs[:, GEOMETRIC] = 1 - loud
    costs[:, FLOWING] = np.abs(2 * loud - 1)
    costs[:, FRACTAL] = (1 - bright) + FRACTAL_COST
    costs[level <= SILENCE_DBFS, ORGANIC] = -1.0
    return np.asarray(costs * lengths[:, None] / track.fps)


def _relative(values: np.ndarray, minimum: float) -> Float64[np.ndarray, " passages"]:
    """0 for the lowest to 1 for the highest; around 1/2 where they hardly differ."""
    low, high = values.min(), values.max()
    return np.asarray(0.5 + (values - (low + high) / 2) / max(high - low, minimum))


def _cheapest_sequence(costs: Costs) -> Int64[np.ndarray, " passages"]:
    """The families with the lowest sum of costs in which none follows itself."""
    total, origins = costs[0].copy(), []
    for row in costs[1:]:
        change = total[:, None] + np.where(np.eye(len(row), dtype=bool), np.inf, 0.0)
        origins.append(change.argmin(axis=0))
        total = change.min(axis=0) + row
    family = [int(total.argmin())]
    for origin in reversed(origins):
        family.append(int(origin[family[-1]]))
    return np.array(family[::-1], np.int64)
