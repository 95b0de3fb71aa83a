"""`render_frame` keeps its renderers: the same frames, and nothing is searched or started twice."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer import CPPN, render_frame
from explorer.errors import SettingsError
from explorer.rendering import single_frame
from explorer.rendering.frames import parse_flash_limit
from explorer.rendering.single_frame import MAX_CACHED_PIXELS, MAX_RENDERERS
from tests import tracks

FIELD, SIZE = CPPN.preset("compact-4x3"), (64, 36)


def made_up_track():
    """A new one, short: little is searched for flashes."""
    return tracks.made_up_track(duration=0.6)


@pytest.fixture
def cache(monkeypatch):
    """An empty cache, closed at the end."""
    cache = single_frame.RendererCache()
    monkeypatch.setattr(single_frame, "_cache", cache)
    yield cache
    cache.clear()


@pytest.fixture
def builds(monkeypatch):
    """The keys of the renderers that are made."""
    keys, build = [], single_frame.RendererKey.build
    monkeypatch.setattr(single_frame.RendererKey, "build", lambda key: (keys.append(key), build(key))[1])
    return keys


def test_a_loop_makes_one_renderer_and_draws_the_same_bits(cache, builds):
    track, times = made_up_track(), [0.1, 0.3, 0.1, 0.5]
    frames = [render_frame(FIELD, track, t, SIZE) for t in times]
    assert len(builds) == 1
    cache.clear()
    np.testing.assert_array_equal(frames, [render_frame(FIELD, track, t, SIZE) for t in times])


def test_whatever_changes_the_frame_makes_another_renderer(cache, builds):
    track = made_up_track()
    for field, of, size in [
        (FIELD, track, SIZE),
        (FIELD.replace(seed=5), track, SIZE),
        (FIELD, made_up_track(), SIZE),
        (FIELD, track, (64, 64)),
    ]:
        render_frame(field, of, 0, size, flash_limit="off")
    render_frame(FIELD, track, 0, SIZE, flash_limit="dim")
    render_frame(FIELD, track, 0, SIZE)
    assert len(builds) == 6
    render_frame(FIELD, track, 0, SIZE, flash_limit=True)  # calm, which is the default
    assert len(builds) == 6
    assert len(cache) == MAX_RENDERERS


def test_few_are_kept_and_their_threads_end(cache):
    track, before = made_up_track(), threading.active_count()
    for seed in range(3 * MAX_RENDERERS):
        render_frame(FIELD.replace(seed=seed), track, 0, SIZE, threads=1, flash_limit="off")
    assert len(cache) == MAX_RENDERERS
    assert threading.active_count() == before + MAX_RENDERERS
    cache.clear()
    assert threading.active_count() == before


def test_a_large_one_is_not_kept(cache, monkeypatch):
    monkeypatch.setattr(single_frame, "MAX_CACHED_PIXELS", 64 * 36 - 1)
    assert MAX_CACHED_PIXELS > 1920 * 1080
    render_frame(FIELD, made_up_track(), 0, SIZE)
    assert len(cache) == 0


def test_many_threads_draw_at_once(cache):
    track = made_up_track()
    expected = [render_frame(FIELD, track, n / 20, SIZE, flash_limit="dim") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        drawn = list(
            pool.map(lambda n: render_frame(FIELD, track, n / 20, SIZE, flash_limit="dim"), range(8))
        )
    np.testing.assert_array_equal(drawn, expected)
    assert 1 <= len(cache) <= MAX_RENDERERS


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_has_none(cache):
    render_frame(FIELD, made_up_track(), 0, SIZE)
    cache.forget()
    assert len(cache) == 0


@pytest.mark.parametrize("value", ["calmer", 1, None, "", 0.5, []])
def test_bad_flash_limits_are_refused(value):
    words = r"flash_limit: got .*; allowed: calm, dim, off, true \(calm\)"
    with pytest.raises(SettingsError, match=words):
        parse_flash_limit(value)
    if isinstance(value, str):
        with pytest.raises(SettingsError, match=words):
            render_frame(FIELD, made_up_track(), 0, SIZE, flash_limit=value)
