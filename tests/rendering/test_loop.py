"""Loops: the end of an excerpt fades into its beginning, in every field, without a step."""

import numpy as np
import pytest

from explorer.audio import analyze
from explorer.experiments import Recipe
from explorer.experiments.runs.recipe_frames import RecipeFrames
from explorer.fields import CPPN, Julia, Patterns
from explorer.rendering import FrameSettings, Renderer, resolve
from explorer.rendering.loop import Loop, blended
from tests.signals import music, write_wav

FIELDS = [CPPN.preset("compact-4x3"), CPPN.preset("molten"), Patterns(), Julia()]
SIZE = (48, 32)


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    return analyze(write_wav(tmp_path_factory.mktemp("song") / "a.wav", music(6.0, 8000), 8000), cache=False)


def looped(track, field, **frames):
    settings = FrameSettings(width=SIZE[0], height=SIZE[1], flash_limit="off", loop=True, **frames)
    recipe = Recipe.for_track(track, field=field, frames=settings)
    return RecipeFrames(recipe, track, resolve("cpu"), threads=1)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.kind)
def test_the_frame_after_the_last_is_the_first(track, field):
    frames = looped(track, field, start=1, duration=3)
    with frames.renderer() as renderer, Renderer(field, track, SIZE, threads=1) as plain:
        first = renderer.frame(frames.times[0])
        np.testing.assert_array_equal(first, plain.frame(1.0))
        after = renderer.frame(frames.times[-1] + 1 / 30).astype(int)
        assert np.abs(after - first).max() <= 1
        steps = [
            np.abs(np.diff([renderer.frame(t).astype(int) for t in pair], axis=0)).mean()
            for pair in ((frames.times[-2], frames.times[-1]), (frames.times[-1], frames.times[0]))
        ]
        assert steps[1] <= 2 * steps[0] + 1  # the cut is no larger step than the one before


def test_frames_before_the_fade_are_as_without_a_loop(track):
    frames = looped(track, FIELDS[0], start=1, duration=4)
    with frames.renderer() as renderer, Renderer(FIELDS[0], track, SIZE, threads=1) as plain:
        for t in (1.0, 2.5, 3.0):
            np.testing.assert_array_equal(renderer.frame(t), plain.frame(t))
        assert (renderer.frame(4.0) != plain.frame(4.0)).any()


def test_the_fade_is_at_most_half_and_draws_nothing_before_the_sound():
    assert Loop(0, 1).fade == 0.5
    assert Loop(10, 40).fade == 2
    assert Loop(10, 40).begin == 8
    assert Loop(0, 5).begin == 0
    assert Loop(0, 5).blend(4.0) == (0.5, 0.0)
    assert Loop(10, 40).blend(40.0) == (1.0, 10.0)
    assert Loop(10, 40).blend(38.0) == (0.0, 8.0)


def test_a_blend_is_exactly_one_frame_at_its_ends():
    one, other = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), np.uint8)
    np.testing.assert_array_equal(blended(one, other, 0.0), one)
    np.testing.assert_array_equal(blended(one, other, 1.0), other)


def test_a_recipe_without_a_loop_says_what_it_said():
    assert "loop" not in FrameSettings().model_dump(mode="json")
    assert FrameSettings(**FrameSettings(loop=True).model_dump(mode="json")).loop
