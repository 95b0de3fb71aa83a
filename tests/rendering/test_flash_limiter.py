"""The flash limiter: what flashes is dimmed until it does not, what does not is left alone."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from explorer import CPPN, Julia, render_frame
from explorer.errors import Stopped
from explorer.fields.presets import look
from explorer.rendering import Exposure, Renderer
from explorer.rendering.flash_curve import SAMPLE_RATE
from explorer.rendering.flash_limiter import NO_LIMIT, FlashLimit, dim
from explorer.rendering.flashes import CellGrid, FlashCounter, relative_luminance
from explorer.rendering.frame_drawer import FrameDrawer
from explorer.rendering.required_exposures import EXPOSURES, required_exposures
from explorer.rendering.small_pictures import SmallPictures
from tests import checking
from tests.signals import write_wav
from tests.tracks import made_up_track

SIZE = 48, 27
CELLS = CellGrid((64, 36))


def flicker(hertz, low, high, seconds=4.0):
    """Maps of luminance that go up and down all over, as a sine."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    light = (low + high) / 2 + (high - low) / 2 * np.sin(2 * np.pi * hertz * t)
    return np.broadcast_to(light[:, None, None].astype(np.float32), (len(t), *CELLS.shape))


@pytest.fixture(scope="module")
def track():
    """A part of the search and some of the next."""
    return made_up_track(duration=4.5)


@pytest.fixture(scope="module")
def flashing():
    return look("ribbons").replace(audio_gain=20.0, time_span=4.0)


@pytest.fixture(scope="module", params=["calm", "dim"])
def prepared(request, track, flashing, tmp_path_factory):
    """An exposure that knows the whole track, and its cache."""
    cache = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CACHE", str(cache))
        exposure = Exposure(flashing, track, SIZE, threads=2, mode=request.param)
        assert exposure.cached_at(4.2) == NO_LIMIT
        exposure.prepare(0, track.duration)
    return exposure, cache


@pytest.fixture(scope="module")
def strobing():
    return strobing_track(1.6)


def strobing_track(duration):
    """Some seconds of `bass` that jumps between its ends five times a second."""
    track = made_up_track(duration=duration)
    values = track.values.copy()
    values[:, track.names.index("bass")] = np.where(track.times * 5 % 1 < 0.5, 1, -1)
    return replace(track, values=values)


def flashes(field, track, exposure=None, size=SIZE):
    counter = FlashCounter(Fraction(SAMPLE_RATE))
    with Renderer(field, track, size, exposure=exposure) as renderer:
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


@pytest.fixture(scope="module")
def plain_flashes(track, flashing):
    return flashes(flashing, track)


def test_limited_frames_pass_where_the_others_do_not(track, flashing, prepared, plain_flashes):
    exposure, _ = prepared
    assert plain_flashes.worst > 3
    assert flashes(flashing, track, exposure).worst <= 3
    assert 0 < exposure.summary(track.times)["least_exposure"] < 0.9


def test_fine_detail_is_not_taken_for_less_light_than_it_gives(tmp_path):
    rate = 22050
    t = np.arange(2 * rate) / rate
    pulses = (np.where(t * 5 % 1 < 0.3, 0.9, 0) * np.sin(2 * np.pi * 110 * t)).astype(np.float32)
    field = Julia(model="default", audio_gain=3.0, start_angle=1.15, hue=0.52, zoom=1.7)
    track = field.analyze(write_wav(tmp_path / "pulses.wav", pulses, rate))
    exposure = Exposure(field, track, SIZE, mode="dim")
    exposure.prepare(0, track.duration)
    assert flashes(field, track).worst > 3
    assert flashes(field, track, exposure).worst <= 3


def test_a_calm_field_is_left_as_it_is(track):
    field = look("coral")
    exposure = Exposure(field, track, SIZE)
    assert [exposure.at(t) for t in (0.0, 4.2, 4.5)] == [NO_LIMIT] * 3


def test_an_exposure_depends_on_its_moment_alone(track, flashing, prepared, monkeypatch):
    exposure, cache = prepared
    times = np.random.default_rng(0).uniform(0, track.duration, 12)
    one = Exposure(flashing, track, SIZE, threads=1, mode=exposure.mode)
    alone = np.array([one.at(t) for t in times])
    np.testing.assert_array_equal([exposure.cached_at(t) for t in times], alone)
    monkeypatch.setenv("EXPLORER_CACHE", str(cache))
    again = Exposure(flashing, track, SIZE, mode=exposure.mode)  # remembered on disk
    np.testing.assert_array_equal([again.cached_at(t) for t in times], alone)


def test_ramps_are_slow(flashing):
    track = made_up_track(duration=2)
    exposure = Exposure(flashing.replace(audio_gain=6.0, time_span=20.0), track, SIZE)
    curves = np.array([exposure.at(n / 60) for n in range(120)])
    assert np.ptp(curves, axis=0).max() > 0.04
    assert np.abs(np.diff(curves, axis=0)).max() < 0.05


def test_stopping_a_search_stops_it(track, flashing, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))

    def stop(step, done, total):
        raise Stopped("stopped")

    with pytest.raises(Stopped):
        Exposure(flashing, track, SIZE).prepare(0, 10, stop)


