"""Specifications: names found, values checked before anything runs, the same JSON for the same sweep."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import SettingsError
from explorer.experiments.runs.sound_input import SoundInput
from explorer.experiments.sweeps.options import SweepOptions, specify
from explorer.experiments.sweeps.parameter_paths import all_paths, find_path, with_parameters
from explorer.experiments.sweeps.point_set import draw_points
from explorer.experiments.sweeps.samplers import READY_SWEEPS, Span
from explorer.experiments.sweeps.specification import Specification, key_of
from tests.experiments.runs.test_recipe import a_recipe
from tests.signals import music, write_wav

BASE = a_recipe()


def made_up_sound(folder):
    """A sound file of two seconds."""
    return write_wav(folder / "song.wav", music(2.0))


def test_every_setting_is_found_by_its_name_and_shared_names_are_dotted():
    known = all_paths(BASE)
    assert {"gain", "palette", "features", "smoothing", "width", "start"} <= set(known)
    assert {"analysis.fps", "frames.fps"} <= set(known)
    assert not {"fps", "kind", "field.gain"} & set(known)
    assert find_path("field.gain", BASE) == find_path("gain", BASE)
    assert find_path("coord-scale", BASE).name == "coord_scale"
    assert find_path("cppn-layers", BASE).name == "layers"


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"gian": [1]}, "no setting 'gian' to vary; did you mean 'gain'?"),
        ({"fps": [30]}, "'fps' could be analysis.fps or frames.fps; say which"),
        ({"kind": ["julia"]}, "no setting 'kind'"),
        ({"gain": [1, 99]}, "gain: got 99.0; allowed: 0.01 to 50"),
        ({"layers": [2.5]}, "layers: got 2.5; allowed: whole numbers 1 to 64"),
        ({"palette": ["embr"]}, "did you mean 'ember'?"),
        ({"frames.fps": [0]}, "fps: got 0; allowed: 1 to 240"),
        ({"smoothing": [-1]}, "smoothing: got -1"),
        ({"gain": []}, "gain: got no values"),
        ({"gain": [1], "field.gain": [2]}, "'gain' is varied twice"),
        ({"gain": Span(5, 1)}, "give the lower number first"),
        ({}, "nothing is varied"),
    ],
)
def test_what_cannot_be_varied_is_refused_with_what_could(vary, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        draw_points(BASE, vary)


def test_flash_limits_of_a_call_are_modes_and_those_of_an_old_file_keep_their_keys(tmp_path):
    vary = {"flash_limit": [True, "dim", False]}
    points = specify(
        a_recipe().field, vary, SweepOptions(), SoundInput(made_up_sound(tmp_path)), lambda _: 2.0
    ).points
    assert [params["flash_limit"] for _, params in points] == ["calm", True, False]
    old = draw_points(BASE, {"flash_limit": [True, False]}).points
    assert [key for key, _ in old] == [key_of({"flash_limit": value}) for value in (True, False)]
    modes = [with_parameters(BASE, params).frames.flash_limit for _, params in [*points, *old]]
    assert modes == ["calm", "dim", "off", "dim", "off"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sampler": "grit"}, "no sampler 'grit'; did you mean 'grid'?"),
        ({"sampler": "grid", "samples": 3}, "samples belong to the samplers random and lhs"),
        ({"sampler": "lhs", "samples": 0}, "samples: got 0"),
    ],
)
def test_a_sampler_that_does_not_fit_is_refused(settings, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        draw_points(BASE, {"gain": [1, 2]}, **settings)


def test_values_in_any_spelling_are_the_same_points():
    spelled = draw_points(BASE, {"gain": ["1", "2.0"], "layers": ["2"], "radius": ["true"]})
    numbers = draw_points(BASE, {"gain": np.array([1, 2]), "layers": range(2, 3), "radius": [True]})
    assert spelled == numbers
    assert [params for _, params in numbers.points] == [
        {"gain": 1.0, "layers": 2, "radius": True},
        {"gain": 2.0, "layers": 2, "radius": True},
    ]


def test_repeated_values_give_no_second_point():
    assert len(draw_points(BASE, {"gain": [1, 1.0, "1"]}).points) == 1
    assert len(draw_points(BASE, {"layers": (2, 4)}, "random", 50).points) == 3


def test_one_at_a_time_begins_with_the_base_and_lists_its_values():
    drawn = draw_points(BASE, {"gain": [1, 3, 5], "layers": [2]}, "oat")
    assert [tuple(params.values()) for _, params in drawn.points] == [(3, 4), (1, 4), (5, 4), (3, 2)]
    assert drawn.vary == {"gain": [1.0, 3.0, 5.0], "layers": [4, 2]}


def test_a_pair_is_a_range_where_numbers_are_drawn_and_a_list_where_not():
    assert draw_points(BASE, {"gain": (1, 5)}).vary == {"gain": [1.0, 5.0]}
    drawn = draw_points(BASE, {"gain": (1, 5), "palette": ["rgb", "ember"]}, "lhs", 8)
    assert drawn.ranges == {"gain": (1.0, 5.0)}
    assert len(set(drawn.vary["gain"])) == 8
    assert drawn.vary["palette"] == ["rgb", "ember"]


gains = st.lists(st.floats(0.01, 50), min_size=1, max_size=4)
layers = st.lists(st.integers(1, 64), min_size=1, max_size=4)


@settings(deadline=None, max_examples=50)
@given(gains, layers, st.sampled_from(["grid", "oat", "random", "lhs"]), st.integers(0, 9))
def test_a_specification_survives_json_and_every_point_has_a_key_of_its_own(gains, layers, sampler, seed):
    drawn = draw_points(BASE, {"gain": gains, "layers": layers}, sampler, sampler_seed=seed)
    spec = Specification(
        base=BASE,
        moments=(1.0,),
        **{name: getattr(drawn, name) for name in ("vary", "ranges", "points", "sampler", "sampler_seed")},
    )
    again = Specification(**json.loads(json.dumps(spec.to_dict())))
    assert again == spec
    assert again.hash == spec.hash
    assert not spec.differences(again)
    assert len(set(spec.keys)) == len({json.dumps(params) for _, params in spec.points})
    for key, params in spec.points:
        recipe = spec.recipe(key)
        assert (recipe.field.gain, recipe.field.layers) == (params["gain"], params["layers"])
        assert key == key_of(params)


def test_the_key_is_that_of_the_parameters_whatever_their_order():
    assert key_of({"gain": 1.0, "layers": 2}) == key_of({"layers": 2, "gain": 1.0}) == "505c821b205d"


def test_settings_of_all_parts_are_changed():
    recipe = with_parameters(BASE, {"gain": 2, "smoothing": 0.5, "frames.fps": 24, "features": ["bass"]})
    assert (recipe.field.gain, recipe.analysis.smoothing, recipe.frames.fps) == (2, 0.5, 24)
    assert recipe.field.features == ("bass",)
    assert recipe.audio == BASE.audio


@pytest.mark.parametrize("name", READY_SWEEPS)
def test_ready_made_sweeps_are_valid(name):
    ready = READY_SWEEPS[name]
    points = draw_points(BASE, ready.vary, ready.sampler).points
    assert len(points) == {"quick": 10, "batch": 108}[name]


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "song.wav"
    path.write_bytes(b"not read: the duration is given")
    return path


def specified(song, stored=None, field=None, vary=None, **options):
    return specify(field, vary, SweepOptions(**options), SoundInput(song), lambda recipe: 10.0, stored)


def test_moments_are_spread_over_the_excerpt_or_given(song):
    given = {"field": BASE.field, "vary": {"gain": [1, 2]}}
    assert specified(song, **given).moments == (1.667, 5.0, 8.333)
    assert specified(song, **given, start=4, duration=2, moments=1).moments == (5.0,)
    assert specified(song, **given, moments=[0, 9.5]).moments == (0.0, 9.5)
    for wrong in ([11], [-1], [], 0):
        with pytest.raises(SettingsError, match="moments"):
            specified(song, **given, moments=wrong)


def test_clips_are_small_even_and_settable(song):
    given = {"field": BASE.field, "vary": {"gain": [1, 2]}}
    assert specified(song, **given).clip.size == (320, 180)
    assert specified(song, **given, size=(101, 51)).clip.size == (100, 52)
    assert specified(song, **given, clips=False).clip is None
    own = specified(song, **given, clip_seconds=1, clip_size="64x36").clip
    assert (own.duration, own.size) == (1, (64, 36))
    with pytest.raises(SettingsError, match="even"):
        specified(song, **given, clip_size="65x36")


def test_names_are_refused_before_the_sound_is_analysed(song):
    def analyzed(recipe):
        raise AssertionError("too early")

    with pytest.raises(SettingsError, match="gian"):
        specify(BASE.field, {"gian": [1]}, SweepOptions(), SoundInput(song), analyzed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"vary": {"gain": [1, 2]}}, None),
        ({"vary": {"gain": [1, 2, 3]}}, "vary.gain was [1.0, 2.0] and is [1.0, 2.0, 3.0]"),
        ({"field": BASE.field.replace(seed=9)}, "base.field.seed was 0 and is 9"),
        ({"moments": [1.0]}, "moments was"),
        ({"clips": False}, "clip.duration was 4.0 and is null"),
        ({"analysis": {"smoothing": 1}}, "base.analysis.smoothing was 0.04 and is 1.0"),
        ({"size": (64, 36)}, "base.frames.width was 640 and is 64"),
        ({"sampler": "oat"}, "sampler was"),
    ],
)
def test_a_resumed_sweep_tells_what_was_changed(song, change, words):
    stored = specified(song, field=BASE.field, vary={"gain": [1, 2]})
    told = stored.differences(specified(song, stored, **change))
    assert (not told) if words is None else any(words in line for line in told)


def test_drawn_points_are_the_same_when_resumed(song):
    drawn = {"gain": (1, 5), "palette": ["rgb", "ember", "ink"]}
    stored = specified(song, field=BASE.field, vary=drawn, sampler="lhs", samples=3, sampler_seed=4)
    assert not stored.differences(specified(song, stored, clips=True))
    assert stored.differences(specified(song, stored, sampler_seed=5))
