"""Notes by name: pure ones, chords, out of tune, and none."""

import numpy as np
import pytest

from explorer.audio import FEATURES, analyze, open_sound
from explorer.audio.extras.chroma import measure, tuning
from explorer.audio.extras.mono import RATE
from explorer.audio.features import NOTES
from explorer.progress import silent
from tests.signals import noise, silence, tone, write_wav

A4 = 440.0


def pitch(note, octave=4, tuned=0.0):
    """Hz of a note, `tuned` semitones above concert pitch."""
    return A4 * 2 ** ((NOTES.index(note) - 9 + tuned) / 12 + octave - 4)


def shares(tmp_path, samples, rate=44100):
    """Mean share of each note away from the edges of the sound."""
    sound = open_sound(write_wav(tmp_path / "a.wav", samples, rate))
    seconds = len(samples) / rate
    return measure(sound, np.arange(0.6, seconds - 0.6, 1 / 60), silent).mean(axis=0)


@pytest.mark.parametrize("note", NOTES)
def test_a_pure_note_is_that_note_alone(tmp_path, note):
    octave = 2 + NOTES.index(note) % 5
    found = shares(tmp_path, tone(pitch(note, octave), 2))
    assert found[NOTES.index(note)] > 0.95
    assert found.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("tuned", [-0.4, -0.15, 0.3, 0.45])
def test_a_sound_out_of_tune_has_its_own_notes(tmp_path, tuned):
    samples = tone(pitch("e", 4, tuned), 2, RATE)
    assert tuning(samples, silent) == pytest.approx(tuned, abs=0.03)
    assert shares(tmp_path, samples, RATE)[NOTES.index("e")] > 0.95


def test_a_chord_has_its_three_notes(tmp_path):
    found = shares(tmp_path, sum(tone(pitch(note), 2, amplitude=0.2) for note in ("c", "e", "g")))
    np.testing.assert_allclose(found[[NOTES.index(note) for note in ("c", "e", "g")]], 1 / 3, atol=0.03)


def test_noise_has_no_note(tmp_path):
    assert shares(tmp_path, noise(4)).max() < 0.15


def test_a_change_of_note_is_heard_when_it_happens(tmp_path):
    samples = np.concatenate([tone(pitch("c", 5), 2), tone(pitch("fs", 5), 2)])
    found = measure(open_sound(write_wav(tmp_path / "a.wav", samples)), np.arange(240) / 60, silent)
    crossing = np.flatnonzero(found[:, NOTES.index("fs")] > found[:, NOTES.index("c")])[0]
    assert crossing / 60 == pytest.approx(2.0, abs=1.5 / 60)


def test_values_span_absence_to_presence_and_rest_in_silence(tmp_path):
    samples = np.concatenate([tone(pitch("c"), 2), silence(2), tone(pitch("d"), 2)])
    track = analyze(write_wav(tmp_path / "a.wav", samples), extras=("chroma",))
    notes = track.values[:, len(FEATURES) :]
    assert notes[60, :3] == pytest.approx([1, -1, -1], abs=0.2)
    assert notes[300, :3] == pytest.approx([-1, -1, 1], abs=0.2)
    assert (notes[160:200] == -1).all()
    assert (track.raw[160:200, len(FEATURES) :] == 0).all()