def test_a_search_stops_after_the_next_small_picture(track, flashing, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    drawn, stopped = [], threading.Event()
    draw = FrameDrawer.draw

    def draw_or_wait(self, *rest):
        if len(drawn) >= 5:  # or the thread that draws would run ahead of the one that stops it
            assert stopped.wait(60)
        drawn.append(1)
        draw(self, *rest)

    monkeypatch.setattr(FrameDrawer, "draw", draw_or_wait)

    def stop(*_):
        if len(drawn) >= 3:
            stopped.set()
            raise Stopped("enough")

    with pytest.raises(Stopped):
        Exposure(flashing, track, SIZE, threads=1).at(3.0, stop)
    assert len(drawn) < 20  # of 120


def test_dimming_multiplies_light():
    frame = np.random.default_rng(0).integers(40, 256, (50, 60, 3), dtype=np.uint8)
    dimmed = frame.copy()
    dim(dimmed, 0.5)
    np.testing.assert_allclose(relative_luminance(dimmed), 0.5 * relative_luminance(frame), atol=0.004)
    untouched = frame.copy()
    dim(untouched, 1.0)
    np.testing.assert_array_equal(untouched, frame)


def test_a_single_frame_is_dimmed_as_in_a_video(track, flashing):
    t = 3.0
    plain = render_frame(flashing, track, t, SIZE, flash_limit="off")
    limited = render_frame(flashing, track, t, SIZE, flash_limit="dim")
    factor = Exposure(flashing, track, SIZE, mode="dim").at(t).exposure
    assert factor < 0.9
    dim(plain, factor)
    np.testing.assert_array_equal(limited, plain)


def test_a_single_frame_is_calmed_as_in_a_video(flashing, strobing):
    track = strobing
    field, t = flashing.replace(features=("bass",)), 1.0
    exposure = Exposure(field, track, SIZE)
    assert exposure.at(t).swing < 0.9
    with Renderer(field, track, SIZE, exposure=exposure) as renderer:
        np.testing.assert_array_equal(render_frame(field, track, t, SIZE), renderer.frame(t))
        assert np.ptp(renderer.frame(t, limit=NO_LIMIT) - renderer.frame(t)) > 0


def test_calming_spares_the_light_of_a_strobing_sound(strobing):
    """Five loud tenths of a second each second move a network that is still otherwise."""
    track = strobing
    field = CPPN.preset("compact-4x3").replace(features=("bass",), audio_gain=6.0, time_span=200.0)
    summaries = {}
    for mode in ("dim", "calm"):
        exposure = Exposure(field, track, SIZE, mode=mode)
        exposure.prepare(0, track.duration)
        summaries[mode] = exposure.summary(track.times)
        assert flashes(field, track, exposure).passed
    assert not flashes(field, track).passed
    assert summaries["dim"]["least_exposure"] < 0.8
    assert summaries["calm"]["least_exposure"] > 0.95
    assert summaries["calm"]["least_swing"] < 1
    assert summaries["calm"]["calmed"] > 0.5
    assert summaries["calm"]["dimmed"] < summaries["dim"]["dimmed"]


def test_a_part_is_done_with_its_pictures(monkeypatch):
    """Without a collection of garbage, which comes late: few objects hold these large arrays."""
    track = strobing_track(5)
    field = CPPN.preset("compact-4x3").replace(features=("bass",), audio_gain=6.0, time_span=200.0)
    drawn, alive = [], []
    maps, search = SmallPictures.maps, Exposure._search_swing

    def recorded(*args):
        result = maps(*args)
        drawn.append(weakref.ref(result[0]))
        return result

    def searched(*args):
        search(*args)
        alive.append(sum(ref() is not None for ref in drawn))

    monkeypatch.setattr(SmallPictures, "maps", recorded)
    monkeypatch.setattr(Exposure, "_search_swing", searched)
    monkeypatch.setattr(checking, "_is_due", lambda *_: False)  # what checks types holds them, too
    gc.disable()
    try:
        Exposure(field, track, SIZE).prepare(0, 3)
    finally:
        gc.enable()
    assert alive == [0, 0]
    assert len(drawn) > 3


def test_a_field_that_follows_no_sound_is_dimmed_alone(track):
    field = look("ribbons").replace(features=(), time_span=1.0)
    exposure = Exposure(field, track, (96, 54))
    exposure.prepare(0, track.duration)
    summary = exposure.summary(np.arange(0, 4, 0.1))
    assert summary["least_swing"] == 1
    assert summary["least_exposure"] < 0.9
    assert flashes(field, track, exposure, (96, 54)).passed


def test_saturated_red_is_dimmed_in_calm_alone():
    light = np.zeros((90, *CELLS.shape, 3), np.float32)
    light[::6] = light[1::6] = light[2::6] = (0.3, 0, 0)  # five times a second, a luminance of 0.06
    luminance = 0.2126 * light[..., 0]
    assert (required_exposures(luminance, CELLS) == 1).all()
    assert 0.15 < required_exposures(luminance, CELLS, light)[-1] < 0.0625 / 0.3


def test_words_of_what_was_done():
    assert NO_LIMIT.words == ""
    assert FlashLimit(0.4, 1.0).words == "calmed to 40% of its swing"
    assert FlashLimit(1.0, 0.5).words == "dimmed to 50%"
    assert FlashLimit(0.4, 0.5).words == "calmed to 40% of its swing and dimmed to 50%"


def test_a_track_of_a_moment(tmp_path):
    assert Exposure(CPPN.preset("compact-4x3"), made_up_track(duration=0.02), (32, 32)).at(0.0) == NO_LIMIT
