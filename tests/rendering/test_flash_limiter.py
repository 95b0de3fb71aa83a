"""The flash limiter: what flashes is dimmed until it does not, what does not is left alone."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from explorer import CPPN, Julia, render_frame
from explorer.errors import Stopped
from explorer.fields.presets import look
from explorer.rendering import Exposure, Renderer
from explorer.rendering.flash_limiter import EXPOSURES, SAMPLE_RATE, dim, required_exposures
from explorer.rendering.flashes import CellGrid, FlashCounter, relative_luminance
from tests.signals import write_wav
from tests.tracks import made_up_track

SIZE = 96, 54
CELLS = CellGrid((64, 36))


def flicker(hertz, low, high, seconds=4.0):
    """Maps of luminance that go up and down all over, as a sine."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    light = (low + high) / 2 + (high - low) / 2 * np.sin(2 * np.pi * hertz * t)
    return np.broadcast_to(light[:, None, None].astype(np.float32), (len(t), *CELLS.shape))


@pytest.fixture(scope="module")
def track():
    return made_up_track(duration=12)


@pytest.fixture(scope="module")
def flashing():
    return look("ribbons").replace(audio_gain=20.0, time_span=4.0)


def flashes(field, track, exposure=None):
    counter = FlashCounter(Fraction(SAMPLE_RATE))
    with Renderer(field, track, SIZE, exposure=exposure) as renderer:
        for frame in renderer.frames(np.arange(round(track.duration * SAMPLE_RATE)) / SAMPLE_RATE):
            counter.take(frame)
    return counter.result()


def test_slow_or_faint_changes_need_no_dimming():
    assert (required_exposures(flicker(2.5, 0.1, 0.9), CELLS) == 1).all()
    assert (required_exposures(flicker(8, 0.4, 0.45), CELLS) == 1).all()


def test_a_flicker_needs_its_amplitude_below_a_tenth():
    found = required_exposures(flicker(6, 0.0, 0.5), CELLS)
    assert found[: SAMPLE_RATE // 2].min() == 1  # it takes a while until there are more than three
    assert 0.1 / 0.5 * 0.75 < found[-1] < 0.1 / 0.5
    assert found[-1] in EXPOSURES


def test_a_flicker_that_is_small_on_the_screen_is_no_flash():
    small = np.array(flicker(6, 0.0, 0.5))
    small[:, 4:, :] = small[:, :, 4:] = 0.2
    assert (required_exposures(small, CELLS) == 1).all()


def test_limited_frames_pass_where_the_others_do_not(track, flashing):
    exposure = Exposure(flashing, track, SIZE)
    exposure.prepare(0, track.duration)
    assert flashes(flashing, track).worst > 3
    assert flashes(flashing, track, exposure).worst <= 3
    assert 0 < exposure.summary(track.times)["least_exposure"] < 0.9


def test_fine_detail_is_not_taken_for_less_light_than_it_gives(tmp_path):
    rate = 22050
    t = np.arange(4 * rate) / rate
    pulses = (np.where(t * 5 % 1 < 0.3, 0.9, 0) * np.sin(2 * np.pi * 110 * t)).astype(np.float32)
    field = Julia(model="default", audio_gain=3.0, start_angle=1.15, hue=0.52, zoom=1.7)
    track = field.analyze(write_wav(tmp_path / "pulses.wav", pulses, rate))
    exposure = Exposure(field, track, SIZE)
    exposure.prepare(0, track.duration)
    assert flashes(field, track).worst > 3
    assert flashes(field, track, exposure).worst <= 3


def test_a_calm_field_is_left_as_it_is(track):
    field = look("coral")
    exposure = Exposure(field, track, SIZE)
    assert [exposure.at(t) for t in (0.0, 5.0, 12.0)] == [1.0, 1.0, 1.0]


def test_an_exposure_depends_on_its_moment_alone(track, flashing, monkeypatch, tmp_path):
    times = np.random.default_rng(0).uniform(0, track.duration, 40)
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "one"))
    one = Exposure(flashing, track, SIZE, threads=1)
    alone = np.array([one.at(t) for t in times])
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "two"))
    two = Exposure(flashing, track, SIZE, threads=2)
    assert two.cached_at(5.0) == 1.0
    two.prepare(0, track.duration)
    np.testing.assert_array_equal([two.cached_at(t) for t in times], alone)
    again = Exposure(flashing, track, SIZE)  # remembered on disk
    np.testing.assert_array_equal([again.cached_at(t) for t in times], alone)


def test_ramps_are_slow(track, flashing):
    exposure = Exposure(flashing.replace(audio_gain=6.0, time_span=20.0), track, SIZE)
    curve = np.array([exposure.at(n / 60) for n in range(600)])
    assert np.ptp(curve) > 0.04
    assert np.abs(np.diff(curve)).max() < 0.05


def test_stopping_a_search_stops_it(track, flashing, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))

    def stop(step, done, total):
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        Exposure(flashing, track, SIZE).prepare(0, 10, stop)


def test_dimming_multiplies_light():
    frame = np.random.default_rng(0).integers(40, 256, (50, 60, 3), dtype=np.uint8)
    dimmed = frame.copy()
    dim(dimmed, 0.5)
    np.testing.assert_allclose(relative_luminance(dimmed), 0.5 * relative_luminance(frame), atol=0.004)
    untouched = frame.copy()
    dim(untouched, 1.0)
    np.testing.assert_array_equal(untouched, frame)


def test_a_single_frame_is_dimmed_as_in_a_video(track, flashing):
    t = 6.0
    plain = render_frame(flashing, track, t, SIZE, flash_limit=False)
    limited = render_frame(flashing, track, t, SIZE)
    factor = Exposure(flashing, track, SIZE).at(t)
    assert factor < 0.9
    dim(plain, factor)
    np.testing.assert_array_equal(limited, plain)


def test_a_track_of_a_moment(tmp_path):
    assert Exposure(CPPN.preset("compact-4x3"), made_up_track(duration=0.02), (32, 32)).at(0.0) == 1.0
