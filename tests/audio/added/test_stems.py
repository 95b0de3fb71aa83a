"""Stems: the features of each voice, from files of any rate and length, and what does not fit is reported."""

import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import explorer as ex
from explorer.audio.models import weights
from explorer.errors import ExplorerError, ExplorerWarning, SettingsError, SoundError
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


class FakeSeparator:
    """Stands for the package's: the low half of a sound is its drums."""

    runs = 0
    samplerate = 44100

    def __init__(self, model, *, checkpoint_path, device, shifts, callback):
        assert (model, device, shifts, checkpoint_path.name) == ("htdemucs", "cpu", 0, "demucs.safetensors")
        self.callback = callback

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __call__(self, samples, *, sample_rate):
        FakeSeparator.runs += 1
        assert sample_rate == 44100
        self.callback({"segment_offset": 1, "audio_length": 2})
        levels = {"drums": 0.5, "bass": 0.25, "other": 0.0, "vocals": 0.125}
        return samples, {name: level * samples for name, level in levels.items()}


def test_a_model_separates_the_stems_once(song, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(weights, "weights_folder", lambda: tmp_path / "weights")
    monkeypatch.setitem(sys.modules, "demucs_infer", None)
    with pytest.raises(ExplorerError, match=r"pip install demucs-infer; or give a folder"):
        ex.analyze(song, stems="demucs")
    monkeypatch.setitem(sys.modules, "demucs_infer", SimpleNamespace(DemucsSeparator=FakeSeparator))
    with pytest.raises(ExplorerError, match=r"demucs needs its weights.*--weights demucs=FILE"):
        ex.analyze(song, stems="demucs")
    (tmp_path / "demucs.th").write_bytes(b"pickled")
    monkeypatch.setenv("EXPLORER_WEIGHTS", f"demucs={tmp_path / 'demucs.th'}")
    with pytest.raises(ExplorerError, match="opening it could run code"):
        ex.analyze(song, stems="demucs")
    (tmp_path / "demucs.safetensors").write_bytes(b"any")
    monkeypatch.setenv("EXPLORER_WEIGHTS", f"demucs={tmp_path / 'demucs.safetensors'}")
    steps = []
    with pytest.warns(ExplorerWarning, match="stem 'other'.*is silent"):
        track = ex.analyze(song, stems="demucs", progress=lambda *step: steps.append(step))
    assert ("separating stems", 1, 2) in steps
    assert [stem.name for stem in track.added.stems] == ["drums", "bass", "other", "vocals"]
    rms = [track.raw[60:200, track.names.index(name)].mean() for name in ("rms", "drums_rms", "bass_rms")]
    assert rms[1:] == pytest.approx([rms[0] / 2, rms[0] / 4], rel=0.02)
    with pytest.warns(ExplorerWarning):
        ex.analyze(song, stems="demucs")
    assert FakeSeparator.runs == 1
