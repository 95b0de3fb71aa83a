"""Samplers: complete, within bounds, evenly spread, and the same for the same seed."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import SettingsError
from explorer.experiments.sweeps.samplers import (
    Span,
    combinations,
    latin_hypercube,
    one_at_a_time,
    parse_axis,
    random_samples,
)

values = st.lists(st.integers(-5, 5), min_size=1, max_size=4, unique=True).map(tuple)
lists = st.dictionaries(st.sampled_from("abcd"), values, min_size=1)
spans = st.tuples(st.integers(-50, 50), st.integers(0, 40), st.booleans()).map(
    lambda drawn: Span(drawn[0], drawn[0] + drawn[1], drawn[2])
)
axes = st.dictionaries(st.sampled_from("abcd"), values | spans, min_size=1)


@settings(deadline=None)
@given(lists)
def test_a_grid_has_every_combination_once(varied):
    points = [tuple(point.values()) for point in combinations(varied)]
    assert points == list(itertools.product(*varied.values()))
    assert len(set(points)) == len(points)


def test_a_grid_takes_a_span_of_whole_numbers_and_refuses_other_spans():
    assert [point["n"] for point in combinations({"n": Span(2, 5, is_integer=True)})] == [2, 3, 4, 5]
    with pytest.raises(SettingsError, match="gain: the sampler 'grid' needs a list of values, got 1 to 5"):
        combinations({"gain": Span(1, 5)})


def test_too_many_points_are_refused():
    with pytest.raises(SettingsError, match="up to 100,000"):
        combinations({name: tuple(range(100)) for name in "abc"})
    with pytest.raises(SettingsError, match="up to 100,000"):
        combinations({"seed": Span(0, 2**32 - 1, is_integer=True)})


@settings(deadline=None)
@given(lists)
def test_one_at_a_time_changes_one_setting_of_the_base_at_most(varied):
    base = dict.fromkeys(varied, 99)
    first, *others = one_at_a_time(varied, base)
    assert first == base
    assert len(others) == sum(map(len, varied.values()))
    assert all(sum(point[name] != base[name] for name in base) == 1 for point in others)


@settings(deadline=None)  # the first draw imports scipy
@given(
    axes, st.integers(1, 20), st.integers(0, 2**32 - 1), st.sampled_from([random_samples, latin_hypercube])
)
def test_draws_are_within_bounds_and_the_same_for_the_same_seed(varied, samples, seed, draw):
    points = draw(varied, samples, seed)
    assert points == draw(varied, samples, seed)
    assert len(points) == samples
    for name, axis in varied.items():
        for value in (point[name] for point in points):
            if isinstance(axis, Span):
                assert axis.low <= value <= axis.high
                assert not axis.is_integer or isinstance(value, int)
            else:
                assert value in axis


def test_another_seed_gives_other_points():
    varied = {"gain": Span(0, 1)}
    for draw in (random_samples, latin_hypercube):
        assert draw(varied, 4, 0) != draw(varied, 4, 1)


@settings(deadline=None)
@given(st.integers(2, 40), st.integers(0, 1000))
def test_a_latin_hypercube_falls_once_into_every_part_of_every_axis(samples, seed):
    points = latin_hypercube({"a": Span(0, 1), "b": Span(-3, 5)}, samples, seed)
    for shares in ([p["a"] for p in points], [(p["b"] + 3) / 8 for p in points]):
        off = np.sort(shares) * samples - np.arange(samples)  # a value is rounded to six digits
        assert (off > -1e-3).all()
        assert (off < 1 + 1e-3).all()


def test_every_whole_number_of_a_span_is_as_likely():
    span = Span(2, 4, is_integer=True)
    drawn = [span.at(share) for share in np.linspace(0, 1, 300, endpoint=False)]
    assert [drawn.count(n) for n in (2, 3, 4)] == [100, 100, 100]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1, 2.5,8,", ["1", "2.5", "8"]),
        (" none, 3", [None, "3"]),
        ("ember", ["ember"]),
        ("0.5..8", Span(0.5, 8.0)),
    ],
)
def test_what_is_typed_becomes_values_or_a_range(text, values):
    assert parse_axis("gain", text) == values


@pytest.mark.parametrize("text", ["", " , ", "a..b", "1.."])
def test_what_cannot_be_read_is_refused_by_name_with_an_example(text):
    with pytest.raises(SettingsError, match=r"gain: .*as in 1, 2\.5, 8"):
        parse_axis("gain", text)
