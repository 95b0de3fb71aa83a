"""Calm controls: the fast part of what follows the sound is reduced, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.calm import (
    HIT_COLUMNS,
    HIT_SWING,
    HOLD_SECONDS,
    HOLD_SWING,
    REACH_SECONDS,
    calm_columns,
    calm_controls,
)
from tests.tracks import made_up_track

TRACK = made_up_track(duration=12)
TIMES = np.linspace(0, 12, 49)
FIELDS = [
    CPPN(features=("bass", "onset"), drift=0.3, keyframes=[(6, {"seed": 4, "gain": 3})]),
    Patterns(family="flowing"),
    Julia(start_angle=3.0, audio_gain=2.0),
    GraphCPPN(light=True),
]


def track_of_bass(bass):
    """A track whose `bass` is a function of the time."""
    values = TRACK.values.copy()
    values[:, TRACK.names.index("bass")] = bass(TRACK.times)
    return replace(TRACK, values=values)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind)
def test_a_full_swing_changes_no_bit(field):
    plain = field.controls(TRACK, TIMES)
    calm = calm_controls(field, TRACK, TIMES, 1.0)
    assert calm.names == plain.names
    np.testing.assert_array_equal(calm.values, plain.values)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind)
def test_clocks_seeds_and_settings_stay(field):
    plain = field.controls(TRACK, TIMES)
    calm = calm_controls(field, TRACK, TIMES, 0.0)
    others = np.setdiff1d(np.arange(len(plain.names)), calm_columns(field, plain.names))
    assert plain.names.index("time") in others
    np.testing.assert_array_equal(calm.values[:, others], plain.values[:, others])
    assert not np.array_equal(calm.values, plain.values)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind)
def test_a_row_depends_on_its_moment_alone(field):
    swings = np.linspace(0, 1, len(TIMES))
    together = calm_controls(field, TRACK, TIMES, swings).values
    alone = [
        calm_controls(field, TRACK, TIMES[n : n + 1], swings[n : n + 1]).values[0] for n in range(len(TIMES))
    ]
    np.testing.assert_array_equal(together, alone)


def test_the_past_of_the_sound_and_the_columns_of_light_are_calmed():
    field = GraphCPPN(light=True)
    names = field.controls(TRACK, TIMES[:1]).names
    assert [name for place, name in enumerate(names) if place not in calm_columns(field, names)] == ["time"]
    assert sum(name.endswith("s ago") for name in names) > 100


def test_fast_changes_vanish_and_slow_ones_stay():
    field, times = CPPN(features=("bass",)), np.arange(2, 10, 0.05)
    for hertz, least, most in ((5.0, 0.0, 0.05), (0.2, 0.85, 1.0)):
        track = track_of_bass(lambda t, hertz=hertz: np.sin(2 * np.pi * hertz * t))
        plain, calm = (calm_controls(field, track, times, swing).values[:, 1] for swing in (1.0, 0.0))
        assert least <= calm.std() / plain.std() <= most


@pytest.mark.parametrize(("high", "low"), [(1.0, HOLD_SWING), (HOLD_SWING, HIT_SWING), (HIT_SWING, 0.0)])
def test_half_a_swing_is_half_way(high, low):
    field = Patterns(family="flowing", light=True)
    swings = (high, (high + low) / 2, low)
    most, half, least = (calm_controls(field, TRACK, TIMES, swing).values for swing in swings)
    assert not np.array_equal(most, least)
    np.testing.assert_allclose(half, (most + least) / 2, atol=1e-5)


def test_hits_are_held_and_flicker_between_them_vanishes():
    """Two hits a second; between them the sound rises three times more, to a third."""
    field, times = CPPN(features=("bass",)), np.arange(2.25, 10, 1 / 60)
    hit, flicker = (lambda t, period=period: (t + 0.001) % period < 0.05 for period in (0.5, 0.125))
    track = track_of_bass(lambda t: np.maximum(hit(t), flicker(t) / 3) - 0.5)
    plain, held = (calm_controls(field, track, times, swing).values[:, 1] for swing in (1.0, HOLD_SWING))
    np.testing.assert_allclose(held[hit(times)], plain[hit(times)], atol=1e-5)
    rises = np.flatnonzero(np.diff(held) > 0.1) + 1
    np.testing.assert_array_equal(rises, np.flatnonzero(np.diff(hit(times).astype(int)) > 0) + 1)
    assert (np.diff(plain) > 0.1).sum() > 3 * len(rises)
    later = held[rises[:-1] + round((0.05 + 2 * HOLD_SECONDS) * 60)]
    assert (later < plain.max() - 0.5).all()


def test_an_angle_is_calmed_across_the_end_of_its_circle():
    """A set that turns evenly is its own slow course, wherever the circle begins."""
    track = track_of_bass(np.zeros_like)
    track = replace(track, values=np.zeros_like(track.values))
    field = Julia(audio_gain=3.0, speed=4.0)
    times = np.arange(2 * REACH_SECONDS, 10, 0.1)
    plain, calm = (calm_controls(field, track, times, swing) for swing in (1.0, 0.0))
    assert np.abs(np.diff(plain.values[:, 1:3], axis=0)).max() > 6  # it passes the end of the circle
    away = (calm.values[:, 1:3] - plain.values[:, 1:3] + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(away).max() < 1e-3


def test_light_and_clocks_are_calmed_after_what_follows_the_sound():
    field = GraphCPPN(light=True)
    names = field.controls(TRACK, TIMES[:1]).names
    light = [name in HIT_COLUMNS for name in names]
    plain, first, last = (calm_controls(field, TRACK, TIMES, swing).values for swing in (1.0, HIT_SWING, 0.0))
    np.testing.assert_array_equal(first[:, light], plain[:, light])
    assert not np.array_equal(last[:, light], plain[:, light])
    np.testing.assert_array_equal(first[:, np.logical_not(light)], last[:, np.logical_not(light)])
