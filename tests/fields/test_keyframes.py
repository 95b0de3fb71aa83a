"""Settings that move along the track: at a keyframe the picture is that of its settings."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from explorer import CPPN, Julia, Patterns, Recipe, diagnose
from explorer.errors import ExplorerWarning, SettingsError
from explorer.fields import keyframes
from explorer.fields.cppn.animated import AnimatedCPPN
from explorer.fields.cppn.weights import random_network
from explorer.rendering import FrameSettings, Renderer
from tests.signals import music, write_wav
from tests.tracks import made_up_track

SIZE = 48, 32
TRACK = made_up_track(duration=4.0)
SMALL = CPPN(hidden=8, layers=2, gain=2.0, seed=3, output_gain=1.0)


def frames(field, *times, precision="auto"):
    with Renderer(field, TRACK, SIZE, device="cpu", precision=precision, threads=1) as renderer:
        return [renderer.frame(t).astype(int) for t in times]


def with_sections(track, begins):
    """The track with sections that begin at these seconds."""
    number = np.searchsorted(begins, track.times, side="right").astype(np.float32)[:, None] - 1
    columns = np.hstack([number, 0 * number]).astype(np.float32)
    settings = track.settings.with_extras(["sections"])
    raw, values = np.hstack([track.raw, columns]), np.hstack([track.values, columns])
    return replace(track, raw=raw, values=values, names=settings.names, settings=settings)


@pytest.mark.parametrize(
    "moved",
    [
        {"gain": 4.0},
        {"coord_scale": 2.0},
        {"audio_gain": 9.0},
        {"output_gain": 3.0},
        {"seed": 11},
        {"gain": 3.0, "seed": 5, "coord_scale": 0.2},
    ],
    ids=lambda moved: "-".join(moved),
)
@pytest.mark.parametrize("hidden", [8, 40])
def test_a_cppn_is_at_a_keyframe_what_its_settings_say(moved, hidden):
    field = SMALL.replace(hidden=hidden)
    keyed = field.replace(keyframes=((1.0, moved), (2.0, moved)))
    beginning, middle, there, after = frames(keyed, 0.0, 0.5, 1.0, 1.7)
    assert np.abs(beginning - frames(field, 0.0)[0]).max() <= 1
    other = field.replace(**moved)
    for found, expected in zip((there, after), frames(other, 1.0, 1.7), strict=True):
        assert np.abs(found - expected).max() <= 1
    assert min(np.abs(middle - still).mean() for still in (*frames(field, 0.5), *frames(other, 0.5))) > 0.5


@pytest.mark.parametrize("name", [name for name in Patterns.movable if name != "speed"])
def test_patterns_are_at_a_keyframe_what_their_settings_say(name):
    family = name.partition("_")[0]
    family = family if family in ("fractal", "organic", "flowing", "geometric") else "geometric"
    field = Patterns(family=family, seed=2)
    moved = {name: 1.2 * getattr(field, name)}
    keyed = field.replace(keyframes=((0.0, moved), (2.0, moved), (3.0, {name: getattr(field, name)})))
    there, back = frames(keyed, 1.0, 3.0)
    expected, plain = frames(field.replace(**moved), 1.0)[0], frames(field, 1.0)[0]
    assert np.abs(there - expected).mean() < 0.5
    assert np.abs(there - plain).mean() > np.abs(there - expected).mean()
    if name != "audio_gain":  # which has moved it on by then
        assert np.abs(back - frames(field, 3.0)[0]).mean() < 0.5


@pytest.mark.parametrize("name", [name for name in Julia.movable if name != "speed"])
def test_julia_sets_are_at_a_keyframe_what_their_settings_say(name):
    field = Julia(saturation=0.8, rotation=0.5)
    moved = {name: 1.2 * getattr(field, name) + 0.05}
    (found,) = frames(field.replace(keyframes=((0.0, moved), (2.0, moved))), 1.0)
    np.testing.assert_array_equal(found, frames(field.replace(**moved), 1.0)[0])
    assert (found != frames(field, 1.0)[0]).any()


def test_speed_is_integrated_so_nothing_jumps():
    field = Patterns(family="flowing", keyframes=((1.0, {"speed": 0.0}), (1.2, {"speed": 6.0})))
    times = np.arange(0, 2, 1 / 60)
    controls = field.controls(TRACK, times)
    moved = (
        controls.values[:, controls.names.index("time")] + controls.values[:, controls.names.index("motion")]
    )
    step = np.diff(moved)
    assert (step >= 0).all()
    assert step[60] < 0.2 * step[-1]
    assert np.abs(np.diff(step)).max() < 0.25 * step.max()


def test_weights_between_two_seeds_keep_their_variance():
    field = CPPN(hidden=64, layers=3, keyframes=((2.0, {"seed": 9}),))
    middle = AnimatedCPPN(field, field.controls(TRACK, np.array([1.0]))).moments[0].network
    ends = [random_network(field.without_animation.replace(seed=seed)) for seed in (0, 9)]
    for now, *both in zip(middle.weights[1:], *(end.weights[1:] for end in ends), strict=True):
        np.testing.assert_allclose(now, (both[0] + both[1]) / np.sqrt(2), atol=1e-6)
        assert 0.8 < now.std() / both[0].std() < 1.2


def test_wandering_weights_come_back_and_keep_their_variance():
    field = CPPN(hidden=64, layers=3, drift=0.6, drift_span=2.0)
    prepared = AnimatedCPPN(field, field.controls(TRACK, np.array([0.25, 1.0, 2.25])))
    one, other, again = (moment.network.weights[1] for moment in prepared.moments)
    np.testing.assert_allclose(one, again, atol=1e-5)
    assert np.abs(one - other).max() > 0.5 * one.std()
    assert 0.85 < one.std() / random_network(field.without_animation).weights[1].std() < 1.15


def test_all_moments_together_or_alone_and_any_kernel():
    field = SMALL.replace(drift=0.5, drift_span=3.0, keyframes=((2.0, {"gain": 3.0}),))
    alone = frames(field, 0.3, 1.4)
    import torch

    from explorer.fields import Grid

    grid = Grid(*SIZE)
    both = field.prepare(field.controls(TRACK, np.array([0.3, 1.4])))
    colors = both.colors(torch.from_numpy(grid.xy()), grid.pixel).numpy() * 255
    for one, other in zip(alone, colors, strict=True):
        assert np.abs(one.reshape(-1, 3) - other).max() <= 1.0


def test_sections_are_moments_too():
    track = with_sections(TRACK, [0.0, 1.0, 2.5])
    field = SMALL.replace(keyframes=(("section 1", {"gain": 3.0}), ("section 2", {"gain": 5.0})))
    assert field.extras == ("sections",)
    found = keyframes.values(field, track, np.array([0.0, 0.5, 1.0, 2.5, 4.0]))["gain"]
    np.testing.assert_allclose(found, [2.0, 2.5, 3.0, 5.0, 5.0])
    with pytest.raises(SettingsError, match=r"no section 3; made-up\.wav has 3"):
        keyframes.values(SMALL.replace(keyframes=(("section 3", {"gain": 1.0}),)), track, np.zeros(1))
    with pytest.raises(SettingsError, match="without its sections"):
        field.controls(TRACK, np.zeros(1))


def test_text_pairs_and_json_say_the_same():
    pairs = SMALL.replace(keyframes=[(20, {"gain": 3, "seed": 7}), ("section 2", {"gain": 1})])
    typed = SMALL.replace(keyframes="20: gain=3, seed=7; section 2: gain=1")
    assert typed == pairs
    recipe = Recipe.for_track(TRACK, field=pairs, frames=FrameSettings())
    assert Recipe.from_json(recipe.to_json()).field == pairs
    assert eval(repr(pairs.keyframes)) == ((20.0, {"gain": 3.0, "seed": 7.0}), ("section 2", {"gain": 1.0}))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([(1, {"gian": 3})], "cannot move 'gian'; did you mean 'gain'"),
        ([(1, {"layers": 3})], "cannot move 'layers'"),
        ([(1, {"gain": -3})], "keyframes: gain: got -3; allowed: 0.01 to 50"),
        ([(-1, {"gain": 3})], "keyframes: got -1 for the moment; give seconds from the start, 0 or more"),
        ([(float("nan"), {"gain": 3})], "keyframes: got nan for the moment"),
        ([(None, {"gain": 3})], "keyframes: got None for the moment"),
        ([("chorus", {"gain": 3})], "keyframes: got 'chorus' for the moment; .*'section 2'"),
        ([(1, {"gain": "loud"})], "keyframes: gain: got 'loud'; give a number"),
        ([(1, {"gain": float("inf")})], "keyframes: gain: got inf; give a number"),
        ([(1, {})], "keyframes: 1 names no setting"),
        ([(1, {"seed": 1.5})], "keyframes: seed: got 1.5; allowed: whole numbers 0 to"),
        ([(1, {"gain": 3}), (1.0, {"seed": 4})], "keyframes: 1 is given twice"),
        ([("section 1", {"gain": 3})] * 2, "keyframes: section 1 is given twice"),
        ([3], "keyframes: got 3; give"),
        ("20 gain=3", "keyframes: got '20 gain=3'"),
        ("1:30: gain=3", "keyframes: got '1:30: gain=3'"),
        ("-2: gain=3", "keyframes: got '-2' for the moment"),
        ("2: gain=loud", "keyframes: gain: got 'loud'"),
        ("2: gain=3 gain=4", "keyframes: 2 sets gain twice"),
    ],
)
def test_what_cannot_move_is_refused(wrong, message):
    with pytest.raises(SettingsError, match=message) as refused:
        SMALL.replace(keyframes=wrong)
    for leaked in ("value error", "Input should", "(keyframes"):
        assert leaked not in str(refused.value)


def test_keyframes_past_the_end_are_reported_once(tmp_path):
    sound = write_wav(tmp_path / "short.wav", music(1.0, 8000), 8000)
    late = SMALL.replace(keyframes=((0.5, {"gain": 3.0}), (60.0, {"gain": 4.0}), (90.0, {"gain": 5.0})))
    with pytest.warns(ExplorerWarning) as reported:
        late.analyze(sound, cache=False)
    assert [str(each.message) for each in reported] == [
        "short.wav ends after 1.00 s, before the keyframes 60: gain=4; 90: gain=5"
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SMALL.replace(keyframes=((1.0, {"gain": 3.0}),)).analyze(sound, cache=False)


def test_an_animated_network_is_diagnosed():
    found = diagnose(
        SMALL.replace(drift=1.0, drift_span=4.0, keyframes=((2.0, {"gain": 3.0}),)), TRACK, budget="draft"
    )
    assert found.verdict
    assert len(found.layers) == 3
