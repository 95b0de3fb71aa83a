"""Beats of sounds whose beats are known, and sounds that have none."""

import numpy as np
import pytest

from explorer.audio import open_sound
from explorer.audio.extras.beats import measure, normalize
from explorer.audio.extras.mono import RATE
from explorer.audio.features import AnalysisSettings
from explorer.progress import silent
from tests.signals import click_track, noise, silence, tone, write_wav

FPS = 60


def heard(tmp_path, samples, rate=RATE):
    """Times, phases and tempos."""
    times = np.arange(len(samples) * FPS // rate) / FPS
    sound = open_sound(write_wav(tmp_path / "a.wav", samples, rate))
    return times, *measure(sound, times, silent).T


def zeros_of(times, phase):
    """Times at which the phase passes from 1 to 0, by its slope."""
    before = np.flatnonzero(np.diff(phase) < -0.5)
    rate = np.median(np.diff(phase)[np.diff(phase) > 0])
    return times[before] + (1 - phase[before]) / rate / FPS


@pytest.mark.parametrize(("bpm", "rate"), [(90, 22050), (120, 48000), (150, 22050)])
def test_a_click_track_has_its_tempo_and_its_beats(tmp_path, bpm, rate):
    clicks = np.arange(0.7137, 15, 60 / bpm)
    times, phase, tempo = heard(tmp_path, click_track(clicks, 16, rate), rate)
    beating = (times > clicks[0]) & (times < clicks[-2])
    assert tempo[beating] == pytest.approx(bpm, rel=0.02)
    zeros = zeros_of(times[beating], phase[beating])
    assert len(zeros) >= len(clicks) - 4
    assert np.abs(zeros[:, None] - clicks).min(axis=1).max() < 0.025
    assert phase.min() >= 0
    assert phase.max() < 1


def test_a_tempo_that_drifts_is_followed(tmp_path):
    clicks = 0.5 + np.cumsum(np.linspace(0.52, 0.47, 40))
    times, phase, tempo = heard(tmp_path, click_track(clicks, 22, RATE))
    beating = (times > clicks[5]) & (times < clicks[-5])
    zeros = zeros_of(times[beating], phase[beating])
    assert np.abs(zeros[:, None] - clicks).min(axis=1).max() < 0.025
    assert tempo[beating][[0, -1]] == pytest.approx([60 / 0.515, 60 / 0.475], rel=0.03)


def test_soft_kicks_are_met_and_not_followed_late(tmp_path):
    kick = tone(60, 0.2, RATE) * np.exp(-np.arange(round(0.2 * RATE)) / (0.05 * RATE))
    clicks = np.arange(0.4, 15, 0.5)
    samples = np.convolve(click_track(clicks, 16, RATE), kick)[: 16 * RATE].astype(np.float32)
    times, phase, _ = heard(tmp_path, samples + noise(16, RATE, 0.002))
    beating = (times > clicks[1]) & (times < clicks[-2])
    zeros = zeros_of(times[beating], phase[beating])
    assert np.abs(zeros[:, None] - clicks).min(axis=1).max() < 0.025


@pytest.mark.parametrize(
    "samples",
    [
        silence(10, RATE),
        noise(10, RATE),
        tone(440, 10, RATE),
        click_track(np.cumsum(np.random.default_rng(1).exponential(0.4, 40)) % 19.9, 20, RATE),
        click_track([1.0, 1.5, 2.0], 3.0, RATE),
    ],
    ids=["silence", "noise", "tone", "accidental clicks", "three clicks"],
)
def test_without_a_clear_beat_there_is_none(tmp_path, samples):
    _, phase, tempo = heard(tmp_path, samples)
    assert (phase == 0).all()
    assert (tempo == 0).all()


def test_a_beat_ends_where_it_ends(tmp_path):
    samples = np.concatenate([click_track(np.arange(0.5, 15, 0.5), 15, RATE), noise(15, RATE, 0.005)])
    times, _, tempo = heard(tmp_path, samples)
    assert (tempo[(times > 1) & (times < 13)] > 0).all()
    assert (tempo[times > 18] == 0).all()


def test_the_wave_is_1_on_the_beat_and_rests_without_one(tmp_path):
    clicks = np.arange(5.5, 15, 0.5)
    times, phase, tempo = heard(tmp_path, click_track(clicks, 20, RATE))
    wave, octaves = normalize(
        np.stack([phase, tempo], axis=1), np.ones(len(times)), AnalysisSettings()
    ).T.astype(np.float64)
    on = np.rint(clicks[1:-2] * FPS).astype(int)
    assert wave[on] == pytest.approx(np.ones(len(on)), abs=0.05)
    assert wave[times < 5] == pytest.approx(-1)
    assert np.abs(np.diff(wave)).max() < 1.5 * 2 * np.pi / (0.5 * FPS)  # nowhere a jump
    assert octaves == pytest.approx(0, abs=0.03)
    twice = normalize(
        np.array([[0, 240.0], [0, 60.0], [0, 30.0]], np.float32), np.ones(3), AnalysisSettings()
    )
    np.testing.assert_array_equal(twice[:, 1], [1, -1, -1])
