"""The live.live_view draws as large as keeps up with the music."""

import pytest

from explorer.notebook.live.adaptive_resolution import MAX_FRAME_SECONDS, AdaptiveResolution


def test_frames_that_are_fast_enough_grow_to_full_size_one_step_at_a_time():
    resolution = AdaptiveResolution((640, 360))
    sizes = []
    for _ in range(100):
        sizes.append(resolution.size)
        resolution.record(resolution.size, 1e-8 * resolution.size[0] * resolution.size[1])
    assert sizes[0] == (80, 45)
    assert sizes[-1] == (640, 360)
    assert sorted(set(sizes)) == sorted(dict.fromkeys(sizes))


@pytest.mark.parametrize("megapixels_per_second", [0.3, 0.6, 1.5, 3.0, 50.0])
def test_it_settles_on_the_largest_size_that_keeps_up(megapixels_per_second):
    resolution = AdaptiveResolution((640, 360))
    sizes = []
    for _ in range(200):
        sizes.append(resolution.size)
        resolution.record(
            resolution.size, resolution.size[0] * resolution.size[1] / (1e6 * megapixels_per_second)
        )
    assert len(set(sizes[100:])) == 1  # no swinging to and fro
    last = sizes[-1]
    seconds = last[0] * last[1] / (1e6 * megapixels_per_second)
    assert seconds <= MAX_FRAME_SECONDS or last == resolution.sizes[-1]
    larger = [size for size in resolution.sizes if size > last]
    if larger:
        assert min(larger)[0] * min(larger)[1] / (1e6 * megapixels_per_second) > 0.7 * MAX_FRAME_SECONDS


def test_a_hiccup_changes_nothing_and_a_slow_field_does_at_once():
    resolution = AdaptiveResolution((640, 360))
    for _ in range(50):
        resolution.record(resolution.size, 1e-8 * resolution.size[0] * resolution.size[1])
    assert resolution.size == (640, 360)
    resolution.record(resolution.size, 2 * MAX_FRAME_SECONDS)
    assert resolution.size == (640, 360)
    for _ in range(3):
        resolution.record(resolution.size, 3 * MAX_FRAME_SECONDS)
    assert resolution.size < (640, 360)
