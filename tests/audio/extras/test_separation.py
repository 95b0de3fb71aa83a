"""What rings and what hits, told apart in sounds that are known to be one or the other."""

import numpy as np
import pytest

from explorer.audio import FEATURES, analyze, open_sound
from explorer.audio.extras import mono
from explorer.audio.extras.mono import RATE
from explorer.audio.extras.separation import levels, measure, percussive, percussive_share
from explorer.compilation import librosa
from explorer.progress import silent
from tests.signals import click_track, music, tone, write_wav

HITS = np.array([1.0, 1.5083, 2.4, 3.3337])  # seconds, on and between frames
TIMES = np.arange(240) / 60


def held_chord(seconds, rate):
    return sum(tone(note, seconds, rate, 0.15) for note in (220.0, 277.18, 329.63))


@pytest.mark.parametrize("rate", [22050, 44100, 48000])
def test_clicks_over_a_chord(tmp_path, rate):
    sound = open_sound(write_wav(tmp_path / "a.wav", held_chord(4, rate) + click_track(HITS, 4, rate), rate))
    harmonic, hits = measure(sound, TIMES, silent).T
    for moment in HITS:
        around = np.flatnonzero(np.abs(TIMES - moment) < 0.2)
        assert abs(TIMES[around[hits[around].argmax()]] - moment) <= 1 / 60
    between = np.abs(TIMES[:, None] - HITS).min(axis=1) > 0.1
    inner = (TIMES > 0.5) & (TIMES < 3.5)
    chord = 0.15 * np.sqrt(3 / 2)
    assert hits[between & inner].max() < 0.02 * chord
    # Under 46 ms the beating of the chord shows; hits change it by no more than that.
    alone = levels(librosa.resample(held_chord(4, rate), orig_sr=rate, target_sr=RATE), TIMES)
    np.testing.assert_allclose(harmonic[inner], alone[inner], atol=0.1 * chord)


def test_the_share_is_that_of_librosa():
    magnitudes = np.abs(librosa.stft(music(3, RATE)))
    _, expected = librosa.decompose.hpss(magnitudes, mask=True)
    np.testing.assert_allclose(percussive_share(magnitudes), expected, atol=1e-6)


def test_pieces_leave_no_seam(monkeypatch):
    monkeypatch.setattr(mono, "PIECE_ROWS", 130)
    sound = music(8, RATE)  # three pieces
    spectra = librosa.stft(sound)
    _, hits = librosa.decompose.hpss(spectra)
    whole = librosa.istft(hits, length=len(sound))
    inner = slice(RATE, -RATE)  # librosa continues the sound beyond its ends in another way
    np.testing.assert_allclose(percussive(sound, silent)[inner], whole[inner], atol=1e-4)


def test_a_part_that_is_missing_rests(tmp_path):
    chord = analyze(write_wav(tmp_path / "chord.wav", held_chord(3, 44100)), extras=("separation",))
    clicks = analyze(write_wav(tmp_path / "clicks.wav", click_track([1.0, 2.0], 3)), extras=("separation",))
    inner = slice(60, -60)  # its beginning and its end are hits
    at = len(FEATURES)
    assert chord.values[inner, at].min() > 0.9
    assert (chord.values[inner, at + 1] == -1).all()
    assert (clicks.values[:, at] == -1).all()
    assert clicks.values[[60, 120], at + 1] == pytest.approx([1, 1])
