"""What holds for every group: shapes, bounds, odd sounds, progress, stopping."""

import numpy as np
import pytest

from explorer.audio import analyze
from explorer.audio.features import EXTRAS
from explorer.errors import Stopped
from tests.signals import click_track, music, noise, silence, tone, write_wav

GROUPS = ("separation", "chroma", "beats", "sections")
ODD = {
    "one sample": np.full(1, 0.5, np.float32),
    "two samples": np.array([0.5, -0.5], np.float32),
    "60 ms": noise(0.06),
    "half a second": tone(300, 0.5),
    "silence": silence(1.2),
    "one click": click_track([0.6], 1.2),
    "too loud": 8 * noise(0.8),
    "almost nothing": 1e-8 * noise(0.8),
    "stereo": np.stack([tone(440, 1), silence(1)], axis=1),
}


@pytest.mark.parametrize(("kind", "rate"), [(kind, (8000, 44100)[n % 2]) for n, kind in enumerate(ODD)])
def test_odd_sounds_give_finite_columns_within_bounds(tmp_path, kind, rate):
    track = analyze(write_wav(tmp_path / "a.wav", ODD[kind], rate), extras=GROUPS)
    assert track.values.shape == track.raw.shape == (len(track.times), len(track.names))
    assert np.isfinite(track.raw).all()
    assert np.abs(track.values).max() <= 1


def test_a_gain_changes_no_value(tmp_path):
    loud = analyze(write_wav(tmp_path / "loud.wav", music(3)), extras=GROUPS)
    soft = analyze(write_wav(tmp_path / "soft.wav", 0.1 * music(3)), extras=GROUPS)
    columns = [loud.names.index(name) for group in GROUPS for name in EXTRAS[group]]
    np.testing.assert_allclose(loud.values[:, columns], soft.values[:, columns], atol=0.02)


@pytest.mark.parametrize("group", GROUPS)
def test_progress_is_told_and_can_stop(tmp_path, group):
    sound = write_wav(tmp_path / "a.wav", noise(21, 8000), 8000)
    told = []

    def record(step, done, total):
        told.append((step, done, total))

    analyze(sound, extras=(group,), progress=record)
    steps = {step for step, _, _ in told} - {"analyzing"}
    assert steps
    for step in steps:
        done = [now for name, now, _ in told if name == step]
        assert done == sorted(done)
        assert done[-1] == pytest.approx(21, abs=0.1)
        assert len(done) >= 3

    def stop(step, done, total):
        if step in steps:
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        analyze(sound, extras=(group,), progress=stop, cache=False)
