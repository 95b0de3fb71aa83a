"""Calm controls: what follows the sound swings less around its slow course.

The slow course of a column is its mean over `REACH_SECONDS` to either side, weighted by a Hann window: what
changes in less than about half a second is not in it. A swing of 1 leaves controls as they are, 0 leaves the
slow course alone. Of a lit field form and color are calmed first: a surface that shakes flashes far more than
hits that light it, and those are what the eye follows. Below `LIGHT_SWING` light is calmed, too.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64

from explorer.audio import FeatureTrack
from explorer.fields.base import FieldSettings
from explorer.fields.controls import Controls
from explorer.fields.light.columns import LINE_COLUMN, NAMES, plain_name

REACH_SECONDS = 0.6  # of the slow course, before and after a moment
SAMPLES = 71  # of the window: one a frame of the track, so that no fast change is taken for a slow one
OFFSETS = REACH_SECONDS * np.linspace(-1, 1, SAMPLES + 2)[1:-1]  # seconds; the window is zero at both ends
WEIGHTS = np.hanning(SAMPLES + 2)[1:-1] / np.hanning(SAMPLES + 2).sum()
LIGHT_COLUMNS = (*NAMES, LINE_COLUMN)
LIGHT_SWING = 0.2  # of a lit field at which its form follows the slow course alone


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
        names = [plain_name(self._controls.names[place]) for place in self._columns]
        parts, own_names = np.array([self._field.part_of(name) for name in names]).T
        is_light = np.isin(own_names, LIGHT_COLUMNS)
        shares = np.empty((len(calm), len(names)), np.float32)
        for part in {*parts}:
            shares[:, parts == part] = _shares(swings[calm], is_light[parts == part])
        values = self._controls.values.copy()
        values[np.ix_(calm, np.array(self._columns))] += shares * self._fast_part[calm]
        return Controls(values, self._controls.names)

    @cached_property
    def _fast_part(self) -> Float32[np.ndarray, "moments columns"]:
        """What is to be added to the columns at each moment to get their slow course."""
        return slow_course_steps(self._field, self._track, self.times, self._columns)


def calm_controls(
    field: FieldSettings,
    track: FeatureTrack,
    times: Float64[np.ndarray, " moments"],
    swing: float | Float[np.ndarray, " moments"],
) -> Controls:
    """`field.controls` with a swing at each moment, 0 to 1. Row n depends on times[n] and swing[n] alone."""
    return CalmControls(field, track, times).at(swing)


def _shares(
    swings: Float64[np.ndarray, " moments"], is_light: Bool[np.ndarray, " columns"]
) -> Float32[np.ndarray, "moments columns"]:
    """How far each column is moved to its slow course."""
    if not is_light.any():
        return np.repeat((1 - swings).astype(np.float32)[:, None], len(is_light), axis=1)
    form = ((swings - LIGHT_SWING) / (1 - LIGHT_SWING)).clip(0, 1)
    light = (swings / LIGHT_SWING).clip(0, 1)
    return (1 - np.where(is_light, light[:, None], form[:, None])).astype(np.float32)


def calm_columns(field: FieldSettings, names: tuple[str, ...]) -> list[int]:
    """The places of the columns that can be calmed: those that follow the sound."""
    names = tuple(map(plain_name, names))
    follows = {*field.columns_of_sound(names), *LIGHT_COLUMNS}
    return [place for place, name in enumerate(names) if name in follows]


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
    rows = controls.values[:, columns].astype(np.float64)
    values, names = rows[places.reshape(around.shape)], tuple(map(plain_name, controls.names))
    angles = field.columns_of_angles(names)
    for column, place in enumerate(columns):
        if names[place] in angles:
            values[..., column] = np.unwrap(values[..., column], axis=1)
    middle = values[:, len(OFFSETS) // 2]
    return np.asarray(np.tensordot(WEIGHTS, values, (0, 1)) - middle, np.float32)
