"""Calm controls: the fast part of what follows the sound is reduced, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.fields import CPPN, GraphCPPN, Julia, Patterns
from explorer.fields.calm import (
    FLICKER_SWING,
    GATE_SWING,
    HIT_COLUMNS,
    HIT_SWING,
    MAX_SPACING,
    REACH_SECONDS,
    calm_columns,
    calm_controls,
    gate_openings,
    onset_peaks,
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
    for hertz, low, high in ((5.0, 0.0, 0.05), (0.2, 0.85, 1.0)):
        track = track_of_bass(lambda t, hertz=hertz: np.sin(2 * np.pi * hertz * t))
        plain, calm = (calm_controls(field, track, times, swing).values[:, 1] for swing in (1.0, 0.0))
        assert low <= calm.std() / plain.std() <= high


@pytest.mark.parametrize(("high", "low"), [(1.0, FLICKER_SWING), (GATE_SWING, HIT_SWING), (HIT_SWING, 0.0)])
def test_half_a_swing_is_half_way(high, low):
    field = Patterns(family="flowing", light=True)
    swings = (high, (high + low) / 2, low)
    free, half, calm = (calm_controls(field, TRACK, TIMES, swing).values for swing in swings)
    assert not np.array_equal(free, calm)
    if high < 1:  # above, the spacing is that of the end
        np.testing.assert_allclose(half, (free + calm) / 2, atol=1e-5)
    assert (np.abs(half - calm) <= np.abs(free - calm) + 1e-5).all()


def track_of_hits(seconds, strengths):
    """A track that is silent but for hits of these strengths, in `onset` and `bass`."""
    track = track_of_bass(lambda t: np.full_like(t, -1))
    onset, bass = (track.names.index(name) for name in ("onset", "bass"))
    track.values[:, onset] = -1
    for second, strength in zip(seconds, strengths, strict=True):
        frame = round(60 * second)
        track.values[frame, onset] = track.values[frame : frame + 2, bass] = 2 * strength - 1
    return track


def levels(track, times, swing):
    """How far bass is above its slow course, with a swing."""
    field = CPPN(features=("bass",))
    calm, slow = (calm_controls(field, track, times, each).values[:, 1] for each in (swing, 0.0))
    return calm - slow


def test_a_hit_stays_and_flicker_between_hits_vanishes():
    """Two hits a second; between them the sound rises three times more without an onset."""
    times = np.arange(2, 10, 1 / 60)
    track = track_of_hits(np.arange(0, 12, 0.5), np.ones(24))
    hit, flicker = (lambda t, period=period: (t + 0.001) % period < 0.03 for period in (0.5, 0.125))
    track.values[:, track.names.index("bass")] = np.maximum(hit(track.times), flicker(track.times) / 3) - 0.5
    plain, calm = (levels(track, times, swing) for swing in (1.0, FLICKER_SWING))
    np.testing.assert_allclose(calm[hit(times)], plain[hit(times)], atol=1e-5)
    between = flicker(times) & ~hit(times)
    assert (plain[between] > 0.1).all()
    np.testing.assert_allclose(calm[between], 0, atol=1e-5)


def test_the_weaker_of_near_hits_goes_before_strong_ones_swing_less():
    """Four hits a second: each second one is strong. Their spacing to a stronger one is a quarter second."""
    seconds, strengths = np.arange(0, 12, 0.25), np.tile((1.0, 0.6), 24)
    track = track_of_hits(seconds, strengths)
    inner = (seconds > 2) & (seconds < 10)
    strong, weak = (seconds[inner & (strengths == strength)] for strength in (1.0, 0.6))
    for swing, strong_share, weak_share in ((FLICKER_SWING, 1, 1), (GATE_SWING, 1, 0), (0.1, 0.25, 0)):
        for times, share in ((strong, strong_share), (weak, weak_share)):
            np.testing.assert_allclose(
                levels(track, times, swing), share * levels(track, times, 1.0), atol=1e-5
            )


def test_the_distance_of_an_onset_from_a_stronger_one():
    """Of two alike the earlier is the stronger; what is far counts as twice the largest spacing."""
    seconds, far = (1.0, 1.2, 1.5, 4.0, 4.3), 2 * MAX_SPACING
    peaks = onset_peaks(track_of_hits(seconds, (0.5, 0.9, 0.6, 0.7, 0.7)))
    np.testing.assert_allclose(peaks, np.column_stack((seconds, (0.2, far, 0.3, far, 0.3))), atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(strengths=st.lists(st.floats(0.1, 1), min_size=2, max_size=60))
def test_no_gate_opens_more_often_than_three_times_a_second_at_its_closest(strengths):
    seconds = np.arange(len(strengths)) / 12
    track = track_of_hits(seconds, strengths)
    times = np.arange(0, 5, 1 / 60)
    spacings = np.full(len(times), MAX_SPACING)
    open_at = gate_openings(onset_peaks(track), times, spacings) == 1
    starts = times[1:][np.diff(open_at.astype(int)) == 1]
    assert (np.diff(starts) > MAX_SPACING - 0.05).all()


def test_a_track_without_onsets_has_no_gate_to_open():
    silent = replace(TRACK, values=np.full_like(TRACK.values, -1))
    plain = replace(TRACK, values=TRACK.values[:, :3], names=TRACK.names[:3])
    assert onset_peaks(silent).shape == onset_peaks(plain).shape == (0, 2)
    assert not gate_openings(onset_peaks(plain), TIMES, np.zeros(len(TIMES))).any()


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
