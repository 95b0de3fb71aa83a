"""The songs of the benchmarks: their lengths, loudness, hits and sections are what they are made to be."""

from itertools import pairwise

import numpy as np
import pytest
import soundfile

import explorer as ex
from tests.benchmarks.instruments import RATE, hertz, kick, pad, pluck
from tests.benchmarks.songs import PIECES, SECONDS, songs

LOUDNESS = {  # dBFS of each section, within 1.5 dB
    "rock": (-27, -20, -18, -20, -25, -18),
    "breakbeat": (-22, -17, -22, -14, -16, -22),
    "ambient": (-21, -18, -28, -15),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    return {song.name.removesuffix("_1"): song for song in songs(folder)}


@pytest.mark.slow  # it takes seconds to make each
@pytest.mark.parametrize("name", PIECES)
def test_a_piece_has_its_length_and_the_loudness_of_its_sections(made, name):
    samples, rate = soundfile.read(made[name].path)
    assert (len(samples), rate) == (round(SECONDS * RATE), RATE)
    assert np.abs(samples).max() == pytest.approx(0.89, abs=0.001)
    starts = [0, *made[name].boundaries, SECONDS]
    parts = [samples[round(a * RATE) : round(b * RATE)] for a, b in pairwise(starts)]
    decibels = [10 * np.log10(np.square(part).mean()) for part in parts]
    np.testing.assert_allclose(decibels, LOUDNESS[name], atol=1.5)


@pytest.mark.slow
def test_sections_are_found_where_they_are_made(made):
    for name, most in (("rock", 2), ("breakbeat", 2), ("ambient", 1)):
        track = ex.analyze(made[name].path, extras=("sections",), cache=False)
        boundary = track.values[:, track.names.index("boundary")]
        times = track.times[1:][(boundary[1:] > 0.9) & (boundary[:-1] <= 0.9)]
        missing = [at for at in made[name].boundaries if np.abs(times - at).min() > 2.5]
        assert len(missing) < most, (name, missing, times)


@pytest.mark.slow
def test_drums_hit_and_pads_do_not(made):
    hits = {}
    for name in PIECES:
        track = ex.analyze(made[name].path, cache=False)
        onset = track.values[:, track.names.index("onset")]
        peaks = (onset[1:-1] > onset[:-2]) & (onset[1:-1] >= onset[2:]) & (onset[1:-1] > -0.4)
        hits[name] = peaks.sum() / SECONDS
    assert hits["rock"] > 1.5
    assert hits["breakbeat"] > 2
    assert hits["ambient"] < 0.3


def test_instruments_sound_as_they_should():
    assert hertz("a4") == pytest.approx(440)
    assert hertz("e2") == pytest.approx(82.41, abs=0.01)
    note = pluck(440.0, 0.5)
    assert np.abs(np.fft.rfft(note)).argmax() / 0.5 == pytest.approx(440, abs=2)
    assert np.square(note[:2000]).mean() > 10 * np.square(note[-2000:]).mean()
    assert np.abs(np.fft.rfft(kick())).argmax() / 0.35 == pytest.approx(50, abs=10)
    slow = pad(("a3", "e4"), 4.0)
    assert np.square(slow[:2000]).mean() < 1e-3 * np.square(slow[80000:82000]).mean()
