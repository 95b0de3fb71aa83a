"""Calm controls: what follows the sound flickers less between hits, then swings less around its slow course.

Between hits the levels of a sound rise and fall some more times, which flashes and shows nothing. So hits are
held first: from each a level falls to its slow course, to 1/e in `HOLD_SECONDS`, whatever it does meanwhile.
Below `HOLD_SWING` what is left is reduced, and at `HIT_SWING` it follows the slow course alone. Light and the
steps of clocks are reduced last: they show hits, and flash least.

The slow course of a column is its mean over `REACH_SECONDS` to either side, weighted by a Hann window: what
changes in less than about half a second is not in it. A swing of 1 leaves controls as they are, 0 leaves the
slow course alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

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
HIT_SWING, HOLD_SWING = 0.2, 0.6
HOLD_SECONDS = 0.1  # in which what is held falls to 1/e
HOLD_STEPS = 30  # earlier moments of which it may come, as far apart as those of the slow course
HOLD_OFFSETS = -(OFFSETS[1] - OFFSETS[0]) * np.arange(HOLD_STEPS + 1)
HOLD_WEIGHTS = np.exp(HOLD_OFFSETS / HOLD_SECONDS).astype(np.float32)


Shares = tuple[Float32[np.ndarray, "moments columns"], Float32[np.ndarray, "moments columns"]]


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
        slow, held = self._steps
        to_slow, to_held = self._shares(swings[calm])
        values[part] += to_slow * slow[calm] + to_held * held[calm]
        return Controls(values, self._controls.names)

    def _shares(self, swings: Float64[np.ndarray, " moments"]) -> Shares:
        """How far each column is moved to its slow course, and to what is held."""
        names = [self._controls.names[place] for place in self._columns]
        are_hits, are_held = (np.array(kind) for kind in calm_kinds(self._field, names))
        parts = np.array([self._field.part_of(plain_name(name))[0] for name in names])
        hit, hold = np.where(np.isin(parts, parts[are_hits]), HIT_SWING, 0.0), HOLD_SWING
        low = np.where(are_hits, 0.0, hit)
        high = np.where(are_hits, hit, np.where(are_held, hold, 1.0))
        slow = 1 - ((swings[:, None] - low) / np.maximum(high - low, 1e-9)).clip(0, 1)
        held = are_held * (1 - (swings[:, None] - hold) / (1 - hold)).clip(0, 1) * (1 - slow)
        return slow.astype(np.float32), held.astype(np.float32)

    @cached_property
    def _steps(self) -> Shares:
        """What is to be added to the columns at each moment to get their slow course, and what is held."""
        names = [self._controls.names[place] for place in self._columns]
        columns = np.flatnonzero(calm_kinds(self._field, names)[1])
        earlier = self.times[:, None] + HOLD_OFFSETS
        unique, places = np.unique(np.round(earlier, 7), return_inverse=True)
        places = places.reshape(earlier.shape)
        steps = slow_course_steps(self._field, self._track, unique, self._columns)
        slow = steps[places[:, 0]]
        held = np.zeros_like(slow)
        fast = np.where(unique[:, None] < 0, -np.inf, -steps[:, columns])
        level = fast[places[:, 0]]
        for place, weight in zip(places.T[1:], HOLD_WEIGHTS[1:], strict=True):
            np.maximum(level, weight * fast[place], out=level)
        held[:, columns] = level - fast[places[:, 0]]
        return slow, held


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
    """Which of the calm columns show hits and are calmed last, and which of the others are held."""
    plain = tuple(map(plain_name, names))
    angles = field.columns_of_angles(plain)
    hits = [field.part_of(name)[1] in HIT_COLUMNS for name in plain]
    return hits, [not hit and name not in angles for hit, name in zip(hits, plain, strict=True)]


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
