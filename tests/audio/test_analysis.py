"""From file to track, the whole way."""

import numpy as np
import pytest

from explorer.audio import DEMO_CLIP, FEATURES, analyze
from explorer.errors import ExplorerWarning, SettingsError, SoundError, Stopped
from tests.signals import click_track, music, silence, tone, write_m4a, write_wav


def test_a_track_knows_its_sound(tmp_path):
    track = analyze(write_wav(tmp_path / "a b.wav", tone(440, 1.5)))
    assert (track.names, track.fps, track.duration, track.name) == (FEATURES, 60, 1.5, "a b.wav")
    assert track.values.shape == track.raw.shape == (90, 10)
    assert track.values.dtype == track.raw.dtype == np.float32
    assert len(track.sha256) == 64


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_clicks_are_hits_within_one_frame(tmp_path, rate):
    times = np.array([0.3, 0.8083, 1.2417, 1.9])
    onset = analyze(write_wav(tmp_path / "a.wav", click_track(times, 2.5, rate), rate)).at(
        np.arange(150) / 60
    )[:, 8]
    for time in times:
        near = np.arange(round(time * 60) - 10, round(time * 60) + 11)
        assert abs(near[onset[near].argmax()] / 60 - time) <= 1 / 60


def test_mono_stereo_and_surround_of_the_same_sound_agree(tmp_path):
    tables = []
    for channels in (1, 2, 6):
        samples = np.repeat(music(2)[:, None], channels, axis=1)
        tables.append(analyze(write_wav(tmp_path / f"{channels}.wav", samples)).values)
    np.testing.assert_allclose(tables[1], tables[0], atol=1e-3)
    np.testing.assert_allclose(tables[2], tables[0], atol=1e-3)


def test_m4a_and_wav_of_the_same_sound_nearly_agree(tmp_path):
    wav, m4a = (
        analyze(write_wav(tmp_path / "a.wav", music(3))),
        analyze(write_m4a(tmp_path / "a.m4a", music(3))),
    )
    rms = FEATURES.index("rms")
    assert np.corrcoef(wav.values[:, rms], m4a.values[: len(wav.values), rms])[0, 1] > 0.99


@pytest.mark.parametrize("samples", [1, 2646], ids=["one sample", "60 ms"])
def test_the_shortest_sounds(tmp_path, samples):
    track = analyze(write_wav(tmp_path / "a.wav", tone(440)[1 : samples + 1]))
    assert len(track.values) == max(1, np.ceil(samples * 60 / 44100))
    assert np.isfinite(track.values).all()


def test_all_silence_is_a_track_at_rest(tmp_path):
    track = analyze(write_wav(tmp_path / "a.wav", silence(1)))
    assert set(np.unique(track.values)) == {-1, 0}


def test_repaired_samples_are_said_once(tmp_path):
    wave = tone(440)
    wave[10:20] = np.nan
    with pytest.warns(ExplorerWarning, match="10 samples") as caught:
        track = analyze(write_wav(tmp_path / "a.wav", wave))
    assert len(caught) == 1
    assert np.isfinite(track.values).all()


def test_bad_sounds_and_settings_are_refused(tmp_path):
    with pytest.raises(SoundError, match="no file"):
        analyze(tmp_path / "missing.wav")
    with pytest.raises(SettingsError, match="did you mean 'smoothing'"):
        analyze(tmp_path / "missing.wav", smothing=1)
    with pytest.raises(SettingsError, match=r"fps: got 0.0; allowed: 1 to 240"):
        analyze(tmp_path / "missing.wav", fps=0)


def test_progress_grows_to_its_end_and_may_stop_the_work(tmp_path):
    path = write_wav(tmp_path / "a.wav", tone(440, 5))
    calls = []
    analyze(path, progress=lambda *call: calls.append(call), cache=False)
    steps, done, totals = zip(*calls, strict=True)
    assert set(steps) == {"analyzing"}
    assert list(done) == sorted(done)
    assert done[-1] == totals[-1] == pytest.approx(5)

    def stop(step, done, total):
        raise Stopped("enough")

    with pytest.raises(Stopped):
        analyze(path, progress=stop, cache=False)


def test_the_demo_clip_is_alive():
    track = analyze(DEMO_CLIP)
    assert track.duration == pytest.approx(10.67, abs=0.01)
    levels = [track.names.index(name) for name in ("bass", "mid", "treble", "rms", "flux", "onset")]
    assert (track.values[:, levels].max(axis=0) == 1).all()
    assert (np.median(track.values[:, levels], axis=0) < 0.25).all()
