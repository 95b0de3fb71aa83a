"""What the live.live_view sends of a sound: a copy that is in time, its outline, its onsets."""

import numpy as np
import pytest

import explorer as ex
from explorer.audio import open_sound
from explorer.notebook.live import sound
from tests.signals import click_track, noise, tone, write_wav


def test_the_copy_of_the_sound_is_in_time(tmp_path):
    times = [0.25, 1.0, 1.5]
    source = open_sound(write_wav(tmp_path / "clicks.wav", click_track(times, 2.0)))
    (tmp_path / "copy.mp3").write_bytes(sound.encode_mp3(source, 2.0, lambda: False))
    copy = open_sound(tmp_path / "copy.mp3")
    loud = np.abs(np.concatenate(list(copy.blocks()))[:, 0])
    for t in times:
        near = slice(round((t - 0.1) * copy.sample_rate), round((t + 0.1) * copy.sample_rate))
        assert near.start + loud[near].argmax() == pytest.approx(t * copy.sample_rate, abs=0.005 * 44100)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (37800, 2), (96000, 6), (44100, 9)])
def test_a_sound_of_any_rate_and_number_of_channels_keeps_its_length(tmp_path, rate, channels):
    samples = np.repeat(noise(1.5, rate)[:, None], channels, axis=1)
    source = open_sound(write_wav(tmp_path / "any.wav", samples, rate))
    (tmp_path / "copy.mp3").write_bytes(sound.encode_mp3(source, 1.5, lambda: False))
    copy = open_sound(tmp_path / "copy.mp3")
    assert copy.channels <= 2
    assert sum(map(len, copy.blocks())) / copy.sample_rate == pytest.approx(1.5, abs=0.03)


def test_the_outline_is_the_loudness_over_time(tmp_path):
    samples = np.concatenate([tone(440, 1.0, amplitude=0.2), tone(440, 1.0, amplitude=0.4)])
    outline = sound.outline(open_sound(write_wav(tmp_path / "two.wav", samples)), 2.0)
    assert outline.shape == (sound.OUTLINE_COLUMNS, 2)
    assert np.allclose(outline[10:390], [-63.5, 63.5], atol=2)
    assert np.allclose(outline[410:790], [-127, 127], atol=2)


def test_onsets_are_where_the_clicks_are(tmp_path):
    times = [0.5, 1.0, 1.75, 2.5]
    samples = click_track(times, 3.0) + noise(3.0, amplitude=1e-4)
    track = ex.analyze(write_wav(tmp_path / "clicks.wav", samples), smoothing=0)
    assert sound.onsets(track) == pytest.approx(times, abs=0.02)
