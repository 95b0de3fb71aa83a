"""Raw features of sounds whose answers are known."""

import numpy as np
import pytest

from explorer.audio import spectral
from explorer.audio.features import FEATURES
from explorer.audio.spectral import measure
from explorer.compilation import librosa
from tests.signals import click_track, music, noise, silence, tone

RATES = [8000, 22050, 44100, 48000]
AWKWARD = np.array([0.0, 0.2083, 0.5, 0.7417, 1.01, 1.3337, 1.7, 2.0251])  # seconds, on and between frames


def features(samples, rate=44100, fps=60, size=10**6):
    """Raw columns by name."""
    column = samples.reshape(len(samples), -1)
    blocks = (column[first : first + size] for first in range(0, len(column), size))
    raw, _ = measure(blocks, rate, fps)
    return dict(zip(FEATURES, raw.T, strict=True))


def steady(column):
    """A column away from the edges of the sound, where windows are whole."""
    return column[4:-4]


@pytest.mark.parametrize("rate", [*RATES, 192000])
@pytest.mark.parametrize("frequency", [440, 1000, 3000])
def test_a_tone_has_its_own_frequency(rate, frequency):
    found = features(tone(frequency, 1, rate), rate)
    assert steady(found["centroid"]) == pytest.approx(frequency, rel=0.01)
    assert steady(found["rolloff"]) == pytest.approx(frequency, abs=50)  # within two bins
    assert steady(found["zcr"]) == pytest.approx(2 * frequency / rate, rel=0.05)


def test_noise_is_flat_and_a_tone_is_not():
    """The power of noise in a bin is exponentially distributed, with a geometric mean of exp(-gamma)."""
    assert steady(features(noise(4))["flatness"]).mean() == pytest.approx(np.exp(-np.euler_gamma), rel=0.05)
    assert steady(features(tone(440, 1))["flatness"]).max() < 1e-3
    assert (features(silence(1))["flatness"] == 0).all()


@pytest.mark.parametrize("amplitude", [0.9, 0.01])
@pytest.mark.parametrize(("frequency", "band"), [(100, "bass"), (1000, "mid"), (3500, "treble")])
@pytest.mark.parametrize("rate", RATES)
def test_a_tone_has_its_level_in_its_own_band(rate, frequency, band, amplitude):
    found = features(tone(frequency, 1, rate, amplitude), rate)
    assert steady(found["rms"]) == pytest.approx(amplitude / np.sqrt(2), rel=0.01)
    assert steady(found[band]) == pytest.approx(amplitude / np.sqrt(2), rel=0.01)
    for other in {"bass", "mid", "treble"} - {band}:
        assert steady(found[other]).max() < 0.01 * amplitude


def test_bands_of_noise_follow_their_widths():
    found = features(noise(20))
    widths = np.array([300, 2480, 8225]) / 22050
    expected = 0.1 * np.sqrt(widths)
    measured = [np.sqrt(np.mean(np.square(found[name]))) for name in ("bass", "mid", "treble")]
    assert measured == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("shape", ["click", "burst"])
def test_every_click_is_an_onset_within_one_frame(rate, shape):
    samples = click_track(AWKWARD, 2.5, rate)
    if shape == "burst":
        samples = np.convolve(samples, tone(700, 0.1, rate, 1) * np.exp(-np.arange(rate // 10) / (rate / 50)))
    onset = features(samples.astype(np.float32), rate)["onset"]
    padded = np.pad(onset, 1)
    peaks = np.flatnonzero((onset > 0.2 * onset.max()) & (onset >= padded[:-2]) & (onset > padded[2:]))
    assert len(peaks) == len(AWKWARD)
    assert np.abs(peaks / 60 - AWKWARD).max() <= 1 / 60


def test_no_drift_after_five_minutes():
    rate = 22050  # a frame is 367.5 samples
    samples = silence(300, rate)
    samples[round(299.5 * rate)] = 1
    onset = features(samples, rate)["onset"]
    assert abs(int(onset.argmax()) - 299.5 * 60) <= 1


def test_no_sound_falls_between_slow_frames():
    for time in (0.25, 0.26, 1.2, 1.74):
        assert features(click_track([time], 2.0), fps=2)["rms"].max() > 1e-4


def test_a_steady_tone_neither_changes_nor_begins():
    found = features(tone(440, 2))
    for name in ("flux", "onset"):
        assert steady(found[name]).max() < 5e-3 * found[name][:3].max()


def test_silence_is_zero_in_every_feature():
    assert all((column == 0).all() for column in features(silence(1)).values())


@pytest.mark.parametrize("rate", [8000, 44100, 192_000])
def test_timbres_have_the_bits_of_librosa(rate):
    window = spectral.SpectralWindow(spectral.LEVEL_WINDOW_SECONDS, rate, 30)
    levels = np.array([1, 1e-3, 1e-20, 1e-30, 1e-42, 0, 1e12], np.float32)[:, None]
    frames = levels * np.random.RandomState(7).randn(7, window.width).astype(np.float32)
    magnitudes = window.magnitudes(frames)
    same = {"S": magnitudes.T, "freq": window.frequencies}
    for ours, theirs in (
        (spectral.spectral_centroid(magnitudes, window), librosa.feature.spectral_centroid(**same)),
        (
            spectral.spectral_rolloff(magnitudes, window),
            librosa.feature.spectral_rolloff(**same, roll_percent=0.85),
        ),
    ):
        np.testing.assert_array_equal(ours, theirs[0].astype(np.float32))
    power = np.square(magnitudes[:2] / magnitudes[:2].max(axis=1, keepdims=True))
    theirs = librosa.feature.spectral_flatness(S=power.T, power=1.0, amin=spectral.MIN_RELATIVE_POWER)[0]
    np.testing.assert_array_equal(spectral.spectral_flatness(power), theirs)


@pytest.mark.parametrize("size", [1000, 32768, 99999])
def test_blocks_of_any_size_give_the_same_bits(size):
    samples = music(5)
    whole, blockwise = features(samples), features(samples, size=size)
    for name in FEATURES:
        np.testing.assert_array_equal(whole[name], blockwise[name], err_msg=name)


def test_a_gain_is_a_plain_factor_of_levels_and_nothing_to_timbres():
    loud, quiet = features(music(2)), features(music(2) * np.float32(0.25))
    for name in FEATURES:
        factor = {"flux": 0.5, "onset": 0.5, "centroid": 1, "rolloff": 1, "zcr": 1, "flatness": 1}.get(
            name, 0.25
        )
        np.testing.assert_allclose(quiet[name], loud[name] * factor, rtol=1e-4, atol=1e-7, err_msg=name)


def test_channels_that_agree_equal_mono():
    mono, surround = music(1), np.repeat(music(1)[:, None], 6, axis=1)
    for name, column in features(mono).items():
        np.testing.assert_allclose(features(surround)[name], column, rtol=1e-3, atol=1e-5, err_msg=name)
