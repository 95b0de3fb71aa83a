"""Calm controls: what follows the sound is still between hits, then between strong hits, then swings less.

Three flashes a second are allowed, so strong hits can stay as they are where the rest goes. What a column
swings around its slow course is multiplied by a gate, open around hits and closed between them. Down to
`FLICKER_SWING` it closes; down to `GATE_SWING` it closes for hits with a stronger one near, within a time
that grows from `MIN_SPACING` to `MAX_SPACING` seconds. Below, what is left is reduced, and at `HIT_SWING` it
follows the slow course alone. Light and the steps of clocks are reduced last: they show hits, and flash
least. Angles are reduced evenly, without a gate. The gate is the same for all columns, for those of earlier
sound, too: what runs outward is seen at hits.

The slow course of a column is its mean over `REACH_SECONDS` to either side, weighted by a Hann window: what
changes in less than about half a second is not in it. A swing of 1 leaves controls as they are, 0 leaves the
slow course alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from jaxtyping import Float, Float32, Float64

from explorer.audio import FeatureTrack
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.light.columns import LINE_COLUMN, NAMES, plain_name

REACH_SECONDS = 0.6  # of the slow course, before and after a moment
SAMPLES = 71  # of the window: one a frame of the track, so that no fast change is taken for a slow one
OFFSETS = REACH_SECONDS * np.linspace(-1, 1, SAMPLES + 2)[1:-1]  # seconds; the window is zero at both ends
WEIGHTS = np.hanning(SAMPLES + 2)[1:-1] / np.hanning(SAMPLES + 2).sum()
LIGHT_COLUMNS = (*NAMES, LINE_COLUMN)
HIT_COLUMNS = ("motion", *LIGHT_COLUMNS)  # steps of clocks, and light: calmed last
FLICKER_SWING, GATE_SWING, HIT_SWING = 0.8, 0.4, 0.2
MIN_SPACING, MAX_SPACING, SPACING_RAMP = 0.2, 0.4, 0.1  # seconds between a hit and a stronger one
MIN_ONSET = 0.05  # of a hit, 0 to 1
OPEN_BEFORE, OPEN_AFTER = 0.025, 0.03  # seconds around a hit in which the gate is open
OPENING_SECONDS, CLOSING_SECONDS = 0.05, 0.1


class CalmControls:
    """The controls of a field at some moments with any swings; their slow course is computed once."""

    def __init__(
        self, field: FieldSettings, track: FeatureTrack, times: Float64[np.ndarray, " moments"]
    ) -> None:
        self.times = times
        self._field, self._track = field, track
        self._controls = field.controls(track, times)
        self._columns = calm_columns(field, self._controls.names)

    def at(self, swing: float | Float[np.ndarray, " moments"]) -> Controls:
        """With a swing at each moment, 0 to 1. Row n depends on times[n] and swing[n] alone."""
        swings = np.broadcast_to(np.asarray(swing, np.float64), len(self.times))
        calm = np.flatnonzero(swings < 1)
        if not len(calm) or not self._columns:
            return self._controls
        values = self._controls.values.copy()
        part = np.ix_(calm, np.array(self._columns))
        values[part] += self._shares(self.times[calm], swings[calm]) * self._slow_steps[calm]
        return Controls(values, self._controls.names)

    def _shares(
        self, times: Float64[np.ndarray, " moments"], swings: Float64[np.ndarray, " moments"]
    ) -> Float32[np.ndarray, "moments columns"]:
        """How far each column is moved to its slow course."""
        names = [self._controls.names[place] for place in self._columns]
        are_hits, are_gated = (np.array(kind) for kind in calm_kinds(self._field, names))
        parts = np.array([self._field.part_of(plain_name(name))[0] for name in names])
        low = np.where(np.isin(parts, parts[are_hits]) & ~are_hits, HIT_SWING, 0.0)
        high = np.where(are_hits, HIT_SWING, np.where(are_gated, GATE_SWING, 1.0))
        swing = ((swings[:, None] - low) / (high - low)).clip(0, 1)
        closed = 1 - gate_openings(onset_peaks(self._track), times, gate_spacing(swings))
        closed *= ((1 - swings) / (1 - FLICKER_SWING)).clip(0, 1)
        return np.asarray(1 - swing * (1 - are_gated * closed[:, None]), np.float32)

    @cached_property
    def _slow_steps(self) -> Float32[np.ndarray, "moments columns"]:
        return slow_course_steps(self._field, self._track, self.times, self._columns)


def calm_controls(
    field: FieldSettings,
    track: FeatureTrack,
    times: Float64[np.ndarray, " moments"],
    swing: float | Float[np.ndarray, " moments"],
) -> Controls:
    """`field.controls` with a swing at each moment, 0 to 1. Row n depends on times[n] and swing[n] alone."""
    return CalmControls(field, track, times).at(swing)


def calm_columns(field: FieldSettings, names: tuple[str, ...]) -> list[int]:
    """The places of the columns that can be calmed: those that follow the sound."""
    names = tuple(map(plain_name, names))
    follows = {*field.columns_of_sound(names), *LIGHT_COLUMNS, *field.driven_columns}
    return [place for place, name in enumerate(names) if name in follows]


def calm_kinds(field: FieldSettings, names: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Which of the calm columns show hits and are calmed last, and which of the others have a gate."""
    plain = tuple(map(plain_name, names))
    angles = field.columns_of_angles(plain)
    hits = [field.part_of(name)[1] in HIT_COLUMNS for name in plain]
    return hits, [not hit and name not in angles for hit, name in zip(hits, plain, strict=True)]


