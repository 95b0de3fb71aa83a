"""The grid of times: exact at any rate, at any length, for any blocks."""

import numpy as np
import pytest

from explorer.audio.windows import Windows, centers, frame_count


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 192000])
@pytest.mark.parametrize("fps", [24000 / 1001, 60, 240])
def test_no_frame_is_further_than_half_a_sample_from_its_time(rate, fps):
    last = round(3600 * fps)
    error = centers(last - 1000, last, rate, fps) / rate - np.arange(last - 1000, last) / fps
    assert np.abs(error).max() <= 0.5 / rate + 1e-9


@pytest.mark.parametrize(
    ("samples", "rate", "frames"), [(1, 44100, 1), (735, 44100, 1), (736, 44100, 2), (44100, 44100, 60)]
)
def test_frames_cover_the_sound_and_no_more(samples, rate, frames):
    assert frame_count(samples, rate, 60) == frames


@pytest.mark.parametrize("size", [7, 777, 10**6])
def test_windows_hold_the_samples_around_their_centre(size):
    ramp = np.arange(1, 8001, dtype=np.float32)[:, None]
    blocks = [ramp[first : first + size] for first in range(0, len(ramp), size)]
    windows = Windows(blocks, 8000, 60, 100)
    frames = np.concatenate(list(windows))
    middle = np.rint(np.arange(60) * 8000 / 60)
    np.testing.assert_array_equal(frames[:, 50], middle + 1)
    assert windows.samples == 8000
    assert (frames[0, :50] == 0).all()
    np.testing.assert_array_equal(frames[30], np.arange(3951, 4051))


def test_channels_are_averaged():
    stereo = np.stack([np.full(800, 0.5), np.full(800, -0.1)], axis=1).astype(np.float32)
    frames = np.concatenate(list(Windows([stereo], 8000, 60, 16)))
    assert frames[3] == pytest.approx(0.2)
