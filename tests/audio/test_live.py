"""The live analysis: sounds with known answers, nothing of the future, one order of everything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from explorer.audio import open_sound
from explorer.audio.live import (
    HOP,
    LIVE_FEATURES,
    RATE,
    WINDOW,
    LiveAnalysis,
    live_features,
    live_features_of,
    live_width,
    live_windows,
)
from tests.signals import music, noise, silence, tone, write_wav

FULL = WINDOW // HOP + 1  # the first frame whose window lies wholly in the sound


def columns(samples):
    return dict(zip(LIVE_FEATURES, live_features(samples).T, strict=True))


@pytest.mark.parametrize("frequency", [440, 1000, 5000])
def test_a_tone(frequency):
    found = {name: column[FULL:] for name, column in columns(tone(frequency, 1, RATE, 0.5)).items()}
    assert found["centroid"] * 24000 == pytest.approx(frequency, rel=0.03)  # a rounding-off tail is heard too
    assert found["rolloff"] * 24000 == pytest.approx(frequency, abs=RATE / WINDOW)
    assert found["zcr"] == pytest.approx(2 * frequency / RATE, abs=1.01 / (WINDOW - 1))
    assert found["rms"] == pytest.approx(1 + 20 * np.log10(0.5 / np.sqrt(2)) / 80, abs=1e-4)
    assert found["flux"][1:].max() < 0.02


def test_white_noise_is_even():
    """Half of the sign changes, the middle of the frequencies, 85 % of them below the rolloff."""
    found = {name: column[FULL:].mean() for name, column in columns(noise(4, RATE, 0.1)).items()}
    assert found["centroid"] == pytest.approx(0.5, abs=0.01)
    assert found["rolloff"] == pytest.approx(0.85, abs=0.01)
    assert found["zcr"] == pytest.approx(0.5, abs=0.01)
    assert found["rms"] == pytest.approx(0.75, abs=0.005)  # -20 dBFS


def test_a_click_is_an_onset_in_the_first_frame_that_hears_it():
    samples = silence(1, RATE)
    samples[24000 + 10] = 1  # between frames 30 and 31
    found = columns(samples)
    assert found["onset"][:31].max() == 0
    assert found["onset"][31:34].max() > 0.1
    assert found["rms"][34:].max() == 0  # three frames later the window has passed
    assert found["onset"].argmax() in (31, 32)


def test_flux_of_a_jump_is_what_the_equation_says():
    """From silence to a spectrum X: log(1 + 100 mean sqrt|X|)."""
    samples = silence(1, RATE)
    samples[HOP:] = noise(1, RATE)[HOP:]
    window = np.zeros(WINDOW)
    window[-HOP:] = samples[HOP : 2 * HOP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    magnitudes = np.abs(np.fft.rfft(hann * window)) * 2 / hann.sum()
    found = columns(samples)
    assert found["flux"][2] == pytest.approx(np.log1p(100 * np.sqrt(magnitudes).mean()), rel=1e-5)
    assert found["onset"][2] == found["flux"][2]


def test_onset_is_flux_above_the_mean_of_the_thirty_before():
    found = columns(music(3, RATE))
    flux = found["flux"].astype(float)
    for n in (1, 2, 17, 30, 31, 100):
        assert found["onset"][n] == pytest.approx(max(0, flux[n] - flux[max(0, n - 30) : n].mean()), abs=1e-6)


@pytest.mark.parametrize("samples", [0, 1, 799, 800, 801, 48000])
def test_silence_of_any_length_is_zero(samples):
    found = live_features(np.zeros(samples, np.float32))
    assert found.shape == (samples // HOP + 1, 6)
    assert (found == 0).all()


def test_a_constant_has_a_level_and_no_crossings():
    found = columns(np.full(RATE, 0.1, np.float32))
    assert found["rms"][-1] == pytest.approx(0.75, abs=1e-6)
    assert found["zcr"][-1] == 0
    assert found["rolloff"][-1] * 24000 < RATE / WINDOW


@given(st.integers(0, 40000), st.integers(1, 9000))
@settings(max_examples=25, deadline=None)
def test_nothing_depends_on_what_comes_later_or_on_how_it_arrives(end, size):
    samples = music(1, RATE)[:end]
    whole = live_features(music(1, RATE))
    analysis = LiveAnalysis()
    parts = [analysis.push(samples[first : first + size]) for first in range(0, max(end, 1), size)]
    np.testing.assert_allclose(np.concatenate(parts), whole[: end // HOP + 1], rtol=0, atol=1e-6)


def test_a_file_of_another_rate_and_two_channels_is_the_same_sound(tmp_path):
    chance = np.random.default_rng(0)
    low = lfilter([0.1], [1, -0.9], chance.standard_normal(44100)).astype(np.float32)  # little near Nyquist
    path = write_wav(tmp_path / "a.wav", np.stack([low, low], axis=1), 44100)
    import soxr

    expected = live_features(soxr.resample(low, 44100, RATE, quality="HQ"))
    found = live_features_of(open_sound(path))
    assert abs(len(found) - len(expected)) <= 1
    rows = min(len(found), len(expected)) - 4
    np.testing.assert_allclose(found[:rows], expected[:rows], atol=1e-4)


def test_a_file_at_the_rate_is_taken_as_it_is(tmp_path):
    path = write_wav(tmp_path / "a.wav", music(2, RATE), RATE)
    np.testing.assert_allclose(live_features_of(open_sound(path)), live_features(music(2, RATE)), atol=1e-6)


@pytest.mark.parametrize(("delta", "second", "width"), [(0, 0, 6), (1, 0, 12), (0, 1, 18), (1, 1, 18)])
def test_windows_have_their_width_for_every_length(delta, second, width):
    assert live_width(bool(delta), bool(second)) == width
    for frames in (1, 2, 9, 10, 50):
        values = np.random.default_rng(0).random((frames, 6), np.float32)
        assert live_windows(values, 10, bool(delta), bool(second)).shape == (frames, 10 * width)


def test_windows_are_oldest_first_and_values_deltas_second_deltas_within_a_frame():
    values = np.arange(5, dtype=np.float32)[:, None] ** 2 + np.arange(6, dtype=np.float32) / 8
    found = live_windows(values, 3, include_delta_delta=True).reshape(
        5, 3, 3, 6
    )  # frame, age, order, feature
    np.testing.assert_array_equal(found[4, :, 0], values[2:5])
    np.testing.assert_array_equal(found[4, :, 1, 0], [3, 5, 7])
    np.testing.assert_array_equal(found[4, :, 2, 0], [2, 2, 2])
    np.testing.assert_array_equal(found[1, :, 1, 0], [0, 0, 1])  # frame 0 repeats and changes nothing
    np.testing.assert_array_equal(found[1, :, 2, 0], [0, 0, 1])
    np.testing.assert_array_equal(live_windows(values, 1), values)
