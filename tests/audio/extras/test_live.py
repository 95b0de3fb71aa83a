"""The live features as columns of a track."""

import numpy as np

from explorer.audio import analyze
from explorer.audio.array_cache import cache_folder
from explorer.audio.extras import live
from explorer.audio.live import LIVE_FEATURES, live_features
from tests.signals import music, write_wav


def test_a_track_carries_the_live_analysis_row_by_row(tmp_path):
    samples = music(2.0, 48000).astype(np.float32)
    track = analyze(write_wav(tmp_path / "song.wav", samples, 48000), extras=("live",))
    columns = [track.names.index(f"live_{name}") for name in LIVE_FEATURES]
    rows = min(len(track.raw), len(live_features(samples)))
    assert rows > 110
    np.testing.assert_array_equal(track.raw[:rows, columns], live_features(samples)[:rows])
    assert np.abs(track.values[:, columns]).max() <= 1
    assert np.ptp(track.values[:, columns], axis=0).min() > 0.1


def test_a_sound_is_heard_once_for_tracks_of_all_rates_and_for_learning(tmp_path, monkeypatch):
    heard = []
    measure = live.live_features_of
    monkeypatch.setattr(live, "live_features_of", lambda sound: heard.append(sound) or measure(sound))
    path = write_wav(tmp_path / "song.wav", music(2.0, 48000), 48000)
    track = analyze(path, extras=("live",))
    slow = analyze(path, 30, extras=("live",))
    np.testing.assert_array_equal(slow.raw[:, -6:], track.raw[::2, -6:])
    assert len(live.cached_rows(path, track.sha256)) == 121
    assert len(heard) == 1
    analyze(path, extras=("live",), cache=False)
    assert len(heard) == 2


def test_damaged_rows_are_heard_again(tmp_path):
    path = write_wav(tmp_path / "song.wav", music(1.0, 48000), 48000)
    first = live.cached_rows(path, "some content")
    (entry,) = (cache_folder() / "live").iterdir()
    entry.write_bytes(b"damaged")
    np.testing.assert_array_equal(live.cached_rows(path, "some content"), first)
