"""Normalised values: in [-1, 1], at rest in silence, the same at any gain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from explorer.audio.features import FEATURES, TIMBRES, AnalysisSettings
from explorer.audio.normalize import attack_and_release, normalize, peak_level, smooth
from explorer.audio.spectral import measure
from tests.signals import click_track, music, noise, silence, tone

RATE = 22050
REST = np.array([0 if name in TIMBRES else -1 for name in FEATURES], np.float32)


def values(samples, **chosen):
    """Normalised columns by name."""
    raw, _ = measure([samples[:, None]], RATE, 60)
    return dict(zip(FEATURES, normalize(raw, AnalysisSettings(**chosen)).T, strict=True))


def table(samples, **chosen):
    return np.stack(list(values(samples, **chosen).values()), axis=1)


@pytest.mark.parametrize("gain", [0.03, 0.5, 3.0])
def test_a_gain_leaves_the_values_alone(gain):
    samples = music(5, RATE)
    np.testing.assert_allclose(table(samples * np.float32(gain)), table(samples), atol=1e-3)


def test_pure_silence_rests_exactly():
    np.testing.assert_array_equal(table(silence(1, RATE)), np.tile(REST, (60, 1)))


def test_a_track_that_is_only_a_noise_floor_rests():
    np.testing.assert_array_equal(table(noise(2, RATE, 1e-4)), np.tile(REST, (120, 1)))


def test_a_quiet_track_is_as_alive_as_a_loud_one():
    assert table(noise(2, RATE, 3e-3))[:, FEATURES.index("rms")].max() > 0.9


@pytest.mark.parametrize("floor", [0, 1e-5, 3e-4])
def test_rests_between_sounds_are_at_rest(floor):
    samples = np.concatenate([music(3, RATE), silence(3, RATE), music(3, RATE)]) + noise(9, RATE, floor)
    resting = table(samples)[240:300]  # a second from the sounds on either side
    np.testing.assert_allclose(resting, np.tile(REST, (len(resting), 1)), atol=1e-6)


def test_one_loud_hit_does_not_flatten_the_rest():
    beats = np.arange(0.25, 60, 0.25)
    samples = click_track(beats, 60, RATE, amplitude=0.05)
    samples[round(30 * RATE)] = 1.0
    rms = values(samples)["rms"]
    assert np.median(rms[np.rint(beats * 60).astype(int)]) > 0.8


def test_hits_peak_in_their_own_frame_and_rest_soon():
    onset = values(click_track([0.5, 1.5], 2, RATE), release=0.25)["onset"]
    assert [int(onset[:60].argmax()), 60 + int(onset[60:].argmax())] == pytest.approx([30, 90], abs=1)
    assert onset[30:60].min() == -1
    assert (onset > -0.9).mean() < 0.3


def test_centroid_goes_up_with_pitch_and_rests_between():
    rise = np.concatenate([tone(300, 1, RATE), silence(2, RATE), tone(1200, 1, RATE)])
    centroid = values(rise)["centroid"]
    assert centroid[30] < -0.9
    assert centroid[210] > 0.9
    assert centroid[120] == pytest.approx(0, abs=1e-4)


def test_a_pitch_that_hardly_moves_hardly_swings():
    vibrato = 1000 * 2 ** (
        0.02 * np.sin(2 * np.pi * 3 * np.arange(4 * RATE) / RATE)
    )  # a fiftieth of an octave
    samples = 0.5 * np.sin(2 * np.pi * np.cumsum(vibrato) / RATE)
    centroid = values(samples.astype(np.float32))["centroid"]
    assert np.abs(centroid[6:-6]).max() < 0.1


def test_smoothing_is_centred_and_keeps_the_mean():
    pulse = np.zeros(201)
    pulse[100] = 1
    smoothed = smooth(pulse, 5.0)
    assert smoothed.sum() == pytest.approx(1)
    np.testing.assert_allclose(smoothed, smoothed[::-1])
    assert smoothed[100] == pytest.approx(1 / (5 * np.sqrt(2 * np.pi)), rel=1e-3)


def test_release_falls_and_attack_rises_in_a_straight_line_of_given_seconds():
    pulse = np.zeros(61)
    pulse[30] = 1
    held = attack_and_release(pulse, AnalysisSettings(release=0.25, attack=0.1))
    np.testing.assert_allclose(held[30:46], 1 - np.arange(16) / 15, atol=1e-12)
    np.testing.assert_allclose(held[24:31], np.arange(7) / 6, atol=1e-12)
    assert not held[:24].any()
    assert not held[46:].any()


def test_full_scale_is_a_percentile_of_peaks_not_of_frames():
    peaks = np.zeros(6000)
    peaks[30::60] = np.linspace(1, 2, 100)
    assert peak_level(peaks, AnalysisSettings(peak_percentile=98)) == pytest.approx(1.98, abs=0.01)


FLOATS = st.floats(0, 1e6, width=32)


@settings(max_examples=40, deadline=None)
@given(
    raw=arrays.arrays(np.float32, st.tuples(st.integers(1, 80), st.just(len(FEATURES))), elements=FLOATS),
    smoothing=st.floats(0, 2),
    attack=st.floats(0, 2),
    release=st.floats(0, 2),
    fps=st.floats(1, 240),
)
def test_values_are_always_finite_and_within_bounds(raw, smoothing, attack, release, fps):
    chosen = AnalysisSettings(smoothing=smoothing, attack=attack, release=release, fps=fps)
    found = normalize(raw, chosen)
    assert found.shape == raw.shape
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1


@settings(max_examples=20, deadline=None)
@given(samples=arrays.arrays(np.float32, st.integers(1, 4000), elements=st.floats(-100, 100, width=32)))
def test_any_sound_at_all_gives_values_within_bounds(samples):
    found = table(samples)
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1