@lru_cache(maxsize=8)
def onset_peaks(track: FeatureTrack) -> Float64[np.ndarray, "peaks 2"]:
    """When each onset is strongest, and how far the nearest stronger one is; both in seconds.

    Of two alike the earlier is the stronger. Distances end at twice `MAX_SPACING`.
    """
    if "onset" not in track.names:
        return np.empty((0, 2))
    onset = np.pad(track.levels("onset")[:, 0], 1)
    before, level, after = onset[:-2], onset[1:-1], onset[2:]
    frames = np.flatnonzero((level > before) & (level >= after) & (level > MIN_ONSET))
    times, level = frames / track.fps, level[frames]
    spacings = np.full(len(times), 2 * MAX_SPACING)
    for k in range(1, len(times)):
        distance = times[k:] - times[:-k]
        if distance.min() > 2 * MAX_SPACING:
            break
        later = level[k:] > level[:-k]
        for stronger, weaker in ((later, spacings[:-k]), (~later, spacings[k:])):
            weaker[stronger] = np.minimum(weaker, distance)[stronger]
    return np.column_stack((times, spacings))


def gate_spacing(swings: Float64[np.ndarray, " moments"]) -> Float64[np.ndarray, " moments"]:
    """How far from a stronger hit one must be that opens the gate, in seconds, by the swing."""
    share = ((FLICKER_SWING - swings) / (FLICKER_SWING - GATE_SWING)).clip(0, 1)
    return np.asarray(MIN_SPACING + (MAX_SPACING - MIN_SPACING) * share)


def gate_openings(
    peaks: Float64[np.ndarray, "peaks 2"],
    times: Float64[np.ndarray, " moments"],
    spacings: Float64[np.ndarray, " moments"],
) -> Float64[np.ndarray, " moments"]:
    """How far the gate is open at some times, 0 to 1, for hits as far as `spacings` from stronger ones."""
    opening = np.zeros(len(times))
    if not len(peaks):
        return opening
    first = np.searchsorted(peaks[:, 0], times - OPEN_AFTER - CLOSING_SECONDS)
    end = np.searchsorted(peaks[:, 0], times + OPEN_BEFORE + OPENING_SECONDS)
    for k in range((end - first).max(initial=0)):
        peak, spacing = peaks[np.minimum(first + k, len(peaks) - 1)].T
        since = times - peak
        edges = (
            1 + (since + OPEN_BEFORE) / OPENING_SECONDS,
            1 - (since - OPEN_AFTER) / CLOSING_SECONDS,
            1 + (spacing - spacings) / SPACING_RAMP,
        )
        np.maximum(opening, edges[0].clip(0, 1) * edges[1].clip(0, 1) * edges[2].clip(0, 1), out=opening)
    return opening


def slow_course_steps(
    field: FieldSettings,
    track: FeatureTrack,
    times: Float64[np.ndarray, " moments"],
    columns: list[int],
    *,
    from_silence: bool = False,
) -> Float32[np.ndarray, "moments columns"]:
    """What is to be added to columns at each moment to get their slow course.

    Both ends are mirrored; `from_silence` takes what the controls are before the start instead.
    """
    around = times[:, None] + OFFSETS
    around = track.duration - np.abs(track.duration - (around if from_silence else np.abs(around)))
    # neighbors need the same times: each is evaluated once, rounded alike whatever is asked for with it
    unique, places = np.unique(np.round(around, 7), return_inverse=True)
    controls = field.controls(track, unique)
    places = places.reshape(around.shape)
    rows = controls.values[:, columns].astype(np.float64)
    middle = rows[places[:, len(OFFSETS) // 2]]
    mean = np.zeros_like(middle)
    for place, weight in zip(places.T, WEIGHTS, strict=True):
        mean += weight * rows[place]
    names = tuple(map(plain_name, controls.names))
    angle_columns = field.columns_of_angles(names)
    for n, column in enumerate(columns):
        if names[column] in angle_columns:
            angles = np.unwrap(rows[places, n], axis=1)
            middle[:, n], mean[:, n] = angles[:, len(OFFSETS) // 2], (angles * WEIGHTS).sum(axis=1)
    return np.asarray(mean - middle, np.float32)
