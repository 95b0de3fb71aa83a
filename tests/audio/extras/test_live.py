"""The live features as columns of a track."""

import numpy as np

from explorer.audio import analyze
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
