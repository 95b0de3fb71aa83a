"""Sections of a sound put together from known ones, and sounds of a single one."""

import numpy as np
import pytest

from explorer.audio import FEATURES, analyze, open_sound
from explorer.audio.extras.mono import RATE
from explorer.audio.extras.sections import measure
from explorer.progress import silent
from tests.signals import noise, silence, tone, write_wav

CHORDS = ((261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (349.2, 440.0, 523.3))


def chord(notes, seconds, overtones, hiss=0.0):
    """Struck twice a second."""
    pulse = np.exp(-(np.arange(round(seconds * RATE)) / RATE % 0.5) / 0.3)
    sound = sum(
        tone(note * k, seconds, RATE, 0.1 / k) for note in notes for k in range(1, overtones + 1)
    ) * pulse + noise(seconds, RATE, hiss)
    return sound.astype(np.float32)


@pytest.fixture(scope="module")
def three_sections(tmp_path_factory):
    parts = [chord(CHORDS[0], 12, 1), chord(CHORDS[1], 9.7, 4, 0.01), chord(CHORDS[2], 11, 2, 0.05)]
    return write_wav(tmp_path_factory.mktemp("sections") / "a.wav", np.concatenate(parts), RATE)


def heard(path):
    sound = open_sound(path)
    times = np.arange(int(60 * sound.header_duration)) / 60
    return times, *measure(sound, times, silent).T


def test_three_sections_have_two_boundaries(three_sections):
    times, section, boundary = heard(three_sections)
    assert times[np.flatnonzero(np.diff(section)) + 1] == pytest.approx([12, 21.7], abs=0.5)
    assert sorted(set(section)) == [0, 1, 2]
    first = np.flatnonzero(np.diff(section)) + 1
    np.testing.assert_array_equal(boundary[first], 1)
    np.testing.assert_allclose(boundary[first + 6], 1 - 0.1 / 0.25, atol=1e-5)
    np.testing.assert_array_equal(boundary[first + 16], 0)
    assert (boundary > 0).sum() == 2 * 15


@pytest.mark.parametrize(
    "samples",
    [
        silence(15, RATE),
        noise(15, RATE),
        tone(440, 15, RATE),
        chord(CHORDS[0], 15, 3),
        chord(CHORDS[0], 2, 3),
    ],
    ids=["silence", "noise", "tone", "one chord", "short"],
)
def test_one_section_has_no_boundary(tmp_path, samples):
    _, section, boundary = heard(write_wav(tmp_path / "a.wav", samples, RATE))
    assert (section == 0).all()
    assert (boundary == 0).all()


def test_values_run_from_the_first_to_the_last_section(three_sections):
    track = analyze(three_sections, extras=("sections",))
    section, boundary = track.values[:, len(FEATURES) :].T
    np.testing.assert_array_equal(np.unique(section), [-1, 0, 1])
    assert (boundary.min(), boundary.max()) == (-1, 1)
