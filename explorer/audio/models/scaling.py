"""What pretrained models say, brought to [-1, 1]: probabilities, and principal components."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float32, Float64
from scipy import ndimage

from explorer.audio.feature_table import FeatureTable, interpolate_rows
from explorer.audio.features import FEATURES, AnalysisSettings
from explorer.audio.models.rows import ModelRows
from explorer.audio.normalize import Column, centered, presence_of

ABSENT, MIN_PRESENT = 0.05, 0.3  # probability of what is not there, and least full scale of what is
SPAN_SECONDS = 0.96  # about what one row of the models describes
FULL_PERCENTILE = 95  # of the frames with sound: full scale of a probability

Table = Float32[np.ndarray, "times components"]


def probability_level(column: Column, presence: Column, settings: AnalysisSettings) -> Column:
    """A probability as a level: -1 up to 0.05, 1 at its 95th percentile, or at 0.3 where that is lower.

    In between it is linear in the logit. So what is absent rests, and does not become noise.
    """
    presence = _presence_around(presence, settings)
    mask = presence > 0.5
    if not mask.any():
        return np.full(len(column), -1.0)
    full = max(float(np.percentile(column[mask], FULL_PERCENTILE)), MIN_PRESENT)
    low, high = _logit(np.array([ABSENT, full]))
    return np.asarray(2 * np.clip((_logit(column) - low) / (high - low), 0, 1) * presence - 1)


def _presence_around(presence: Column, settings: AnalysisSettings) -> Column:
    """Whether there is sound in the second that a model hears: a pause between two hits is none."""
    frames = round(SPAN_SECONDS * settings.fps)
    nearest = ndimage.maximum_filter1d(presence, frames | 1, mode="nearest")
    return np.asarray(ndimage.uniform_filter1d(nearest, frames | 1, mode="nearest"))


def _logit(probability: Column) -> Column:
    inside = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))


def component_level(
    column: Column, presence: Column, settings: AnalysisSettings, min_half_range: float
) -> Column:
    """A principal component as a timbre: distance from the track's middle, 0 in silence.

    Less than `min_half_range` is no change of the music, and does not fill the range.
    """
    presence = _presence_around(presence, settings)
    mask = presence > 0.5
    if not mask.any():
        return np.zeros(len(column))
    return centered(column, mask, presence, min_half_range, settings)


def component_levels(
    raw: Table, presence: Column, settings: AnalysisSettings, min_half_range: float
) -> Table:
    """`component_level` of every column."""
    levels = [
        component_level(column, presence, settings, min_half_range) for column in raw.T.astype(np.float64)
    ]
    return np.stack(levels, axis=1).astype(np.float32)


def at_times(values: Float32[np.ndarray, "rows components"], rows: ModelRows, track: FeatureTable) -> Table:
    """One value a row of a model, at the times of a track, by linear interpolation."""
    position = track.times * rows.framing.rate / rows.framing.hop
    return np.asarray(interpolate_rows(values, position), np.float32)


def principal_scores(
    rows: ModelRows, columns: slice, track: FeatureTable, count: int
) -> Float32[np.ndarray, "rows components"]:
    """Columns of a model along the `count` directions in which they differ most within the track.

    Silence does not count for the directions. A direction points where it is loud, so that it is the same in
    every analysis.
    """
    presence, loudness = presence_of(track.raw, track.settings), track.raw[:, FEATURES.index("rms")]
    weight, total, products = 1e-9, np.zeros(1), np.zeros((1, 1))
    for values, weights in _with_column(rows, columns, track, presence):
        weight = weight + weights.sum()
        total = total + weights @ values
        products = products + values.T @ (weights[:, None] * values)
    mean = total / weight
    directions = np.linalg.eigh(products / weight - np.outer(mean, mean))[1][:, : -count - 1 : -1]
    parts, trend = [], np.zeros(count)
    for values, loud in _with_column(rows, columns, track, loudness - loudness.mean()):
        parts.append((values - mean) @ directions)
        trend += loud @ parts[-1]
    return np.asarray(np.concatenate(parts) * np.where(trend < 0, -1, 1), np.float32)


def _with_column(
    rows: ModelRows, columns: slice, track: FeatureTable, column: Column | Float32[np.ndarray, " frames"]
) -> Iterator[tuple[Float64[np.ndarray, "rows columns"], Float64[np.ndarray, " rows"]]]:
    """Some columns of each piece, and a column of the track at the times of its rows."""
    first = 0
    for piece in rows:
        times = (first + np.arange(len(piece))) * rows.framing.hop / rows.framing.rate
        yield piece[:, columns].astype(np.float64), np.interp(times, track.times, column)
        first += len(piece)
