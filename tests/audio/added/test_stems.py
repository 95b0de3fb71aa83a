"""Stems: the features of each voice, from files of any rate and length, and what does not fit is reported."""

import re

import numpy as np
import pytest

import explorer as ex
from explorer.errors import ExplorerWarning, SettingsError, SoundError
from tests.signals import music, noise, silence, write_wav


@pytest.fixture
def song(tmp_path):
    return write_wav(tmp_path / "song.wav", music(4.0))


def test_a_folder_gives_the_features_of_every_voice_but_the_song(song, tmp_path):
    folder = tmp_path / "stems"
    folder.mkdir()
    write_wav(folder / "Song.wav", music(4.0))
    write_wav(folder / "song - Drums.wav", 0.5 * music(4.0))
    write_wav(folder / "pad.wav", noise(4.0, rate=22050), rate=22050)
    track = ex.analyze(song, stems=folder)
    assert [stem.name for stem in track.added.stems] == ["pad", "drums"]
    assert len(track.names) == 30
    drums, own = (track.at(track.times, (name,)) for name in ("drums_onset", "onset"))
    np.testing.assert_allclose(drums, own, atol=0.02)  # a gain does not matter
    assert ex.analyze(song).names == track.names[:10]  # the cache holds no stems


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (silence(4.0), "stem 'drums' (drums.wav) is silent: its columns stay at rest"),
        (music(2.0), "lasts 2.00 s, the song 4.00 s; it is at rest after its end"),
        (np.concatenate([silence(0.7), music(3.3)]), "seems 0.70 s late; export it from the same start"),
    ],
    ids=["silent", "short", "offset"],
)
def test_a_stem_that_does_not_fit_is_reported(song, tmp_path, samples, words):
    with pytest.warns(ExplorerWarning, match=re.escape(words)):
        track = ex.analyze(song, stems={"drums": write_wav(tmp_path / "drums.wav", samples)}, cache=False)
    assert track.at(3.9, ("drums_rms",)) == -1 or "seems" in words
    assert np.isfinite(track.values).all()


def test_stems_that_cannot_be_used_are_refused(song, tmp_path):
    (tmp_path / "empty").mkdir()
    for stems, error, words in (
        (tmp_path / "none", SettingsError, "there is no such folder; give a folder of sound files"),
        (tmp_path / "empty", SettingsError, "holds no sound file but the song"),
        ({}, SettingsError, "give a folder, or sound files by name"),
        ({"my drums": song}, SettingsError, "a stem is named 'my drums'"),
        ({"live": song}, SettingsError, "a column is named 'live_rms', as a feature that ships"),
        ({"drums": tmp_path / "no.wav"}, SoundError, "there is no file"),
    ):
        with pytest.raises(error, match=re.escape(words)):
            ex.analyze(song, stems=stems)
